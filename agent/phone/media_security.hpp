#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sdp/srtp.hpp>
#include <offhook/sip/model/flow.hpp>

#include <string_view>

namespace offhook::inline v0::phone {

/// Whether the media of an account's calls are encrypted.
struct MediaSecurity {
  sdp::SrtpPolicy srtp = sdp::SrtpPolicy::Off;
  /// true: this side sends and accepts keys also in signalling without TLS, where each host on the route can read them (RFC 4568 section 8.1).
  bool keys_without_tls = false;

  [[nodiscard]] bool needs_tls() const { return srtp != sdp::SrtpPolicy::Off && !keys_without_tls; }
};

/// Returns the security of a call whose signalling uses TLS or not. Preferred becomes Off without TLS. Errors: NotAcceptable if SRTP is required, and the keys
/// would be readable.
[[nodiscard]] base::Result<MediaSecurity, base::Error> security_for(const MediaSecurity& wanted, bool uses_tls);

[[nodiscard]] constexpr bool uses_tls(sip::Transport transport) { return transport == sip::Transport::Tls || transport == sip::Transport::Wss; }
/// Returns true if the URI of a next hop says that the stack uses TLS towards it.
[[nodiscard]] bool uses_tls(std::string_view next_hop);

}  // namespace offhook::inline v0::phone
