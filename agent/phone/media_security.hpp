#pragma once

#include <offhook/sdp/srtp.hpp>
#include <offhook/sip/model/flow.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::phone {

/// Whether calls find the addresses of their media by ICE (RFC 8445).
enum class IceUse : std::uint8_t {
  Off,
  Accepted,   ///< if the peer offers it
  Offered,    ///< this side offers it too
};

/// Whether the media of an account's calls are encrypted.
struct MediaSecurity {
  sdp::SrtpPolicy srtp = sdp::SrtpPolicy::Off;
  /// true: this side sends and accepts keys also in signalling without TLS, where each host on the route can read them (RFC 4568 section 8.1).
  bool keys_without_tls = false;
  /// true: this side offers DTLS-SRTP (RFC 5763) instead of keys in SDP. It accepts both.
  bool offers_dtls = false;
  /// false: this side neither offers nor accepts keys in SDP, because others could read them: only DTLS.
  bool has_keys = true;

  [[nodiscard]] bool needs_tls() const { return srtp != sdp::SrtpPolicy::Off && has_keys && !keys_without_tls; }
};

/// Returns the security of a call whose signalling uses TLS or not. Without TLS there are no keys in SDP. DTLS remains: its fingerprints may be read, but who can also
/// change the signalling can stand in the middle (RFC 5763 section 8.1).
[[nodiscard]] MediaSecurity security_for(MediaSecurity wanted, bool uses_tls);

[[nodiscard]] constexpr bool uses_tls(sip::Transport transport) { return transport == sip::Transport::Tls || transport == sip::Transport::Wss; }
/// Returns true if the URI of a next hop says that the stack uses TLS towards it.
[[nodiscard]] bool uses_tls(std::string_view next_hop);

}  // namespace offhook::inline v0::phone
