#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/rack.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace offhook::inline v0::sip::session {

/// The reliable provisional responses to one INVITE, on the side that sends them. Sends one numbered response at a time and
/// repeats it until its PRACK arrives; the later responses wait. RFC 3262 section 3.
class ReliableProvisionals {
 public:
  static constexpr std::size_t kMaxWaiting = 8;
  enum class Due : std::uint8_t { Nothing, Repeat, GiveUp };
  struct Provisional {
    int status = 0;
    std::uint32_t rseq = 0;
    Body body;
    HeaderList headers{};
  };

  ReliableProvisionals(transaction::Timers timers, std::uint32_t invite_cseq) : timers_(timers), cseq_(invite_cseq) {}

  /// Queues a response. Returns false if kMaxWaiting already wait.
  [[nodiscard]] bool push(int status, Body body, HeaderList headers = {});
  /// Returns the next response to send, or null while another one waits for its PRACK. Starts its repetitions. The pointer is
  /// valid until the next function call on this object.
  [[nodiscard]] const Provisional* start_next(base::Random& random, base::TimePoint now);
  /// Returns the response that waits for its PRACK; null if none waits.
  [[nodiscard]] const Provisional* current() const { return current_ ? &*current_ : nullptr; }
  /// Returns the response that this PRACK acknowledges, and removes it. Returns nullopt if none matches (481).
  [[nodiscard]] std::optional<Provisional> on_prack(const RAck& rack);
  /// Returns GiveUp if no PRACK arrived for 64 * T1.
  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return repeat_at_; }
  /// Call it when a final response is sent: stops repetitions and drops queued responses. A PRACK in transit still matches its
  /// response.
  void stop();
  /// Returns true if a 2xx must wait, because a session description is not acknowledged yet.
  [[nodiscard]] bool holds_answer() const;

 private:
  transaction::Timers timers_;
  std::uint32_t cseq_;
  std::uint32_t last_rseq_ = 0;
  std::optional<Provisional> current_;
  std::deque<Provisional> waiting_;
  base::Duration interval_{};
  std::optional<base::TimePoint> repeat_at_;
  base::TimePoint give_up_at_{};
};

}  // namespace offhook::inline v0::sip::session
