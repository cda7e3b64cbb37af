#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/parse_error.hpp>

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// The provisional response that a PRACK acknowledges.
struct RAck {
  std::uint32_t rseq = 0;
  std::uint32_t cseq = 0;
  Method method = Method::Other;
  friend bool operator==(const RAck&, const RAck&) = default;
};

/// Parses `776656 1 INVITE`, RFC 3262 section 7.2. Errors: BadNumber, NumberTooLarge (RSeq over 32 bits, CSeq 2^31 and above),
/// BadMethod.
[[nodiscard]] base::Result<RAck, ParseError> parse_rack(std::string_view value);

}  // namespace offhook::inline v0::sip
