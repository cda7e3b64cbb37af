#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/ice_lines.hpp>

#include <string_view>

namespace offhook::inline v0::sdp {

/// Reads candidates that a peer sends after its offer or answer, from the body of an INFO with the media type application/trickle-ice-sdpfrag (RFC 8840
/// sections 4.4 and 9). Lines before the first m= apply to all sections.
///
///     a=ice-pwd:asd88fgpdd777uzjYhagZg
///     a=ice-ufrag:8hhY
///     m=audio 9 RTP/AVP 0
///     a=mid:1
///     a=candidate:1 1 UDP 2130706431 192.0.2.1 5010 typ host
///     a=end-of-candidates
///
/// Returns the attributes of the section with this a=mid; "" selects a section without a=mid. The body has the bounds of a session description.
/// Errors: Malformed (the body has no such section), NoIce, BadCredentials.
[[nodiscard]] base::Result<IceDescription, IceLineError> read_trickle_fragment(std::string_view body, std::string_view mid);

}  // namespace offhook::inline v0::sdp
