#include "support.hpp"

#include <offhook/base/text.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;
using test::parse;
using test::Request;

namespace {

Refusal refused(const std::string& text, Framing framing = Framing::Datagram) {
  auto result = parse(text, framing);
  REQUIRE_MESSAGE(!result, text);
  return std::move(result.error());
}

Message parsed(const std::string& text, Framing framing = Framing::Datagram) {
  auto result = parse(text, framing);
  REQUIRE_MESSAGE(result, text, " ", result ? "" : to_string(result.error().error));
  return std::move(*result);
}

}  // namespace

TEST_CASE("parse_message reads all parts of a request [RFC 3261 section 7]") {
  Request request;
  request.method = "INVITE";
  request.cseq = "4711 INVITE";
  request.more =
      "Contact: <sip:ada@192.0.2.1>\r\nX-Own: one\r\nx-own: two\r\nSupported: timer, 100rel\r\nMax-Forwards: "
      "0068\r\nContent-Type: Application / SDP ;x=Y\r\n";
  request.content_length = "4";
  request.body = "v=0\n";
  const auto text = request.text();
  const auto message = parsed(text);
  CHECK(message.is_request());
  CHECK_FALSE(message.is_response());
  CHECK(message.method() == Method::Invite);
  CHECK(message.request_uri() == "sip:agent@phone.example");
  CHECK(message.status() == 0);
  CHECK(message.body() == "v=0\n");
  CHECK(message.top_via().host == "192.0.2.1");
  CHECK(message.from().tag() == "a");
  CHECK_FALSE(message.to().tag());
  CHECK(message.call_id() == "call-1");
  CHECK(message.cseq().number == 4711);
  CHECK(message.headers().size() == 12);
  CHECK(message.contact()->uri.user == "ada");
  CHECK(message.find("X-OWN") == "one");
  CHECK(message.find("v").has_value());
  CHECK_FALSE(message.find("X-Other"));
  CHECK_FALSE(message.find(HeaderName::Other));
  CHECK_FALSE(message.find(HeaderName::Expires));
  CHECK(message.lists(HeaderName::Supported, "100REL"));
  CHECK_FALSE(message.lists(HeaderName::Supported, "100"));
  CHECK_FALSE(message.lists(HeaderName::Require, "timer"));
  CHECK(message.number(HeaderName::MaxForwards) == 68);
  CHECK(message.content_type() == "application/sdp");
}

TEST_CASE("parse_message reads all parts of a response. method() returns the method of its CSeq [RFC 3261 section 7.2]") {
  const auto message =
      parsed(test::lines("SIP/2.0 183 Session  Progress \nVia: SIP/2.0/UDP h\nFrom: <sip:a@h>;tag=1\nTo: <sip:b@h>\nCall-ID: "
                         "x\nCSeq: 1 INVITE\n\n"));
  CHECK(message.is_response());
  CHECK(message.status() == 183);
  CHECK(message.reason() == "Session  Progress");
  CHECK(message.method() == Method::Invite);
  CHECK(message.method_text() == "INVITE");
  CHECK(message.request_uri().empty());
}

TEST_CASE("the views into a message stay valid when the message is moved") {
  Message kept;
  {
    auto first = parsed(Request().text());
    Message second = std::move(first);
    kept = std::move(second);
  }
  CHECK(kept.call_id() == "call-1");
  CHECK(kept.from().uri.host == "pbx.example");
  CHECK(kept.headers().front().value == "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1");
}

TEST_CASE("parse_message accepts only status codes with three digits, 100 to 699 [RFC 3261 section 7.2]") {
  const auto with = [](const std::string& line) {
    return parse(line +
                 "\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n");
  };
  for (const auto* line : {"SIP/2.0 100 ", "SIP/2.0 699 x", "SIP/2.0 200", "sip/2.0 200 OK"}) CHECK_MESSAGE(with(line), line);
  for (const auto* line : {"SIP/2.0 099 x", "SIP/2.0 700 x", "SIP/2.0 20 x", "SIP/2.0 0200 x", "SIP/2.0 -20 x", "SIP/2.0 2x0 OK",
                           "SIP/2.0", "SIP/2.0 4294967396 x"}) {
    const auto result = with(line);
    REQUIRE_MESSAGE(!result, line);
    CHECK(result.error().error == ParseError::BadStartLine);
    CHECK_FALSE(result.error().answerable);
  }
  const auto version = with("SIP/3.0 200 OK");
  REQUIRE_FALSE(version);
  CHECK(version.error().error == ParseError::BadVersion);
  CHECK_FALSE(version.error().answerable);
}

