#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/base/strong_id.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip {

enum class Transport : std::uint8_t { Udp, Tcp, Tls, Ws, Wss };

/// Upper case, as in a Via (RFC 3261 section 20.42).
[[nodiscard]] std::string_view to_string(Transport transport);
[[nodiscard]] constexpr bool is_reliable(Transport transport) { return transport != Transport::Udp; }

/// A bound UDP socket, or one connection of a stream transport. Given out by the edge; 0 means "open one".
using FlowId = base::StrongId<struct FlowTag>;

/// Where bytes came from, or shall go: a UDP socket with the peer's address, or a connection.
struct Flow {
  FlowId id;
  Transport transport = Transport::Udp;
  base::SocketAddress local;
  base::SocketAddress remote;
  /// TLS and WSS that we opened: the host name that the peer had to prove, as the URI had it; otherwise "".
  std::string name = {};
  friend bool operator==(const Flow&, const Flow&) = default;
};

/// True when what is sent along the one may arrive over the other: two ends make a connection, whatever its number. Over TLS a
/// peer that has proved to be one host is not yet another that shares its address (RFC 5923 section 9.3).
[[nodiscard]] inline bool same_way(const Flow& a, const Flow& b) {
  return a.transport == b.transport && a.remote == b.remote && a.name == b.name;
}

}  // namespace offhook::inline v0::sip
