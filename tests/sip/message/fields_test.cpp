#include "support.hpp"

#include <offhook/base/text.hpp>
#include <offhook/sip/message/cseq.hpp>
#include <offhook/sip/message/header_name.hpp>
#include <offhook/sip/message/method.hpp>
#include <offhook/sip/message/via.hpp>
#include <offhook/sip/model/flow.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace offhook::sip;

namespace {

ParseError via_error(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  std::string_view rest(exact.data(), exact.size());
  const auto via = take_via(rest);
  REQUIRE_MESSAGE(!via, text);
  return via.error();
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

}  // namespace

TEST_CASE("parse_header_name finds every header name in its own, lower and upper case [RFC 3261 section 7.3.1]") {
  std::set<std::string> seen;
  for (int i = 0; i < static_cast<int>(HeaderName::Other); ++i) {
    const auto id = static_cast<HeaderName>(i);
    const auto name = to_string(id);
    REQUIRE_FALSE(name.empty());
    CHECK(seen.insert(upper(name)).second);
    CHECK(parse_header_name(name) == id);
    CHECK(parse_header_name(upper(name)) == id);
    CHECK(parse_header_name(std::string(name) + "x") == HeaderName::Other);
  }
  CHECK(to_string(HeaderName::Other).empty());
  CHECK(to_string(HeaderName::CallId) == "Call-ID");
  CHECK(to_string(HeaderName::MinSe) == "Min-SE");
  CHECK(to_string(HeaderName::WwwAuthenticate) == "WWW-Authenticate");
  CHECK(to_string(HeaderName::Via) == "Via");
  CHECK(to_string(HeaderName::UserAgent) == "User-Agent");
  CHECK(to_string(HeaderName::From) == "From");
}

TEST_CASE("parse_header_name finds compact names, and returns Other for unknown names [RFC 3261 section 7.3.3]") {
  const std::map<char, HeaderName> compact = {
      {'b', HeaderName::ReferredBy},    {'c', HeaderName::ContentType}, {'e', HeaderName::ContentEncoding},
      {'f', HeaderName::From},          {'i', HeaderName::CallId},      {'k', HeaderName::Supported},
      {'l', HeaderName::ContentLength}, {'m', HeaderName::Contact},     {'o', HeaderName::Event},
      {'r', HeaderName::ReferTo},       {'s', HeaderName::Subject},     {'t', HeaderName::To},
      {'u', HeaderName::AllowEvents},   {'v', HeaderName::Via},         {'x', HeaderName::SessionExpires}};
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    const auto found = compact.find(offhook::base::to_lower(c));
    CHECK(parse_header_name({&c, 1}) == (found == compact.end() ? HeaderName::Other : found->second));
  }
  CHECK(parse_header_name("") == HeaderName::Other);
  CHECK(parse_header_name("X-Twilio-CallSid") == HeaderName::Other);
  CHECK(parse_header_name(std::string(70000, 'v')) == HeaderName::Other);
  CHECK(parse_header_name("C%6Fntact") == HeaderName::Other);
}

TEST_CASE("parse_method distinguishes upper and lower case [RFC 3261 section 7.1]") {
  for (int i = 0; i < static_cast<int>(Method::Other); ++i)
    CHECK(parse_method(to_string(static_cast<Method>(i))) == static_cast<Method>(i));
  CHECK(to_string(Method::Invite) == "INVITE");
  CHECK(to_string(Method::Publish) == "PUBLISH");
  CHECK(parse_method("invite") == Method::Other);
  CHECK(parse_method("INVITEX") == Method::Other);
  CHECK(parse_method("") == Method::Other);
  CHECK(to_string(Method::Other).empty());
}

TEST_CASE("to_string writes a transport as in a Via [RFC 3261 section 20.42]") {
  CHECK(to_string(Transport::Udp) == "UDP");
  CHECK(to_string(Transport::Tcp) == "TCP");
  CHECK(to_string(Transport::Tls) == "TLS");
  CHECK(to_string(Transport::Ws) == "WS");
  CHECK(to_string(Transport::Wss) == "WSS");
}

