// The input is a datagram for a collector. Checks that a packet that is parsed can be written, and parses to the same packet, unless the payload is cut.
#include "require.hpp"

#include <offhook/agent/capture/hep3.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::agent::capture;
using offhook::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packet = parse_hep3({reinterpret_cast<const char*>(data), size});
  if (!packet) return 0;
  const auto written = write_hep3(*packet);
  if (!written) return 0;  // The chunks that a packet may omit make it longer.
  require(written->size() <= kMaxHep3Octets);
  auto again = parse_hep3(*written);
  require(again.has_value());
  require(packet->payload.starts_with(again->payload));
  require(written->size() == kMaxHep3Octets || again->payload.size() == packet->payload.size());
  again->payload = packet->payload;
  require(*again == *packet);
  return 0;
}
