#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace offhook::inline v0::agent {

struct PatienceLimits {
  base::Duration silence;      ///< silence after which the agent prompts the caller
  unsigned max_silences = 0;   ///< number of these prompts before the agent says goodbye
  unsigned max_failures = 0;   ///< number of failures in a row, of any part, that end the call
  base::Duration media_lost;   ///< time without media that ends the call
};

/// Decides how long a conversation without progress continues. Limits the silence of the caller, the failures of the parts, the time without
/// media, and the length of the call. Pure: no I/O, no clock.
class Patience {
 public:
  static constexpr base::Duration kTransferTone = std::chrono::seconds(5);  ///< longest tone that a PBX plays after a failed transfer
  static constexpr base::Duration kReturn = std::chrono::seconds(10);       ///< time for the media to return after a failed transfer

  explicit Patience(PatienceLimits limits) : limits_(limits) {}

  void await_words(base::TimePoint now) { silence_at_ = now + limits_.silence; }
  void no_silence() { silence_at_.reset(); }
  [[nodiscard]] bool awaits_words() const { return silence_at_.has_value(); }
  void on_caller() {  ///< the caller said something or pressed a key
    silences_ = 0;
    transfer_failed_at_.reset();
  }
  /// The caller was silent for PatienceLimits::silence. Returns false if this happened more than max_silences times in a row.
  [[nodiscard]] bool on_silence() { return ++silences_ <= limits_.max_silences; }

  void on_reply_heard() { failures_ = 0; }
  /// Counts a failure. Returns false if max_failures failures came in a row.
  [[nodiscard]] bool on_failure() { return ++failures_ < limits_.max_failures; }

  void end_at(base::TimePoint at) { limit_at_ = at; }
  /// A blind transfer failed. Some PBXs report the failure, end the caller's call, and keep the agent's call. The audio then stops for ever, shortly before
  /// or after the report.
  void on_transfer_failed(base::TimePoint now) {
    transfer_failed_at_ = now;
    if (media_lost_at_) media_lost_at_ = std::min(*media_lost_at_, now + kReturn);
  }
  /// The media stopped; the last packet came at `heard_at`.
  void on_media_lost(base::TimePoint heard_at, base::TimePoint now) {
    const bool is_gone = transfer_failed_at_ && heard_at <= *transfer_failed_at_ + kTransferTone;
    media_is_lost_ = true;
    media_lost_at_ = is_gone ? now : now + limits_.media_lost;
  }
  void on_media() {
    media_is_lost_ = false;
    media_lost_at_.reset();
  }
  /// Removes the limit for missing media while the peer need not send media. expect_media() sets it anew.
  void expect_no_media() { media_lost_at_.reset(); }
  void expect_media(base::TimePoint now) {
    transfer_failed_at_.reset();  // The caller's side took the call back.
    if (media_is_lost_) media_lost_at_ = now + limits_.media_lost;
  }

  [[nodiscard]] bool take_silence_due(base::TimePoint now) { return take_due(silence_at_, now); }
  [[nodiscard]] bool take_limit_due(base::TimePoint now) { return take_due(limit_at_, now); }
  [[nodiscard]] bool take_media_lost_due(base::TimePoint now) { return take_due(media_lost_at_, now); }
  [[nodiscard]] bool has_limit() const { return limit_at_.has_value(); }
  [[nodiscard]] Deadline next_deadline() const { return earliest({silence_at_, limit_at_, media_lost_at_}); }
  void stop() { silence_at_ = limit_at_ = media_lost_at_ = std::nullopt; }

 private:
  PatienceLimits limits_;
  unsigned silences_ = 0, failures_ = 0;
  bool media_is_lost_ = false;
  std::optional<base::TimePoint> transfer_failed_at_;  // set until words, a key or a hold show that the caller is there
  Deadline silence_at_, limit_at_, media_lost_at_;
};

}  // namespace offhook::inline v0::agent
