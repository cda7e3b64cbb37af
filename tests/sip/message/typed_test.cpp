#include "support.hpp"

#include <offhook/sip/message/rack.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;
using test::parse;
using test::repeated;
using test::Request;
using test::request_with;

namespace {

template <class Value>
std::size_t count_values(Values<Value> values, std::optional<ParseError> end = std::nullopt) {
  std::size_t seen = 0;
  while (values.next() != nullptr) ++seen;
  CHECK(values.error() == end);
  CHECK(values.next() == nullptr);
  return seen;
}

std::vector<std::string> all(Tokens tokens) {
  std::vector<std::string> list;
  while (const auto token = tokens.next()) list.emplace_back(*token);
  return list;
}

}  // namespace

TEST_CASE("the typed lists have the values of all lines in order, up to the first malformed value") {
  const auto message =
      request_with("Contact: <sip:1@h>, \"2, two\" <sip:2@h>\r\nContact:\r\nX: y\r\nm: sip:3@h;q=1\r\nRoute: <sip:a;lr>, <sip\r\n");
  auto contacts = message.contacts();
  for (const auto* user : {"1", "2", "3"}) {
    const NameAddr* contact = contacts.next();
    REQUIRE(contact != nullptr);
    CHECK(contact->uri.user == user);
    CHECK(contact->params.has("q") == (std::string_view(user) == "3"));
  }
  CHECK(contacts.next() == nullptr);
  CHECK_FALSE(contacts.error());
  CHECK(count_values(message.routes(), ParseError::BadNameAddr) == 1);
  CHECK(count_values(message.record_routes()) == 0);
  CHECK(count_values(Message().contacts()) == 0);
}

TEST_CASE("the lists of Contact, Route, Record-Route and Via values end at their limits") {
  const std::string one = "<sip:a@h>";
  CHECK(count_values(request_with("Contact: " + one + repeated(", " + one, kMaxContacts - 1) + "\r\n").contacts()) == kMaxContacts);
  CHECK(count_values(request_with(repeated("Contact: " + one + "\r\n", kMaxContacts + 1)).contacts(), ParseError::TooManyValues) ==
        kMaxContacts);
  CHECK(count_values(request_with(repeated("Route: " + one + "\r\n", kMaxRoutes)).routes()) == kMaxRoutes);
  CHECK(count_values(request_with(repeated("Route: " + one + "\r\n", kMaxRoutes + 1)).routes(), ParseError::TooManyValues) == kMaxRoutes);
  CHECK(count_values(request_with(repeated("Record-Route: " + one + "\r\n", kMaxRoutes)).record_routes()) == kMaxRoutes);
  CHECK(count_values(request_with(repeated("Record-Route: " + one + "\r\n", kMaxRoutes + 1)).record_routes(), ParseError::TooManyValues) ==
        kMaxRoutes);
  CHECK(count_values(request_with(repeated("v: SIP/2.0/UDP h\r\n", kMaxVias - 1)).vias()) == kMaxVias);  // parse_message refuses one more Via.
}

TEST_CASE("parse_message parses only the top Via. vias() parses the other ones when the application reads them [RFC 3261 section 18.2.1]") {
  const auto message = request_with("Via: not a Via, SIP/2.0/UDP h\r\n");
  CHECK(message.top_via().host == "192.0.2.1");
  CHECK(count_values(message.vias(), ParseError::BadVia) == 1);
}

TEST_CASE("tokens() splits the values of all lines at commas outside quotes, and trims them [RFC 3261 section 7.3.1]") {
  const auto message = request_with("Allow: INVITE,ACK ,\t BYE\r\nX: y\r\nAllow: a;b=\"c,\\\"d\", CANCEL\r\nk:\r\n");
  CHECK(all(message.tokens(HeaderName::Allow)) == std::vector<std::string>{"INVITE", "ACK", "BYE", "a;b=\"c,\\\"d\"", "CANCEL"});
  CHECK(all(message.tokens(HeaderName::Supported)).empty());
  CHECK(all(message.tokens(HeaderName::Require)).empty());
  CHECK(all(message.tokens(HeaderName::Other)).empty());
}

