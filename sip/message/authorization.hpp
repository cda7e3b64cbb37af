#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <string_view>

namespace offhook::inline v0::sip {

/// The value of an Authorization or Proxy-Authorization field: RFC 3261 section 20.7, RFC 7616 section 3.4. Quoted values stand
/// without their quotes and with their quoted pairs, as they are hashed. "" for what is absent. Borrows from the parsed text;
/// never log it.
struct Authorization {
  std::string_view scheme;  ///< "Digest", as sent
  std::string_view username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc;
};

/// Of a scheme other than Digest only `scheme` is read: its credentials have a grammar of their own. Parameters that are not
/// named above are let pass (auth-param). Errors: BadParameter (no scheme, bad grammar, a name twice, over kMaxAuthParams),
/// BadQuotedString.
[[nodiscard]] base::Result<Authorization, ParseError> parse_authorization(std::string_view value);

}  // namespace offhook::inline v0::sip
