#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// How a conference does, renewed with every tick.
struct ConferenceStatistics {
  std::uint64_t ticks = 0;
  std::uint64_t encodings_shared = 0;   ///< frames that a listener did not have to encode, for a neighbour had done so
  std::uint32_t members = 0;            ///< that have arrived
  std::uint32_t speakers = 0;           ///< in the last tick
};

}  // namespace offhook::inline v0::media
