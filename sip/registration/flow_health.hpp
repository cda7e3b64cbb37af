#pragma once

#include <offhook/base/time.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::sip::registration {

/// The history of the connections over which we are reachable: RFC 5626 section 4.5. Pure: no I/O, no clock.
class FlowHealth {
 public:
  /// A connection that is lost sooner than this after its 2xx counts as lost early. The wait before the next connection doubles with
  /// each further early loss.
  static constexpr base::Duration kFlowStands = std::chrono::seconds(10);

  /// Call this when a REGISTER got a 2xx. `outbound`: the registrar sends requests over the flow, and has promised to answer our pings.
  void on_accepted(bool outbound, base::TimePoint now);
  /// Call this when the flow has worked in both directions (a pong came), or when we do not test it.
  void on_proven() { proven_ = true; }
  /// Call this when the connection was lost. Returns true if the loss counts as a failure, because the flow has outbound and
  /// on_proven() was not called for it (RFC 5626 section 4.5).
  [[nodiscard]] bool on_lost();
  /// Counts a lost connection. Returns the number of consecutive connections that were lost early.
  [[nodiscard]] int lost_early(base::TimePoint now);

  [[nodiscard]] bool proven() const { return proven_; }
  [[nodiscard]] bool has_outbound() const { return outbound_; }

 private:
  bool proven_ = false;
  bool outbound_ = false;
  std::optional<base::TimePoint> accepted_at_;  // Time of the last 2xx, while its connection exists.
  int lost_early_ = 0;                          // Consecutive connections that were lost early.
};

}  // namespace offhook::inline v0::sip::registration
