#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/detail/checklist.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// Decides which valid pair of each component the controlling agent nominates, and when. RFC 8445 section 8.1.1 leaves both to the agent. While pairs with a
/// higher priority are still checked, the agent waits kWait, or kWaitForRelayed if its best valid pair has a relayed candidate. Meanwhile media may use a valid
/// pair.
class IceNomination {
 public:
  static constexpr base::Duration kWait = std::chrono::milliseconds(500), kWaitForRelayed = std::chrono::milliseconds(1500);

  /// Returns the pair to nominate now. Returns nullopt if no pair is valid, if it is too early, or if an earlier call returned a pair of this component.
  [[nodiscard]] std::optional<IcePairId> choose(const IceChecklist& checklist, std::uint16_t component, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  struct Choice {
    bool is_made = false;
    std::optional<base::TimePoint> make_at;   // end of the wait; set while a pair is valid but no choice is made
  };
  std::array<Choice, kMaxIceComponents> choices_;
};

}  // namespace offhook::inline v0::rtp