TEST_CASE("parse_message accepts only digits in Content-Length, and no value overflows [RFC 3261 section 20.14]") {
  Request request;
  request.body = "hello";
  const auto with = [&](const char* value) {
    request.content_length = value;
    return parse(request.text());
  };
  CHECK(with("5")->body() == "hello");
  CHECK(with("0")->body().empty());
  CHECK(with("4")->body() == "hell");
  CHECK(with("00000000000000000000000000000000000005")->body() == "hello");
  for (const auto* value :
       {"6", "65535", "65536", "2147483648", "4294967296", "4294967301", "18446744073709551616", "18446744073709551621"}) {
    const auto result = with(value);
    REQUIRE_MESSAGE(!result, value);
    CHECK(result.error().error == ParseError::Truncated);
    CHECK(result.error().status == 400);
    CHECK(result.error().answerable);
  }
  for (const auto* value : {"-1", "+5", "5x", "0x5", "5 5", "5;", "five", "5.0"}) {
    const auto result = with(value);
    REQUIRE_MESSAGE(!result, value);
    CHECK(result.error().error == ParseError::BadContentLength);
  }
}

TEST_CASE("without Content-Length, the body of a datagram extends to its end, and parse_message refuses a message in a stream [RFC 3261 section 18.3]") {
  Request request;
  request.content_length = "";
  request.body = "to the end";
  CHECK(parsed(request.text()).body() == "to the end");
  const auto refusal = refused(request.text(), Framing::Stream);
  CHECK(refusal.error == ParseError::MissingHeader);
  CHECK(refusal.answerable);
  request.content_length = "70000";
  CHECK(refused(request.text(), Framing::Stream).status == 513);
  request.content_length = "70";
  CHECK(refused(request.text(), Framing::Stream).error == ParseError::Truncated);
}

TEST_CASE("parse_message accepts a repeated single-value field only if the values are equal [RFC 3261 section 7.3.1]") {
  const char* fields[] = {"From: <sip:ada@pbx.example>;tag=a", "t: <sip:agent@phone.example>", "CALL-ID: call-1",
                          "CSeq:   1 OPTIONS", "l: 00"};
  for (const auto* field : fields) {
    Request request;
    request.more = std::string(field) + "\r\n";
    CHECK_MESSAGE(parse(request.text()), field);
    request.more = std::string(field) + "x\r\n";
    const auto refusal = refused(request.text());
    const bool length = field[0] == 'l';
    CHECK(refusal.error == (length ? ParseError::BadContentLength : ParseError::DuplicateHeader));
    CHECK(refusal.status == 400);
  }
  Request request;
  request.more = "Max-Forwards: 70\r\nMax-Forwards: 5\r\n";
  CHECK(refused(request.text()).error == ParseError::DuplicateHeader);
  request.more = "Content-Type: a/b\r\nContent-Type: a/c\r\n";
  CHECK(refused(request.text()).error == ParseError::DuplicateHeader);
  request.more = "Content-Type: a/b\r\nContent-Type: A/B\r\n";
  CHECK(parsed(request.text()).content_type() == "a/b");
  request.more = "Expires: 1\r\nExpires: 2\r\n";
  CHECK(parsed(request.text()).number(HeaderName::Expires) == 1);
}

