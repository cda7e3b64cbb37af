#pragma once

#include <offhook/sip/auth/challenge.hpp>
#include <offhook/sip/message/parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace offhook::sip::test {

/// Returns a response with these additional header lines, each of which ends in CRLF.
inline Message response(int status, std::string_view lines) {
  const std::string text = "SIP/2.0 " + std::to_string(status) +
                           " Reason\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
                           "To: <sip:a@b>;tag=2\r\nCall-ID: i\r\nCSeq: 1 REGISTER\r\n" +
                           std::string(lines) + "Content-Length: 0\r\n\r\n";
  auto message = parse_message(Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  REQUIRE(message.has_value());
  return std::move(*message);
}

inline std::string www(std::string_view challenge) {
  return "WWW-Authenticate: " + std::string(challenge) + "\r\n";
}
inline std::string proxy(std::string_view challenge) {
  return "Proxy-Authenticate: " + std::string(challenge) + "\r\n";
}

inline std::string value_of(std::string_view header, std::string_view name) {
  REQUIRE(header.starts_with("Digest "));
  return std::string(find_auth_parameter(header.substr(7), name).value_or("(absent)"));
}

}  // namespace offhook::sip::test
