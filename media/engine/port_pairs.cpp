#include <offhook/media/engine/port_pairs.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint32_t kMaxPortTries = 512;

}  // namespace

base::Result<PortPair, PortPairError> bind_pair(const base::IpAddress& local, std::uint16_t first_port, std::uint16_t last_port, base::Random& random) {
  const std::uint32_t first = (std::uint32_t{first_port} + 1) / 2 * 2;
  const std::uint32_t last = last_port;
  if (first == 0 || last < first + 1) return base::fail(PortPairError::NoPort);
  const std::uint32_t pairs = (last - first + 1) / 2;
  const auto begin = random.below(pairs);
  for (std::uint32_t i = 0; i < std::min(pairs, kMaxPortTries); ++i) {
    const auto port = static_cast<std::uint16_t>(first + 2 * ((begin + i) % pairs));
    auto rtp = UdpSocket::bind({local, port});
    if (!rtp && rtp.error() == SocketError::Refused) return base::fail(PortPairError::Refused);
    if (!rtp) continue;
    auto rtcp = UdpSocket::bind({local, static_cast<std::uint16_t>(port + 1)});
    if (!rtcp && rtcp.error() == SocketError::Refused) return base::fail(PortPairError::Refused);
    if (rtcp) return PortPair{std::move(*rtp), std::move(*rtcp), port};
  }
  return base::fail(PortPairError::NoPort);
}

}  // namespace offhook::inline v0::media