TEST_CASE("if CSeq has another method than the request, parse_message refuses it with 400, or with 501 if the method is unknown [RFC 4475 sections 3.1.2.17 and 3.1.2.18]") {
  Request request;
  request.method = "INVITE";
  auto refusal = refused(request.text());
  CHECK(refusal.error == ParseError::MethodMismatch);
  CHECK(refusal.status == 400);
  CHECK(refusal.answerable);
  request.method = "NEWMETHOD";
  CHECK(refused(request.text()).status == 501);
  request.cseq = "1 NEWMETHOD";
  CHECK(parsed(request.text()).method() == Method::Other);
}

TEST_CASE("parse_message refuses a message without one of the mandatory fields, and marks it as not answerable [RFC 3261 section 8.1.1]") {
  for (auto field : {&Request::via, &Request::from, &Request::to, &Request::call_id, &Request::cseq}) {
    Request request;
    request.*field = "";
    auto refusal = refused(request.text());
    CHECK(refusal.error == ParseError::MissingHeader);
    CHECK_FALSE(refusal.answerable);
    request.*field = " ";  // The field exists, but its value is empty.
    refusal = refused(request.text());
    CHECK_FALSE(refusal.answerable);
  }
}

TEST_CASE("parse_message reads the fields after a malformed one for the response. A malformed ACK is not answerable [RFC 3261 section 8.2.6]") {
  Request request;
  request.via = "SIP/2.0/UDP 192.0.2.15:5070;;,;,,";
  auto refusal = refused(request.text());
  CHECK(refusal.error == ParseError::BadParameter);
  CHECK(refusal.answerable);
  CHECK(refusal.message.top_via().host == "192.0.2.15");
  CHECK(refusal.message.top_via().port == 5070);
  CHECK(refusal.message.call_id() == "call-1");
  request.method = "ACK";
  request.cseq = "1 ACK";
  CHECK_FALSE(refused(request.text()).answerable);
  request = Request();
  request.via = "nonsense";
  CHECK_FALSE(refused(request.text()).answerable);
}

TEST_CASE("parse_message refuses a malformed SIP Request-URI, and accepts any Request-URI of another scheme [RFC 3261 section 8.2.2.1]") {
  Request request;
  for (const auto* uri : {"mailto:a@b", "tel:+1555", "sip:h?Route=%3Csip:x%3E", "nobodyKnowsThisScheme:totallyopaquecontent"}) {
    request.uri = uri;
    CHECK(parsed(request.text()).request_uri() == uri);
  }
  for (const auto* uri : {"<sip:a@h>", "sip:h; lr", "sip:[::1", "*", "sip:a b@h", "sip:"}) {
    request.uri = uri;
    const auto refusal = refused(request.text());
    CHECK_MESSAGE(refusal.status == 400, uri);
    CHECK(refusal.answerable);
  }
}

TEST_CASE("parse_message reports a keep-alive as Empty and not answerable, and skips CRLFs before a message [RFC 3261 section 7.5]") {
  for (const auto& text : {std::string(), std::string("\r\n"), std::string("\r\n\r\n"), std::string(4, '\0'), std::string(" ")}) {
    const auto refusal = refused(text);
    CHECK(refusal.error == ParseError::Empty);
    CHECK_FALSE(refusal.answerable);
  }
  CHECK(parsed("\r\n\r\n" + Request().text()).call_id() == "call-1");
}

TEST_CASE("parse_message refuses a message that begins with a folded line, or has a folded line after its start line [RFC 3261 section 7.3.1]") {
  CHECK(refused(" " + Request().text()).error == ParseError::BadStartLine);
  auto text = Request().text();
  text.insert(text.find("\r\n") + 2, " ");
  CHECK_FALSE(refused(text).message.find(HeaderName::Via));
  Request request;
  request.more = "Subject: a\r\n \r\n\t b\r\n";
  const auto message = parsed(request.text());
  CHECK(message.find(HeaderName::Subject)->substr(0, 1) == "a");
  CHECK(message.find(HeaderName::Subject)->substr(message.find(HeaderName::Subject)->size() - 1) == "b");
  CHECK(message.find(HeaderName::Subject)->find_first_of("\r\n") == std::string_view::npos);
}

