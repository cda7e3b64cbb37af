#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/strong_id.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

enum class Transport : std::uint8_t { Udp, Tcp, Tls, Ws, Wss };
inline constexpr std::size_t kTransports = 5;  ///< number of values of Transport

/// Returns the transport in upper case, as in a Via (RFC 3261 section 20.42).
[[nodiscard]] std::string_view to_string(Transport transport);
[[nodiscard]] constexpr bool is_reliable(Transport transport) { return transport != Transport::Udp; }

/// Identifies a bound UDP socket, or one connection of a stream transport. The transport edge assigns it; 0 means "open one".
using FlowId = base::StrongId<struct FlowTag>;

/// The source or destination of bytes: a UDP socket with the peer's address, or a connection.
struct Flow {
  FlowId id;
  Transport transport = Transport::Udp;
  base::SocketAddress local;
  base::SocketAddress remote;
  /// For a TLS or WSS connection that we opened: the host name in the URI, which the peer's certificate must have. Otherwise "".
  std::string name = {};
  friend bool operator==(const Flow&, const Flow&) = default;
};

/// Returns true if a message sent along one flow may arrive over the other. The two endpoints identify a connection. Over TLS, the
/// names must be equal too, because a host whose certificate has one name may not have a certificate for another name at the same
/// address (RFC 5923 section 9.3).
[[nodiscard]] inline bool same_way(const Flow& a, const Flow& b) {
  return a.transport == b.transport && a.remote == b.remote && a.name == b.name;
}

}  // namespace offhook::inline v0::sip
