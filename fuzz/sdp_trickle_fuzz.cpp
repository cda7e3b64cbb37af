// The input is the body of an INFO of the package trickle-ice. Checks that the result of read_trickle_fragment() is within its bounds.
#include "require.hpp"

#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/trickle_fragment.hpp>

#include <cstdint>
#include <string_view>

namespace sdp = offhook::sdp;
using offhook::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view mid : {"", "0", "1"}) {
    const auto peer = sdp::read_trickle_fragment(text, mid);
    if (!peer) continue;
    require(peer->candidates.size() <= sdp::kMaxCandidateLines);
    require(peer->ufrag.size() >= 4 && peer->ufrag.size() <= 256 && peer->password.size() >= 22 && peer->password.size() <= 256);
  }
  return 0;
}
