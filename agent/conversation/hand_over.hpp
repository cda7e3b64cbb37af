#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <utility>

namespace offhook::inline v0::agent {

/// Whether the caller waits for somebody else: a transfer that is under way, or a hold. Pure.
class HandOver {
 public:
  enum class Transfer : std::uint8_t {
    None,
    UnderWay,
    Failed,  ///< and the thinker does not know it yet
  };

  /// Returns false when one is under way already.
  [[nodiscard]] bool begin_transfer() { return std::exchange(transfer_, Transfer::UnderWay) != Transfer::UnderWay; }
  /// Returns false when none was under way.
  [[nodiscard]] bool on_transfer_failed() {
    if (transfer_ != Transfer::UnderWay) return false;
    transfer_ = Transfer::Failed;
    return true;
  }
  [[nodiscard]] bool has_untold_failure() const { return transfer_ == Transfer::Failed; }
  void on_failure_told() { transfer_ = Transfer::None; }
  /// The caller spoke before they heard of it.
  void on_failure_unheard() { if (transfer_ == Transfer::None) transfer_ = Transfer::Failed; }

  /// The transfer to a person because nothing of ours works. Returns false when it was tried before.
  [[nodiscard]] bool begin_last_resort() { return !std::exchange(last_resort_tried_, true); }

  void hold_until(base::TimePoint at) { held_until_ = at; }
  [[nodiscard]] bool take_hold_due(base::TimePoint now) { return take_due(held_until_, now); }
  /// For somebody else.
  [[nodiscard]] bool caller_waits() const { return held_until_ || transfer_ == Transfer::UnderWay; }

  [[nodiscard]] Deadline next_deadline() const { return held_until_; }
  void stop() { held_until_.reset(); }

 private:
  Transfer transfer_ = Transfer::None;
  bool last_resort_tried_ = false;
  Deadline held_until_;
};

}  // namespace offhook::inline v0::agent
