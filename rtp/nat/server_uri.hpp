#pragma once

#include <offhook/rtp/nat/stun_transaction.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::rtp {

/// The URI of a STUN or TURN server: RFC 7064 and RFC 7065. Examples: `stun:stun.example.org`, `turn:192.0.2.1:3478?transport=tcp`, `turns:turn.example.org`.
struct NatServerUri {
  bool relays = false;                               ///< true for `turn` and `turns`
  StunTransport transport = StunTransport::Udp;
  std::string host;                                  ///< a name, or an address without brackets
  std::uint16_t port = 3478;
  friend bool operator==(const NatServerUri&, const NatServerUri&) = default;
};

/// Returns nullopt if the text is not such a URI. Also refuses STUN over TCP or TLS, which would not report the NAT's binding of a UDP port, and TURN over
/// DTLS, which this side does not support.
[[nodiscard]] std::optional<NatServerUri> parse_nat_server_uri(std::string_view text);

}  // namespace offhook::inline v0::rtp