TEST_CASE("parse_session_expires reads seconds and a refresher [RFC 4028 section 4]") {
  const auto parsed = parse_session_expires(" 1800 ; refresher=UAC");
  REQUIRE(parsed);
  CHECK(parsed->seconds == 1800);
  CHECK(parsed->refresher == SessionExpires::Refresher::Uac);
  CHECK(parse_session_expires("90;x=y;refresher=uas")->refresher == SessionExpires::Refresher::Uas);
  CHECK(parse_session_expires("4294967295")->refresher == SessionExpires::Refresher::Unsaid);
  CHECK(parse_session_expires("90;refresher=proxy")->refresher == SessionExpires::Refresher::Unsaid);
  for (const auto* text : {"", "x", "-1", "4294967296", "18446744073709551616"})
    CHECK_MESSAGE(parse_session_expires(text) == offhook::base::fail(ParseError::BadNumber), text);
  for (const auto* text : {"90s", "90;", "90;refresher=uac,90", "90 90"})
    CHECK_MESSAGE(parse_session_expires(text) == offhook::base::fail(ParseError::BadParameter), text);
  CHECK(request_with("x: 120;refresher=uas\r\n").session_expires()->seconds == 120);
  CHECK(request_with("").session_expires() == offhook::base::fail(ParseError::MissingHeader));
}

TEST_CASE("min_se() reads seconds of up to 32 bits [RFC 4028 section 5]") {
  CHECK(request_with("Min-SE: 120;x=y\r\n").min_se() == 120);
  CHECK(request_with("Min-SE: 4294967295\r\n").min_se() == 4294967295);
  CHECK_FALSE(request_with("Min-SE: 4294967296\r\n").min_se());
  CHECK_FALSE(request_with("Min-SE: x\r\n").min_se());
  CHECK_FALSE(request_with("").min_se());
}

TEST_CASE("RSeq is a number of 32 bits [RFC 3262 section 7.1]") {
  CHECK(request_with("RSeq: 988789\r\n").number(HeaderName::RSeq) == 988789);
  CHECK(request_with("RSeq: 4294967295\r\n").number(HeaderName::RSeq) == 4294967295);
  CHECK_FALSE(request_with("RSeq: 4294967296\r\n").number(HeaderName::RSeq));
}

TEST_CASE("parse_rack reads the RSeq, CSeq and method of the acknowledged response [RFC 3262 section 7.2]") {
  CHECK(parse_rack(" 776656\t1  INVITE ") == RAck{776656, 1, Method::Invite});
  CHECK(parse_rack("4294967295 2147483647 invite") == RAck{4294967295, 2147483647, Method::Other});  // The case of the method matters.
  CHECK(parse_rack("4294967296 1 INVITE") == offhook::base::fail(ParseError::NumberTooLarge));
  CHECK(parse_rack("1 2147483648 INVITE") == offhook::base::fail(ParseError::NumberTooLarge));
  for (const auto* text : {"", "x", "-1 1 INVITE", "1", "1,1 INVITE", "1 x INVITE", "1 1", "1 1 IN VITE"})
    CHECK_MESSAGE(!parse_rack(text), text);
}

TEST_CASE("authorization() returns the parameters without their quotes, and keeps quoted pairs [RFC 7616 section 3.4]") {
  const auto message = request_with(
      "Authorization: Digest username=\"ada \\\"x\\\", y\", realm=\"pbx\" , nonce=\"n==\",uri=\"sip:h;a,b\",\r\n"
      " response=\"00ff\", ALGORITHM=MD5, cnonce=\"c\", opaque=\"\", qop=auth, nc=00000001, own=\"z\"\r\n");
  const auto parsed = message.authorization();
  REQUIRE(parsed);
  CHECK(parsed->scheme == "Digest");
  CHECK(parsed->username == "ada \\\"x\\\", y");
  CHECK(parsed->realm == "pbx");
  CHECK(parsed->nonce == "n==");
  CHECK(parsed->uri == "sip:h;a,b");
  CHECK(parsed->response == "00ff");
  CHECK(parsed->algorithm == "MD5");
  CHECK(parsed->cnonce == "c");
  CHECK(parsed->opaque.empty());
  CHECK(parsed->qop == "auth");
  CHECK(parsed->nc == "00000001");
  CHECK(parse_authorization("digest nonce=n=\t, realm=a")->nonce == "n=");
  CHECK(request_with("").authorization() == offhook::base::fail(ParseError::MissingHeader));
}

