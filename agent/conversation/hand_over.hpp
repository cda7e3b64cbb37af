#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <utility>

namespace offhook::inline v0::agent {

/// The effect of a failed transfer on the caller.
enum class AfterTransfer : std::uint8_t {
  Stays,      ///< the caller is still there, because the caller's side never accepted a blind transfer
  MayBeGone,  ///< the caller's side had accepted a blind transfer, and some PBXs end the caller's call if that fails
};

/// Tracks whether the caller waits for a different person: during a transfer, a hold by the agent, or a hold by the caller's side. Pure: no I/O, no clock.
class HandOver {
 public:
  enum class Transfer : std::uint8_t {
    None,
    UnderWay,
    Failed,  ///< the model or dialogue does not know of the failure yet
  };

  /// Returns false when a transfer is under way already.
  [[nodiscard]] bool begin_transfer() { return std::exchange(transfer_, Transfer::UnderWay) != Transfer::UnderWay; }
  /// Returns false when no transfer was under way.
  [[nodiscard]] bool on_transfer_failed() {
    if (transfer_ != Transfer::UnderWay) return false;
    transfer_ = Transfer::Failed;
    return true;
  }
  [[nodiscard]] bool is_transferring() const { return transfer_ == Transfer::UnderWay; }
  [[nodiscard]] bool has_untold_failure() const { return transfer_ == Transfer::Failed; }
  void on_failure_told() { transfer_ = Transfer::None; }
  /// The caller spoke before hearing of the failure, so the agent must report it again.
  void on_failure_unheard() { if (transfer_ == Transfer::None) transfer_ = Transfer::Failed; }

  /// Begins the transfer to a person after all parts have failed. Returns false when that was tried before.
  [[nodiscard]] bool begin_last_resort() { return !std::exchange(last_resort_tried_, true); }

  void hold_until(base::TimePoint at) { held_until_ = at; }
  [[nodiscard]] bool take_hold_due(base::TimePoint now) { return take_due(held_until_, now); }
  /// The caller's side has put the agent on hold: it sends music, and the caller hears nothing from the agent. The hold is brief if it ends
  /// before `settles`, and its limit is `until`. Returns false if the hold has begun before, because a repeated session description changes no deadline.
  [[nodiscard]] bool begin_peer_hold(base::TimePoint settles, base::TimePoint until) {
    if (std::exchange(held_by_peer_, true)) return false;
    peer_hold_settles_ = settles;
    peer_hold_until_ = until;
    return true;
  }
  enum class PeerHold : std::uint8_t {
    None,
    Brief,  ///< a PBX sends a brief hold when it moves the media; the caller does not notice the hold
    Long,
  };
  [[nodiscard]] PeerHold end_peer_hold() {
    const bool is_brief = std::exchange(peer_hold_settles_, std::nullopt).has_value();
    peer_hold_until_.reset();
    if (!std::exchange(held_by_peer_, false)) return PeerHold::None;
    return is_brief ? PeerHold::Brief : PeerHold::Long;
  }
  [[nodiscard]] bool take_peer_hold_settled(base::TimePoint now) { return take_due(peer_hold_settles_, now); }
  /// Returns true once, when the hold reaches its limit. The hold continues.
  [[nodiscard]] bool take_peer_hold_due(base::TimePoint now) { return take_due(peer_hold_until_, now); }
  [[nodiscard]] bool is_held_by_peer() const { return held_by_peer_; }
  [[nodiscard]] bool has_hold_limit() const { return peer_hold_until_.has_value(); }
  /// Returns true while the caller waits for a different person.
  [[nodiscard]] bool caller_waits() const { return held_until_ || held_by_peer_ || is_transferring(); }

  [[nodiscard]] Deadline next_deadline() const { return earliest({held_until_, peer_hold_settles_, peer_hold_until_}); }
  void stop() { held_until_ = peer_hold_settles_ = peer_hold_until_ = std::nullopt; }

 private:
  Transfer transfer_ = Transfer::None;
  bool last_resort_tried_ = false;
  bool held_by_peer_ = false;
  Deadline held_until_, peer_hold_settles_, peer_hold_until_;
};

}  // namespace offhook::inline v0::agent
