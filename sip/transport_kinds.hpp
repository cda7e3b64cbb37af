#pragma once

#include <offhook/sip/flow.hpp>

namespace offhook::inline v0::sip {

/// Octets without a mark where one message ends. UDP and WebSocket keep messages apart (RFC 7118 section 5).
[[nodiscard]] constexpr bool is_byte_stream(Transport transport) { return transport == Transport::Tcp || transport == Transport::Tls; }
[[nodiscard]] constexpr bool is_web_socket(Transport transport) { return transport == Transport::Ws || transport == Transport::Wss; }
/// Who opens such a connection names the host that it wants to talk to (Flow::name): over WS it need not prove to be that one.
[[nodiscard]] constexpr bool names_host(Transport transport) { return transport == Transport::Tls || is_web_socket(transport); }

}  // namespace offhook::inline v0::sip
