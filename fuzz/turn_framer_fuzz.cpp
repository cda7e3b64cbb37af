// The input is one octet n, then n octets, then a stream. The n octets are the sizes of the pieces and are used repeatedly. Checks that the stream gives
// the same messages and the same error in pieces as in one piece, that no message is longer than the bound, and that TurnChannels reads only within a
// message.
#include "require.hpp"

#include <offhook/rtp/nat/turn_channels.hpp>
#include <offhook/rtp/nat/turn_framer.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace offhook;
using offhook::fuzz::require;

namespace {

struct Seen {
  std::vector<std::vector<std::uint8_t>> messages;
  std::size_t errors = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

void feed(rtp::TurnFramer& framer, base::Bytes piece, Seen& seen) {
  std::size_t steps = 0;
  for (auto next = framer.next(piece); next != rtp::TurnFramer::Next::None; next = framer.next(piece)) {
    require(++steps <= 20000);
    seen.errors += next == rtp::TurnFramer::Next::Error ? 1 : 0;
    if (next != rtp::TurnFramer::Next::Message) continue;
    const auto message = framer.message();
    require(message.size() >= 4 && message.size() % 4 == 0 && message.size() <= rtp::TurnFramer::kMaxOctets);
    seen.messages.emplace_back(message.begin(), message.end());
  }
  require(piece.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::Bytes rest(data, size);
  if (rest.empty() || rest.size() > 65536) return 0;
  const std::size_t count = std::min<std::size_t>(rest[0], rest.size() - 1);
  const auto sizes = rest.subspan(1, count);
  const auto stream = rest.subspan(1 + count);

  rtp::TurnFramer whole;
  Seen expected;
  feed(whole, stream, expected);
  require(expected.errors <= 1);

  rtp::TurnFramer cut;
  Seen seen;
  auto left = stream;
  for (std::size_t i = 0; !left.empty(); ++i) {
    const std::size_t wanted = sizes.empty() ? 1 : std::max<std::size_t>(sizes[i % sizes.size()], 1);
    const auto piece = left.first(std::min(wanted, left.size()));
    feed(cut, piece, seen);
    left = left.subspan(piece.size());
  }
  require(seen == expected);

  rtp::TurnChannels channels(rtp::StunTransport::Tcp);
  channels.add_channel({base::IpAddress::v4({192, 0, 2, 1}), 1}, 0x4000, true);
  channels.add_permission(base::IpAddress::v4({192, 0, 2, 1}));
  for (const auto& message : seen.messages) {
    const auto data_of_peer = channels.unwrap(message);
    if (data_of_peer) require(data_of_peer->octets.size() <= message.size());
  }
  return 0;
}
