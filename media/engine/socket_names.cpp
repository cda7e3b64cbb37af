#include <offhook/media/engine/socket_names.hpp>

#include <netinet/in.h>

#include <array>
#include <chrono>
#include <cstring>
#include <ctime>

namespace offhook::inline v0::media {

socklen_t to_sockaddr(const base::SocketAddress& address, sockaddr_storage& out) {
  const auto& octets = address.ip.octets();
  if (address.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, octets.data(), sizeof v4.sin_addr);
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  std::memcpy(&v6.sin6_addr, octets.data(), sizeof v6.sin6_addr);
  std::memcpy(&out, &v6, sizeof v6);
  return sizeof v6;
}

base::SocketAddress from_sockaddr(const void* in) {
  sa_family_t family = 0;
  std::memcpy(&family, in, sizeof family);
  if (family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, in, sizeof v4);
    std::array<std::uint8_t, 4> octets;
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    return {base::IpAddress::v4(octets), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, in, sizeof v6);
  std::array<std::uint8_t, 16> octets;
  std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
  return {base::IpAddress::v6(octets), ntohs(v6.sin6_port)};
}

std::optional<base::Duration> noted_arrival(const cmsghdr* control) {
  if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) return std::nullopt;
  if (control->cmsg_len < CMSG_LEN(sizeof(timespec))) return std::nullopt;
  timespec at;
  std::memcpy(&at, CMSG_DATA(control), sizeof at);
  return std::chrono::duration_cast<base::Duration>(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
}

}  // namespace offhook::inline v0::media
