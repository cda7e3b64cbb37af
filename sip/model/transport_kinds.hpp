#pragma once

#include <offhook/sip/model/flow.hpp>

namespace offhook::inline v0::sip {

/// Returns true for transports without message boundaries. UDP and WebSocket keep messages apart (RFC 7118 section 5).
[[nodiscard]] constexpr bool is_byte_stream(Transport transport) { return transport == Transport::Tcp || transport == Transport::Tls; }
[[nodiscard]] constexpr bool is_web_socket(Transport transport) { return transport == Transport::Ws || transport == Transport::Wss; }
/// Returns true if the side that opens a connection stores the name of the host (Flow::name). Over WS, no certificate confirms
/// this name.
[[nodiscard]] constexpr bool names_host(Transport transport) { return transport == Transport::Tls || is_web_socket(transport); }

}  // namespace offhook::inline v0::sip
