#pragma once

#include <offhook/sdp/srtp.hpp>
#include <offhook/sip/model/flow.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::phone {

/// The use of ICE (RFC 8445) to find the addresses of media.
enum class IceUse : std::uint8_t {
  Off,
  Accepted,   ///< used if the peer offers it
  Offered,    ///< used if the peer offers or accepts it: this side offers it too
};

/// The encryption of the media of an account's calls.
struct MediaSecurity {
  sdp::SrtpPolicy srtp = sdp::SrtpPolicy::Off;
  /// true: this side sends and accepts keys even in signalling without TLS, where each host on the route can read them (RFC 4568 section 8.1).
  bool keys_without_tls = false;
  /// true: this side offers DTLS-SRTP (RFC 5763) instead of keys in SDP. In offers of the peer it accepts both.
  bool offers_dtls = false;
  /// false: this side neither offers nor accepts keys in SDP, because hosts on the route could read them. Only DTLS remains.
  bool has_keys = true;

  [[nodiscard]] bool needs_tls() const { return srtp != sdp::SrtpPolicy::Off && has_keys && !keys_without_tls; }
};

/// Returns the security of a call. Without TLS, there are no keys in SDP unless `wanted` allows them, but DTLS remains. A host that only reads the fingerprints
/// can do no harm; a host that changes the signalling can become a man in the middle (RFC 5763 section 8.1).
[[nodiscard]] MediaSecurity security_for(MediaSecurity wanted, bool uses_tls);

[[nodiscard]] constexpr bool uses_tls(sip::Transport transport) { return transport == sip::Transport::Tls || transport == sip::Transport::Wss; }
/// Returns true if the stack uses TLS to the next hop with this URI.
[[nodiscard]] bool uses_tls(std::string_view next_hop);

}  // namespace offhook::inline v0::phone
