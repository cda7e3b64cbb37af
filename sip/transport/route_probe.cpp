#include <offhook/sip/transport/route_probe.hpp>

#include <offhook/sip/transport/addresses.hpp>

#include <sys/socket.h>
#include <unistd.h>

namespace offhook::inline v0::sip::detail {

namespace {

constexpr std::uint16_t kAnyPort = 5060;  // Routes do not depend on the port, but connect() needs one.

void forget_peer(int socket) {
  sockaddr none{};
  none.sa_family = AF_UNSPEC;
  (void)::connect(socket, &none, sizeof none);
}

}  // namespace

RouteProbe::RouteProbe() : v4_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), v6_(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

RouteProbe::~RouteProbe() {
  for (const int socket : {v4_, v6_}) {
    if (socket >= 0) ::close(socket);
  }
}

std::optional<base::IpAddress> RouteProbe::source_towards(const base::IpAddress& remote) const {
  const int socket = remote.is_v6() ? v6_ : v4_;
  forget_peer(socket);  // The kernel would otherwise keep the source address for the previous peer.
  boost::asio::ip::udp::endpoint address(to_asio(remote), kAnyPort);
  if (::connect(socket, address.data(), static_cast<socklen_t>(address.size())) != 0) return std::nullopt;
  auto size = static_cast<socklen_t>(address.capacity());
  if (::getsockname(socket, address.data(), &size) != 0) return std::nullopt;
  return to_ours(address.address());
}

}  // namespace offhook::inline v0::sip::detail
