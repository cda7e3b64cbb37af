#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/transaction/timers.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::session {

/// Decides when to send a 2xx to an INVITE again, over any transport: first after T1, then at intervals that double up to T2,
/// until the ACK arrives or 64 * T1 have passed. RFC 3261 section 13.3.1.4.
class AnswerRepeater {
 public:
  enum class Due { Nothing, Repeat, GiveUp };

  explicit AnswerRepeater(transaction::Timers timers) : timers_(timers) {}

  void start(transaction::TransactionId invite, std::uint32_t cseq, base::TimePoint now);
  void stop() { running_ = false; }
  /// Returns true if the repeater was waiting for the ACK with this CSeq. The repetitions then end.
  [[nodiscard]] bool on_ack(std::uint32_t cseq);
  /// Returns Repeat if the 2xx must be sent again, and GiveUp once if no ACK arrived in time; the repetitions then end.
  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] transaction::TransactionId invite() const { return invite_; }

 private:
  transaction::Timers timers_;
  bool running_ = false;
  transaction::TransactionId invite_;
  std::uint32_t cseq_ = 0;
  base::Duration interval_{};
  base::TimePoint repeat_at_;
  base::TimePoint give_up_at_;
};

}  // namespace offhook::inline v0::sip::session