TEST_CASE("parse_message reads a body with a Content-Type in requests of any method and in responses [RFC 3261 section 7.4]") {
  for (const std::string method : {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "MESSAGE", "NOTIFY", "DANCE"}) {
    CAPTURE(method);
    Request request;
    request.method = method;
    request.cseq = "1 " + method;
    request.more = "Content-Type: Text/Plain;charset=utf-8\r\n";
    request.body = "SIP/2.0 200 OK\r\n\r\n";
    request.content_length = "18";
    for (const auto framing : {Framing::Datagram, Framing::Stream}) {
      const auto message = test::parse(request.text(), framing);
      REQUIRE(message);
      CHECK(message->body() == request.body);
      CHECK(offhook::base::iequals(message->content_type(), "text/plain"));
    }
  }
  const auto response = parsed("SIP/2.0 486 Busy\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"
                               "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
  CHECK(response.body() == "v=0\r\n");
  CHECK(response.content_type() == "application/sdp");
}

TEST_CASE("a body that begins with a space is not a folded line [RFC 3261 section 7.4]") {
  Request request;
  request.body = " x";
  request.content_length = "2";
  CHECK(parsed(request.text()).body() == " x");
}

TEST_CASE("number() reads the number at the start of a value, and refuses a number that would overflow [RFC 3261 section 25.1]") {
  const auto of = [](const char* value) {
    Request request;
    request.more = std::string("Retry-After: ") + value + "\r\n";
    return parsed(request.text()).number(HeaderName::RetryAfter);
  };
  CHECK(of("120 (busy);duration=60") == 120);
  CHECK(of("18;refresher=uac") == 18);
  CHECK(of("4294967295") == 4294967295);
  for (const auto* value : {"4294967296", "949302838503028349304023988", "-1", "+1", "", "x", "12x", "1.5", "0x10"})
    CHECK_FALSE(of(value));
}

TEST_CASE("lists() splits a value at commas outside quotes [RFC 3261 section 7.3.1]") {
  Request request;
  request.more = "Accept: a/b;x=\"1,application/sdp,2\\\"\", application/dtmf-relay ;q=1\r\nAccept: c/d,\r\n";
  const auto message = parsed(request.text());
  CHECK(message.lists(HeaderName::Accept, "application/dtmf-relay"));
  CHECK(message.lists(HeaderName::Accept, "c/d"));
  CHECK_FALSE(message.lists(HeaderName::Accept, "application/sdp"));
  CHECK_FALSE(message.lists(HeaderName::Other, "c/d"));
}

TEST_CASE("parse_message refuses a message that is cut off at any octet, and does not read after its end [RFC 3261 section 18.3]") {
  Request request;
  request.more =
      "Contact: \"A\" <sip:a@h;x=1>;expires=3, <sip:b@h>\r\nSubject: folded\r\n line\r\nContent-Type: application/sdp\r\n";
  request.body = "v=0\r\n";
  request.content_length = "5";
  const auto text = request.text();
  for (std::size_t size = 0; size < text.size(); ++size) {
    CHECK_FALSE(parse(text.substr(0, size)));
    CHECK_FALSE(parse(text.substr(0, size), Framing::Stream));
    (void)parse(text.substr(size));
  }
  CHECK(parse(text));
}

TEST_CASE("parse_message reads a message with any single octet replaced by a special character, without a fault") {
  Request request;
  request.via = "SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1, SIP/2.0/TCP h";
  request.more = "Contact: \"A\" <sip:a@h;x=1>;expires=3, <sip:b@h>\r\nSubject: folded\r\n line\r\n";
  const auto text = request.text();
  std::size_t passed = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : {'\0', '\r', '\n', '"', '\\', '<', '>', ';', ',', ':', ' ', '@', '[', '%', '\xFF'}) {
      auto changed = text;
      changed[at] = c;
      const auto result = parse(changed);
      passed += result ? 1 : 0;
      const Message& message = result ? *result : result.error().message;
      (void)message.name_addrs(HeaderName::Contact, kMaxContacts);
      (void)message.from().display_text();
    }
  }
  CHECK(passed > 100);  // Most octets of a URI, a tag or a Call-ID can have other values.
  CHECK(passed < text.size() * 15);
}
