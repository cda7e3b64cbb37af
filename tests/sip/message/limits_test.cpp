#include "support.hpp"

#include <doctest/doctest.h>

using namespace offhook::sip;
using test::parse;
using test::repeated;
using test::Request;
TEST_CASE("parse_message accepts kMaxHeaders header fields. It refuses a message with one more, which the stack can still answer") {
  Request request;  // The request has six other fields, including Content-Length.
  request.more = repeated("X: y\r\n", kMaxHeaders - 6);
  const auto full = parse(request.text());
  REQUIRE(full);
  CHECK(full->headers().size() == kMaxHeaders);
  request.more += "X: y\r\n";
  const auto over = parse(request.text());
  REQUIRE_FALSE(over);
  CHECK(over.error().error == ParseError::TooManyHeaders);
  CHECK(over.error().status == 513);
  CHECK(over.error().answerable);
  CHECK(over.error().message.headers().size() == kMaxHeaders);
}

TEST_CASE("parse_message accepts kMaxVias Via values in all lines together, and refuses one more [RFC 3261 section 8.1.1.6]") {
  Request request;
  request.more = repeated("Via: SIP/2.0/UDP a, SIP/2.0/UDP b\r\n", (kMaxVias - 2) / 2) + "v: SIP/2.0/UDP c\r\n";
  CHECK(parse(request.text()));
  request.more += "v: SIP/2.0/UDP d\r\n";
  auto over = parse(request.text());
  REQUIRE_FALSE(over);
  CHECK(over.error().error == ParseError::TooManyValues);
  CHECK(over.error().status == 400);
  request.more = "";
  request.via = "SIP/2.0/UDP a" + repeated(",SIP/2.0/UDP a", kMaxVias - 1);
  CHECK(parse(request.text()));
  request.via += ",SIP/2.0/UDP a";
  over = parse(request.text());
  REQUIRE_FALSE(over);
  CHECK(over.error().error == ParseError::TooManyValues);
}

TEST_CASE("parse_message accepts a message of kMaxMessageBytes, and refuses a longer message with 513 [RFC 3261 section 21.5.7]") {
  Request request;
  request.content_length = "";
  request.body.assign(kMaxMessageBytes - request.text().size(), 'x');
  const auto text = request.text();
  REQUIRE(text.size() == kMaxMessageBytes);
  SlabPool pool;
  CHECK(parse_message(pool.copy(test::bytes_of(text))));
  for (const std::size_t more : {1, 2, 100000}) {
    const auto over = text + std::string(more, 'x');
    const auto result = parse_message(pool.copy(test::bytes_of(over)));
    REQUIRE_FALSE(result);
    CHECK(result.error().error == ParseError::TooLarge);
    CHECK(result.error().status == 513);
    CHECK(result.error().answerable);
  }
}

TEST_CASE("name_addrs refuses a field that has more values in all lines together than the limit") {
  for (const auto limit : {kMaxContacts, kMaxRoutes, std::size_t{0}}) {
    Request request;
    request.more = repeated("Route: <sip:a;lr>\r\n", limit / 2);
    if (limit > 0) request.more += "Route: <sip:a;lr>" + repeated(", <sip:b;lr>", limit - limit / 2 - 1) + "\r\n";
    const auto full = parse(request.text());
    REQUIRE(full);
    const auto routes = full->name_addrs(HeaderName::Route, limit);
    REQUIRE(routes);
    CHECK(routes->size() == limit);
    request.more += "Route: <sip:c;lr>\r\n";
    const auto over = parse(request.text());
    REQUIRE(over);
    const auto too_many = over->name_addrs(HeaderName::Route, limit);
    REQUIRE_FALSE(too_many);
    CHECK(too_many == offhook::base::fail(ParseError::TooManyValues));
  }
}

TEST_CASE("name_addrs returns the values of all lines in order, skips an empty line, and reports the error of a malformed value") {
  Request request;
  request.more = "Contact: <sip:1@h>, <sip:2@h>\r\nContact:\r\nm: <sip:3@h>\r\n";
  const auto good = parse(request.text());
  REQUIRE(good);
  const auto contacts = good->name_addrs(HeaderName::Contact, kMaxContacts);
  REQUIRE(contacts);
  REQUIRE(contacts->size() == 3);
  CHECK((*contacts)[0].uri.user == "1");
  CHECK((*contacts)[2].uri.user == "3");
  CHECK(good->name_addrs(HeaderName::Route, kMaxRoutes)->empty());
  CHECK(good->name_addrs(HeaderName::Other, kMaxRoutes)->empty());
  request.more = "Contact: <sip:1@h>, <sip:2\r\n";
  const auto bad = parse(request.text());
  REQUIRE(bad);
  CHECK(bad->name_addrs(HeaderName::Contact, kMaxContacts) == offhook::base::fail(ParseError::BadNameAddr));
  request.more = "";
  CHECK(parse(request.text())->contact() == offhook::base::fail(ParseError::MissingHeader));
}
