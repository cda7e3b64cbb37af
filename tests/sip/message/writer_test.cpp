#include "support.hpp"

#include <offhook/sip/message/writer.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;
using test::parse;
using test::Request;
using namespace std::string_literals;

namespace {

const offhook::base::SocketAddress kSource{offhook::base::IpAddress::v4({198, 51, 100, 7}), 40001};

Message parsed_request(const Request& request) {
  auto result = parse(request.text());
  REQUIRE(result);
  return std::move(*result);
}

std::vector<std::string> vias_of(const Message& message) {
  std::vector<std::string> vias;
  for (const auto& header : message.headers()) {
    if (header.id == HeaderName::Via) vias.emplace_back(header.value);
  }
  return vias;
}

std::string via_answered(const std::string& via, const offhook::base::SocketAddress& source = kSource) {
  Request request;
  request.via = via;
  const auto text = Writer::response(parsed_request(request), 200, "OK", "t", source).finish();
  const auto response = parse(text);
  REQUIRE(response);
  return vias_of(*response).front();
}

}  // namespace

TEST_CASE("Writer writes a request with its fields in order [RFC 3261 section 7.1]") {
  const auto text = Writer::request("INVITE", "sip:bob@h;transport=tcp")
                        .header(HeaderName::Via, "SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx")
                        .header(HeaderName::MaxForwards, 70)
                        .header("X-Own", "v")
                        .finish("application/sdp", "v=0\r\n");
  CHECK(text ==
        "INVITE sip:bob@h;transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx\r\nMax-Forwards: 70\r\nX-Own: v\r\n"
        "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
  CHECK(Writer::request("ACK", "sip:h").finish() == "ACK sip:h SIP/2.0\r\nContent-Length: 0\r\n\r\n");
  CHECK(Writer::request("ACK", "sip:h").finish("application/sdp") == "ACK sip:h SIP/2.0\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a response copies Vias in order, From, To, Call-ID and CSeq, and adds the tag [RFC 3261 section 8.2.6.2]") {
  Request request;
  request.via = "SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1, SIP/2.0/TCP second;branch=z9hG4bK2;x=\"a,b\"";
  request.more = "v: SIP/2.0/TLS third\r\n";
  const auto text =
      Writer::response(parsed_request(request), 180, "Ringing", "mine", kSource).header(HeaderName::Contact, "<sip:me@h>").finish();
  const auto response = parse(text);
  REQUIRE(response);
  CHECK(response->status() == 180);
  CHECK(response->reason() == "Ringing");
  CHECK(response->to().tag() == "mine");
  CHECK(response->to().uri.text == "sip:agent@phone.example");
  CHECK(response->from().tag() == "a");
  CHECK(response->call_id() == "call-1");
  CHECK(response->cseq().number == 1);
  const std::vector<std::string> vias = {"SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1",
                                         "SIP/2.0/TCP second;branch=z9hG4bK2;x=\"a,b\"", "SIP/2.0/TLS third"};
  CHECK(vias_of(*response) == vias);
}

TEST_CASE("a response keeps the tag of To, and a 100 need not have a tag [RFC 3261 section 8.2.6.2]") {
  Request request;
  request.to = "sip:agent@phone.example;tag=theirs";
  const auto kept = Writer::response(parsed_request(request), 200, "OK", "mine", kSource).finish();
  CHECK(parse(kept)->find(HeaderName::To) == "sip:agent@phone.example;tag=theirs");
  request.to = "sip:agent@phone.example";
  CHECK(parse(Writer::response(parsed_request(request), 200, "OK", "mine", kSource).finish())->to().tag() == "mine");
  CHECK_FALSE(parse(Writer::response(parsed_request(request), 100, "Trying", "", kSource).finish())->to().tag());
}

TEST_CASE("only a 100 repeats the Timestamp [RFC 3261 section 8.2.6.1]") {
  Request request;
  request.more = "Timestamp: 54\r\n";
  CHECK(parse(Writer::response(parsed_request(request), 100, "Trying", "", kSource).finish())->find("Timestamp") == "54");
  CHECK_FALSE(parse(Writer::response(parsed_request(request), 180, "Ringing", "t", kSource).finish())->find("Timestamp"));
}

TEST_CASE("Writer adds received if sent-by is not the source address, and always together with a value of rport [RFC 3581 section 4]") {
  CHECK(via_answered("SIP/2.0/UDP 198.51.100.7;branch=b") == "SIP/2.0/UDP 198.51.100.7;branch=b");
  CHECK(via_answered("SIP/2.0/UDP 192.0.2.1;branch=b") == "SIP/2.0/UDP 192.0.2.1;branch=b;received=198.51.100.7");
  CHECK(via_answered("SIP/2.0/UDP host.example;branch=b") == "SIP/2.0/UDP host.example;branch=b;received=198.51.100.7");
  CHECK(via_answered("SIP/2.0/UDP 198.51.100.7;rport;branch=b") ==
        "SIP/2.0/UDP 198.51.100.7;rport=40001;branch=b;received=198.51.100.7");
  // Writer replaces the values of received and rport in the request.
  CHECK(via_answered("SIP/2.0/UDP 192.0.2.1;received=203.0.113.9;rport=1;rport=2;branch=b") ==
        "SIP/2.0/UDP 192.0.2.1;rport=40001;branch=b;received=198.51.100.7");
  const offhook::base::SocketAddress six{*offhook::base::IpAddress::parse("2001:db8::9"), 5060};
  CHECK(via_answered("SIP/2.0/UDP [2001:DB8:0::9]:5060;branch=b", six) == "SIP/2.0/UDP [2001:DB8:0::9]:5060;branch=b");
  CHECK(via_answered("SIP/2.0/UDP h;rport", six) == "SIP/2.0/UDP h;rport=5060;received=2001:db8::9");
  CHECK(via_answered("SIP / 2.0 / UDP  h : 5062 ; branch = b ; flag") ==
        "SIP / 2.0 / UDP  h : 5062;branch=b;flag;received=198.51.100.7");
}

TEST_CASE("the response to a refused message has the fields that the parser could read [RFC 3261 section 21.4.1]") {
  Request request;
  request.via = "SIP/2.0/UDP 192.0.2.15;;,;,,";
  request.from = "\"open <sip:a@h>;tag=1";
  const auto refused = parse(request.text());
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().answerable);
  const auto text = Writer::response(refused.error().message, refused.error().status, reason_phrase(400), "t", kSource).finish();
  CHECK(text ==
        "SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP 192.0.2.15;;,;,,\r\nFrom: \"open <sip:a@h>;tag=1\r\nTo: "
        "<sip:agent@phone.example>;tag=t\r\n"
        "Call-ID: call-1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("Writer never writes CR, LF or NUL from a value, a name or a start line") {
  const std::string evil = "a\r\nEvil: 1\r\n\r\nb\0c\nEvil: 2\rEvil: 3"s;
  auto writer = Writer::request("IN\r\nVITE", "sip:" + evil);
  writer.header(HeaderName::Subject, evil).header("X-" + evil, evil).header(HeaderName::Other, "dropped").header("", "dropped");
  const auto request = writer.finish("text/" + evil, "body\r\n\r\n");
  CHECK(request.find("\nEvil") == std::string::npos);
  CHECK(request.find("dropped") == std::string::npos);
  CHECK(request.find('\0') == std::string::npos);
  const auto head = request.substr(0, request.size() - 8);
  std::size_t ends = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\r') CHECK(head[i + 1] == '\n');
    if (head[i] == '\n') ++ends;
  }
  CHECK(ends == 6);  // The start line, Subject, X-, Content-Type, Content-Length and the empty line.
  const auto response = Writer::response(parsed_request(Request()), 200, evil, evil, kSource).finish();
  CHECK(response.find("\nEvil") == std::string::npos);
  CHECK(response.find("\rEvil") == std::string::npos);
  CHECK(Writer::request("X", "sip:a b\t\x7F@h").finish().starts_with("X sip:a%20b%09%7F@h SIP/2.0\r\n"));
}

TEST_CASE("a message that is parsed, written and parsed again has the same values [RFC 3261 section 7]") {
  Request request;
  request.method = "INVITE";
  request.cseq = "7 INVITE";
  request.from = "\"B \\\"x\\\" <y>\"\r\n <sip:%00b@[2001:db8::1]:5062;lr>;tag=\r\n a1";
  request.more = "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nX-Odd!%: ;;,,\r\ns:\r\nContent-Type: Multipart/Mixed;boundary=Zz\r\n";
  request.body = "\0\r\n\r\nx"s;
  request.content_length = "6";
  const auto first = parsed_request(request);
  auto writer = Writer::request(first.method_text(), first.request_uri());
  for (const auto& header : first.headers()) {
    if (header.id == HeaderName::ContentType || header.id == HeaderName::ContentLength) continue;
    writer.header(header.name, header.value);
  }
  const auto text = writer.finish(*first.find(HeaderName::ContentType), first.body());
  for (const auto framing : {Framing::Datagram, Framing::Stream}) {
    const auto second = parse(text, framing);
    REQUIRE(second);
    REQUIRE(second->headers().size() == first.headers().size());
    for (std::size_t i = 0; i + 2 < first.headers().size(); ++i) {
      CHECK(second->headers()[i].name == first.headers()[i].name);
      CHECK(second->headers()[i].value == first.headers()[i].value);
    }
    CHECK(second->body() == first.body());
    CHECK(second->from().tag() == "a1");
    CHECK(second->content_type() == "multipart/mixed");
    CHECK(second->find(HeaderName::ContentType) == first.find(HeaderName::ContentType));
  }
}

TEST_CASE("reason_phrase returns the phrases of the known statuses, and no text for other statuses [RFC 3261 section 21]") {
  CHECK(reason_phrase(100) == "Trying");
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(481) == "Call/Transaction Does Not Exist");
  CHECK(reason_phrase(488) == "Not Acceptable Here");
  CHECK(reason_phrase(505) == "Version Not Supported");
  CHECK(reason_phrase(608) == "Rejected");
  CHECK(reason_phrase(99).empty());
  CHECK(reason_phrase(299).empty());
  CHECK(reason_phrase(700).empty());
}
