#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <string_view>

namespace offhook::inline v0::sip {

/// The value of an Authorization or Proxy-Authorization field: RFC 3261 section 20.7, RFC 7616 section 3.4. Quoted values are
/// without their quotes but keep their quoted pairs, because the digest hashes that form. Absent values are "". Borrows from the
/// parsed text. Never log these values.
struct Authorization {
  std::string_view scheme;  ///< as sent, for example "Digest"
  std::string_view username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc;
};

/// Parses credentials. For a scheme other than Digest it reads only `scheme`, because each scheme has its own grammar. Ignores
/// unknown parameters (auth-param). Errors: BadParameter (no scheme, bad grammar, a repeated name, more than kMaxAuthParams
/// parameters), BadQuotedString.
[[nodiscard]] base::Result<Authorization, ParseError> parse_authorization(std::string_view value);

}  // namespace offhook::inline v0::sip
