// Tests of each bound of a message (docs/limits.md) through the whole stack, which serves a message at the bound, and refuses a
// message that exceeds the bound by one.
#include <offhook/sip/model/limits.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Bounded : Scripted {
  std::string request(const std::string& method, const Fields& extra = {}, const std::string& content = {},
                      const std::string& type = "application/sdp") {
    Fields fields{{"Via", via()},
                  {"From", "<sip:al@192.0.2.99>;tag=peer"},
                  {"To", "<sip:bot@192.0.2.1>"},
                  {"Call-ID", "c" + std::to_string(branches)},
                  {"CSeq", "1 " + method}};
    if (method == "INVITE" && extra.empty()) fields.emplace_back("Contact", "<sip:al@192.0.2.99>");
    fields.insert(fields.end(), extra.begin(), extra.end());
    std::string text = message(method + " sip:bot@192.0.2.1 SIP/2.0", fields, content);
    if (!content.empty()) text.replace(text.find("application/sdp"), 15, type);
    return text;
  }
  /// Sends `text` to the stack. Returns the status of the first response, or "" if there is no response.
  std::string ask(const std::string& text) {
    sent.clear();
    receive(text);
    const std::string answer = take();
    return answer.empty() ? answer : answer.substr(8, 3);
  }
};

Fields times(std::size_t count, const std::string& name, const std::string& value) { return Fields(count, {name, value}); }

std::string list(std::size_t count, const std::string& value) {
  std::string all = value;
  for (std::size_t i = 1; i < count; ++i) all += "," + value;
  return all;
}

/// Returns a session description inside `depth` levels of multipart.
std::string nested(std::size_t depth) {
  std::string body = "v=0", type = "application/sdp";
  for (std::size_t level = depth; level > 0; --level) {
    const std::string boundary = "x" + std::to_string(level);
    body = "--" + boundary + "\r\nContent-Type: " + type + "\r\n\r\n" + body + "\r\n--" + boundary + "--\r\n";
    type = "multipart/mixed;boundary=" + boundary;
  }
  return body;
}

}  // namespace

TEST_CASE_FIXTURE(Bounded, "The stack serves a message of kMaxMessageBytes. A longer message gets 513 [RFC 3261 section 21.5.7]") {
  const auto of_size = [&](std::size_t size) {
    const std::string bare = request("OPTIONS", {{"X", ""}});
    return request("OPTIONS", {{"X", std::string(size - bare.size(), 'x')}});
  };
  REQUIRE(of_size(sip::kMaxMessageBytes).size() == sip::kMaxMessageBytes);
  CHECK(ask(of_size(sip::kMaxMessageBytes)) == "200");
  CHECK(ask(of_size(sip::kMaxMessageBytes + 1)) == "513");
}

TEST_CASE_FIXTURE(Bounded, "The stack serves a message with kMaxHeaders header fields. A message with one more gets 513 [RFC 3261 section 21.5.7]") {
  CHECK(ask(request("OPTIONS", times(sip::kMaxHeaders - 6, "X", "y"))) == "200");
  CHECK(ask(request("OPTIONS", times(sip::kMaxHeaders - 5, "X", "y"))) == "513");
}

TEST_CASE_FIXTURE(Bounded, "The stack serves a message with kMaxVias Via values. A message with one more gets 400 [RFC 3261 section 8.1.1.6]") {
  CHECK(ask(request("OPTIONS", {{"Via", list(sip::kMaxVias - 1, "SIP/2.0/UDP h")}})) == "200");
  CHECK(ask(request("OPTIONS", {{"Via", list(sip::kMaxVias, "SIP/2.0/UDP h")}})) == "400");
}

TEST_CASE_FIXTURE(Bounded, "The stack serves a message with kMaxContacts Contact values. A message with one more gets 400 [RFC 3261 section 8.1.1.8]") {
  CHECK(ask(request("INVITE", {{"Contact", list(sip::kMaxContacts, "<sip:a@h>")}})) == "100");
  CHECK(ask(request("INVITE", {{"Contact", list(sip::kMaxContacts + 1, "<sip:a@h>")}})) == "400");
}

TEST_CASE_FIXTURE(Bounded, "The stack serves a message with kMaxRoutes Record-Route values. A message with one more gets 400 [RFC 3261 section 12.1.1]") {
  const std::pair<std::string, std::string> contact{"Contact", "<sip:al@192.0.2.99>"};
  CHECK(ask(request("INVITE", {contact, {"Record-Route", list(sip::kMaxRoutes, "<sip:p;lr>")}})) == "100");
  CHECK(ask(request("INVITE", {contact, {"Record-Route", list(sip::kMaxRoutes + 1, "<sip:p;lr>")}})) == "400");
}

TEST_CASE_FIXTURE(Bounded, "The stack serves a message with kMaxParams parameters in a Via. A message with one more gets 400") {
  const auto with = [&](std::size_t count) {
    std::string text = request("OPTIONS");
    std::string params;
    for (std::size_t i = 0; i < count - 2; ++i) params += ";p" + std::to_string(i);
    return text.insert(text.find(";rport"), params);  // The Via already has branch and rport.
  };
  CHECK(ask(with(sip::kMaxParams)) == "200");
  CHECK(ask(with(sip::kMaxParams + 1)) == "400");
}

TEST_CASE_FIXTURE(Bounded, "The stack reads kMaxMultipartDepth levels of multipart. A body with one more level gets 413 [RFC 5621 section 4.2]") {
  const std::string type = "multipart/mixed;boundary=x1";
  CHECK(ask(request("INVITE", {}, nested(sip::kMaxMultipartDepth), type)) == "100");
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->offer.type == "application/sdp");
  CHECK(call->offer.data == "v=0");
  CHECK(ask(request("INVITE", {}, nested(sip::kMaxMultipartDepth + 1), type)) == "413");
}

TEST_CASE_FIXTURE(Bounded, "The stack reads kMaxBodyParts parts. A body with one more part gets 413") {
  const auto parts = [](std::size_t count) {
    std::string body;
    for (std::size_t i = 0; i + 1 < count; ++i) body += "--x\r\n\r\nt\r\n";
    return body + "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--";
  };
  CHECK(ask(request("INVITE", {}, parts(sip::kMaxBodyParts), "multipart/related;boundary=x")) == "100");
  CHECK(ask(request("INVITE", {}, parts(sip::kMaxBodyParts + 1), "multipart/related;boundary=x")) == "413");
}

TEST_CASE_FIXTURE(Bounded, "A multipart body without SDP gets 415 with Accept, and a malformed multipart body gets 400 [RFC 5621 section 8.4]") {
  const auto invite_with = [&](const std::string& body) { return ask(request("INVITE", {}, body, "multipart/mixed; boundary=x")); };
  CHECK(invite_with("--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--") == "415");
  CHECK(invite_with("--x\r\nContent-Type: application/isup\r\nContent-Disposition: signal;handling=required\r\n\r\n1\r\n"
                    "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--x--") == "415");
  CHECK(invite_with("--x\r\nContent-Type: application/sdp\r\n\r\nv=0") == "400");
}

TEST_CASE_FIXTURE(Bounded, "The stack serves a request for the agent itself even if Max-Forwards is 0 [RFC 3261 section 8.2]") {
  CHECK(ask(request("OPTIONS", {{"Max-Forwards", "0"}})) == "200");
}