TEST_CASE("parse_cseq reads a number below 2^31 and a method [RFC 3261 section 8.1.1.5]") {
  const auto plain = parse_cseq("4711 INVITE");
  REQUIRE(plain);
  CHECK(plain->number == 4711);
  CHECK(plain->method == Method::Invite);
  CHECK(parse_cseq(" 0009 \t BYE ")->number == 9);
  CHECK(parse_cseq("0 !odd*")->method_text == "!odd*");
  CHECK(parse_cseq("2147483647 ACK")->number == 2147483647);
  CHECK(parse_cseq("2147483648 ACK") == offhook::base::fail(ParseError::NumberTooLarge));
  CHECK(parse_cseq("4294967296 ACK") == offhook::base::fail(ParseError::NumberTooLarge));
  CHECK(parse_cseq("36893488147419103232 ACK") == offhook::base::fail(ParseError::NumberTooLarge));
  for (const auto* text : {"", " ", "ACK", "-1 ACK", "+1 ACK", "x1 ACK"})
    CHECK(parse_cseq(text) == offhook::base::fail(ParseError::BadNumber));
  for (const auto* text : {"1", "1 ", "1ACK", "1 AC K", "1 A:K", "1 ACK, 2 ACK"})
    CHECK(parse_cseq(text) == offhook::base::fail(ParseError::BadMethod));
}

TEST_CASE("take_via reads the parts of a Via, with white space wherever the grammar allows it [RFC 3261 section 20.42]") {
  std::string_view rest =
      "SIP  / 2.0  / TCP     spindle.example   :  5071 ;  branch  =   z9hG4bK9ikj8  , SIP/2.0/UDP [2001:db8::9]";
  const auto first = take_via(rest);
  REQUIRE(first);
  CHECK(first->transport == "TCP");
  CHECK(first->host == "spindle.example");
  CHECK(first->port == 5071);
  CHECK(first->branch() == "z9hG4bK9ikj8");
  CHECK(first->has_rfc3261_branch());
  const auto second = take_via(rest);
  REQUIRE(second);
  CHECK(second->host == "[2001:db8::9]");
  CHECK_FALSE(second->port);
  CHECK(second->branch().empty());
  CHECK(rest.empty());
}

TEST_CASE("take_via accepts an IPv6 address with or without brackets in received [RFC 5118 section 4.5]") {
  for (const auto* text : {"SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3",
                           "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3"}) {
    std::string_view rest = text;
    const auto via = take_via(rest);
    REQUIRE(via);
    CHECK(via->params.find("received")->find("2001:db8::9:255") != std::string_view::npos);
    CHECK(via->branch() == "z9hG4bKas3");
  }
}

TEST_CASE("a branch that is only the magic cookie is not valid [RFC 4475 section 3.2.1]") {
  std::string_view rest = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK";
  const auto via = take_via(rest);
  REQUIRE(via);
  CHECK_FALSE(via->has_rfc3261_branch());
}

TEST_CASE("take_via refuses malformed values and returns the reason [RFC 3261 section 25.1]") {
  CHECK(via_error("") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0/UDP") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0/UDP ") == ParseError::BadHost);
  CHECK(via_error("//UDP h") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0/ h") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0/UDP[::1]") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0/UDP h:0") == ParseError::BadNumber);
  CHECK(via_error("SIP/2.0/UDP h:65536") == ParseError::BadNumber);
  CHECK(via_error("SIP/2.0/UDP h x") == ParseError::BadParameter);
  CHECK(via_error("SIP/2.0/UDP h;;") == ParseError::BadParameter);
  CHECK(via_error("SIP/2.0/UDP h,") == ParseError::BadVia);
  CHECK(via_error("SIP/2.0/UDP 192.0.2.15;;,;,,") == ParseError::BadParameter);
}

TEST_CASE("take_via accepts kMaxParams parameters, and refuses one more") {
  std::string text = "SIP/2.0/UDP h";
  for (std::size_t i = 0; i < kMaxParams; ++i) text += ";p" + std::to_string(i);
  std::string_view rest = text;
  CHECK(take_via(rest));
  CHECK(via_error(text + ";one-more") == ParseError::BadParameter);
}
