#pragma once

#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/detail/checklist.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// Decides when the controlling agent nominates, and which valid pair of each component: RFC 8445 section 8.1.1 leaves it to the agent. It waits a little for
/// pairs with a higher priority whose checks are not finished, and longer if the best valid pair has a relayed candidate. Media may leave on a valid pair meanwhile.
class IceNomination {
 public:
  static constexpr base::Duration kWait = std::chrono::milliseconds(500), kWaitForRelayed = std::chrono::milliseconds(1500);

  /// Returns the pair to nominate now. Returns nullopt if it is too early, or if it has returned a pair of this component before.
  [[nodiscard]] std::optional<IcePairId> choose(const IceChecklist& checklist, std::uint16_t component, base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  struct Choice {
    bool is_made = false;
    std::optional<base::TimePoint> make_at;   // set when there is a valid pair
  };
  std::array<Choice, kMaxIceComponents> choices_;
};

}  // namespace offhook::inline v0::rtp
