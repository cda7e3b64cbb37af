#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>

#include <sys/socket.h>

#include <optional>

namespace offhook::inline v0::media {

/// Writes `address` as the kernel wants it; how much of `out` it takes.
socklen_t to_sockaddr(const base::SocketAddress& address, sockaddr_storage& out);
/// `in` is what the kernel wrote for a socket of ours: v4 or v6.
[[nodiscard]] base::SocketAddress from_sockaddr(const void* in);
/// Of SO_TIMESTAMPNS, since 1970. `control` may be null.
[[nodiscard]] std::optional<base::Duration> noted_arrival(const cmsghdr* control);

}  // namespace offhook::inline v0::media
