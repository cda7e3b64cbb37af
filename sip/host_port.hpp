#pragma once

#include <offhook/base/socket_address.hpp>

#include <string>

namespace offhook::inline v0::sip {

/// `192.0.2.1:5060`, as in a Via or a Contact; port 0 goes unsaid.
[[nodiscard]] std::string host_port(const base::SocketAddress& address);

}  // namespace offhook::inline v0::sip
