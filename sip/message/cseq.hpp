#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

struct CSeq {
  std::uint32_t number = 0;
  std::string_view method_text;  ///< borrows from the parsed text
  Method method = Method::Other;
};

/// Parses `4711 INVITE`, RFC 3261 section 20.16. Errors: BadNumber, NumberTooLarge (2^31 and above: section 8.1.1.5), BadMethod.
[[nodiscard]] base::Result<CSeq, ParseError> parse_cseq(std::string_view value);

}  // namespace offhook::inline v0::sip
