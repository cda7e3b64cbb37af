// The input is one octet n, then n octets, then a stream. The n octets are the sizes of the pieces and are used repeatedly. Checks that the
// stream gives the same messages, pings and errors in pieces as in one piece.
#include "require.hpp"

#include <offhook/sip/message/framer.hpp>
#include <offhook/sip/model/limits.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace offhook::sip;
using offhook::base::Bytes;
using offhook::fuzz::require;

namespace {

struct Seen {
  std::vector<std::vector<std::uint8_t>> frames;
  std::size_t pings = 0;  // The number of pongs may differ, because half a ping counts as a pong until the other half arrives.
  std::size_t errors = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

void feed(Framer& framer, Bytes piece, Seen& seen) {
  const std::vector<std::uint8_t> exact(piece.begin(), piece.end());
  framer.receive(exact);
  std::size_t steps = 0;
  for (auto next = framer.next(); next != Framer::Next::None; next = framer.next()) {
    require(++steps <= kMaxMessageBytes + piece.size());
    const auto frame = framer.frame();
    require(frame.size() <= kMaxMessageBytes + piece.size());
    if (next == Framer::Next::Frame) {
      require(!frame.empty() && frame.size() <= kMaxMessageBytes);
      seen.frames.emplace_back(frame.begin(), frame.end());
    }
    seen.pings += next == Framer::Next::Ping ? 1 : 0;
    seen.errors += next == Framer::Next::Error ? 1 : 0;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes rest(data, size);
  if (rest.empty()) return 0;
  const std::size_t count = std::min<std::size_t>(rest[0], rest.size() - 1);
  const auto sizes = rest.subspan(1, count);
  const auto stream = rest.subspan(1 + count);

  Framer whole;
  Seen expected;
  feed(whole, stream, expected);
  require(expected.errors <= 1);

  Framer cut;
  Seen seen;
  auto left = stream;
  for (std::size_t i = 0; !left.empty(); ++i) {
    const std::size_t wanted = sizes.empty() ? 1 : std::max<std::size_t>(sizes[i % sizes.size()], 1);
    const auto piece = left.first(std::min(wanted, left.size()));
    feed(cut, piece, seen);
    left = left.subspan(piece.size());
  }
  require(seen == expected);
  require(cut.mid_message() == whole.mid_message());
  return 0;
}
