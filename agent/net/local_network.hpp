#pragma once

#include <offhook/base/socket_address.hpp>

namespace offhook::inline v0::agent::net {

/// Returns true for an address in the local network: loopback (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3), private
/// (RFC 1918 section 3, RFC 4193 section 3.1) and link-local addresses (RFC 3927 section 2.1, RFC 4291 section 2.5.6), including their
/// IPv4-mapped IPv6 forms.
[[nodiscard]] bool is_in_local_network(const base::IpAddress& address);

}  // namespace offhook::inline v0::agent::net
