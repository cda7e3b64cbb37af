#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// The figures of a conference, updated with every tick.
struct ConferenceStatistics {
  std::uint64_t ticks = 0;
  std::uint64_t encodings_shared = 0;   ///< frames that a listener did not have to encode, because another listener's encoding was used
  std::uint32_t members = 0;            ///< members that have arrived
  std::uint32_t speakers = 0;           ///< speakers in the last tick
};

}  // namespace offhook::inline v0::media
