#pragma once

#include <span>

namespace offhook::inline v0::agent::capture {

/// Overwrites the secrets of a SIP message with `x`. The message keeps its size and its lines, so that Content-Length stays true and the message can
/// still be parsed. Takes any octets, and needs time in proportion to their number. In the header, in the body and in messages within the body, it
/// overwrites:
/// - in Authorization and similar fields of digests (RFC 3261 section 22.4): all parameters except those that do not depend on the password
/// - credentials of all schemes except Digest, and fields, parameters and attributes of SDP with a name such as X-Access-Token: the whole value
/// - Identity (RFC 8224): the signature of the token
/// - the password in a URI: sip:user:password@host
/// - keys in session descriptions: a=crypto (RFC 4568), a=key-mgmt (RFC 4567), k= (RFC 4566), a=ice-pwd (RFC 8839)
/// - pressed keys, because they may be a PIN: in bodies with `dtmf` or `telephone-event` in their type, KPML (RFC 4730), fields such as X-DTMF
///
/// It cannot find secrets in text for people, in other types of bodies, and in a compressed body.
void mask_secrets(std::span<char> message);

}  // namespace offhook::inline v0::agent::capture
