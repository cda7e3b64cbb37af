#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <sys/socket.h>

#include <optional>

namespace offhook::inline v0::media {

/// Writes `address` in the kernel's form. Returns how many octets of `out` it uses.
socklen_t to_sockaddr(const base::SocketAddress& address, sockaddr_storage& out);
/// Converts an address that the kernel wrote for one of our sockets: v4 or v6.
[[nodiscard]] base::SocketAddress from_sockaddr(const void* in);
/// Returns the time of SO_TIMESTAMPNS since 1970, or nullopt if it is missing. `control` may be null.
[[nodiscard]] std::optional<base::Duration> noted_arrival(const cmsghdr* control);

}  // namespace offhook::inline v0::media
