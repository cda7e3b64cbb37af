#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/rack.hpp>
#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace offhook::inline v0::sip::session {

/// The reliable provisional responses to one INVITE, as the side that sends them: one at a time, numbered, repeated until its
/// PRACK comes, the others waiting behind it. RFC 3262 section 3.
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

  /// False when there are kMaxWaiting behind the one that waits for its PRACK.
  [[nodiscard]] bool push(int status, Body body, HeaderList headers = {});
  /// The next one to send, when none waits for its PRACK; its repeats begin. Valid until the next call.
  [[nodiscard]] const Provisional* start_next(base::Random& random, base::TimePoint now);
  /// The one that waits for its PRACK.
  [[nodiscard]] const Provisional* current() const { return current_ ? &*current_ : nullptr; }
  /// What this PRACK acknowledges, which then no longer waits; nothing when it is not what waits (481).
  [[nodiscard]] std::optional<Provisional> on_prack(const RAck& rack);
  /// GiveUp: nobody acknowledged it for 64 * T1.
  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return repeat_at_; }
  /// A final response goes out: no repeats and nothing new, but a PRACK that is on its way still finds what it acknowledges.
  void stop();
  /// A 2xx must wait: a description of the session is not acknowledged yet.
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
