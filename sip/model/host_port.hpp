#pragma once

#include <offhook/base/socket_address.hpp>

#include <string>

namespace offhook::inline v0::sip {

/// Returns `192.0.2.1:5060`, as in a Via or a Contact. Omits port 0.
[[nodiscard]] std::string host_port(const base::SocketAddress& address);

}  // namespace offhook::inline v0::sip