TEST_CASE("parse_authorization returns the name of an unknown scheme without parameters, and refuses a malformed value [RFC 4475 section 3.3.7]") {
  const auto unknown = parse_authorization("NoOneKnowsThisScheme opaque-data=here, \"x");
  REQUIRE(unknown);
  CHECK(unknown->scheme == "NoOneKnowsThisScheme");
  CHECK(unknown->opaque.empty());
  for (const auto* text : {"", "Digest", "Digest ", "Digest ,", "Digest realm", "Digest realm=", "Digest realm=\"a\" nonce=b",
                           "Digest realm=\"a\",", "Digest realm=a\"b", "Digest realm=a, realm=b", "Digest =b", "\"Digest\" a=b"})
    CHECK_MESSAGE(parse_authorization(text) == offhook::base::fail(ParseError::BadParameter), text);
  CHECK(parse_authorization("Digest realm=\"a") == offhook::base::fail(ParseError::BadQuotedString));
  std::string many = "Digest a=b" + repeated(", a=b", kMaxAuthParams - 1);
  CHECK(parse_authorization(many));
  CHECK(parse_authorization(many + ", a=b") == offhook::base::fail(ParseError::BadParameter));
}

TEST_CASE("index_message finds the header lines and the body, and does not parse the values") {
  Request request;
  request.from = "nonsense";
  request.cseq = "x";
  request.uri = "no uri";
  request.body = "hello";
  request.content_length = "5";
  const auto indexed = index_message(Slab::exact(test::bytes_of(request.text())));
  REQUIRE(indexed);
  CHECK(indexed->method() == Method::Options);
  CHECK(indexed->request_uri() == "no uri");
  CHECK(indexed->headers().size() == 6);
  CHECK(indexed->find(HeaderName::From) == "nonsense");
  CHECK(indexed->body() == "hello");
  CHECK(indexed->call_id().empty());
  CHECK_FALSE(parse(request.text()));
  request.content_length = "6";
  const auto cut = index_message(Slab::exact(test::bytes_of(request.text())));
  REQUIRE_FALSE(cut);
  CHECK(cut.error().error == ParseError::Truncated);
  CHECK(cut.error().answerable);  // The parser has still read the fields that the response needs.
  CHECK(cut.error().message.top_via().host == "192.0.2.1");
  CHECK(index_message(Slab()).error().error == ParseError::Empty);
}

TEST_CASE("find() returns the first line of a header field, at any place in the message") {
  const auto message = request_with("Subject: one\r\nX-Own: 1\r\nsUBJECT: two\r\nX-own: 2\r\n");
  CHECK(message.has(HeaderName::Subject));
  CHECK_FALSE(message.has(HeaderName::Date));
  CHECK_FALSE(message.has(HeaderName::Other));
  CHECK(message.find(HeaderName::Subject) == "one");
  auto lines = message.lines(HeaderName::Subject);
  CHECK(lines.next() == "one");
  CHECK(lines.next() == "two");
  CHECK_FALSE(lines.next());
  CHECK(message.find("x-own") == "1");
  const auto headers = message.headers();
  CHECK(headers.front().name == "Via");
  CHECK(headers[headers.size() - 1].name == "Content-Length");
  CHECK_FALSE(headers.empty());
  CHECK(Message().headers().empty());
  CHECK_FALSE(Message().find(HeaderName::Via));
}
