#pragma once

#include <cstdint>
#include <string_view>

namespace offhook::inline v0::sip {

/// The reason to refuse a message or one value in it. to_string() describes the reason for logs.
enum class ParseError : std::uint8_t {
  Empty,
  TooLarge,           // over kMaxMessageBytes
  BadStartLine,
  BadVersion,         // not SIP/2.0; answered with 505
  BadHeaderLine,
  TooManyHeaders,     // over kMaxHeaders
  TooManyValues,      // over kMaxVias, kMaxContacts, kMaxRoutes
  MissingHeader,      // a mandatory field is missing, such as To, From, Call-ID, CSeq or Via: RFC 3261 section 8.1.1
  DuplicateHeader,    // two different values of a single-value header
  BadContentLength,   // not a number, negative, or two that differ
  Truncated,          // the header block does not end, or Content-Length exceeds the available octets
  BadNumber,
  NumberTooLarge,
  BadMethod,
  BadUri,
  BadNameAddr,
  BadParameter,
  BadHost,
  BadVia,
  BadQuotedString,
  MethodMismatch,     // the CSeq method differs from the request's: RFC 3261 section 8.1.1.5
};

[[nodiscard]] std::string_view to_string(ParseError error);

}  // namespace offhook::inline v0::sip
