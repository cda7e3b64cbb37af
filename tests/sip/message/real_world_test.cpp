// Tests with messages that telephones, PBXs and carriers send.
#include "support.hpp"

#include <offhook/sip/message/framer.hpp>
#include <offhook/sip/message/writer.hpp>

#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;

namespace {

constexpr std::string_view kRefused = "italian-carrier-invite-nonascii-quotes.sip";

Message real(const char* file) {
  auto result = test::parse(test::read_file(offhook_test::shared_data("real-world") / file));
  REQUIRE_MESSAGE(result, file);
  return std::move(*result);
}

/// Writes the message with the Writer. This function itself writes the status line of a response, because Writer::response copies
/// only the fields that a response needs.
std::string written(const Message& message) {
  auto writer = Writer::request(message.is_request() ? message.method_text() : "X", message.request_uri());
  for (const auto& header : message.headers()) {
    const bool ours = header.id == HeaderName::ContentLength || (header.id == HeaderName::ContentType && !message.body().empty());
    if (!ours) writer.header(header.name, header.value);
  }
  auto text = writer.finish(message.find(HeaderName::ContentType).value_or(""), message.body());
  if (message.is_request()) return text;
  return "SIP/2.0 " + std::to_string(message.status()) + " " + std::string(message.reason()) + text.substr(text.find('\r'));
}

std::vector<std::string> texts(Values<NameAddr> values) {
  std::vector<std::string> list;
  while (const auto* value = values.next()) {
    list.push_back(value->display_text() + " " + std::string(value->uri.text) + " " + std::string(value->params.text()));
  }
  if (values.error()) list.emplace_back(to_string(*values.error()));  // The Writer does not repair a malformed value.
  return list;
}

std::vector<std::string> texts(Tokens tokens) {
  std::vector<std::string> list;
  while (const auto token = tokens.next()) list.emplace_back(*token);
  return list;
}

std::vector<std::string> texts(Values<Via> values) {
  std::vector<std::string> list;
  while (const auto* via = values.next()) {
    list.push_back(std::string(via->transport) + " " + std::string(via->host) + " " + std::to_string(via->port.value_or(0)) +
                   std::string(via->params.text()));
  }
  CHECK_FALSE(values.error());
  return list;
}

void check_same(const Message& a, const Message& b) {
  CHECK(a.status() == b.status());
  CHECK(a.reason() == b.reason());
  CHECK(a.method_text() == b.method_text());
  CHECK(a.request_uri() == b.request_uri());
  CHECK(a.call_id() == b.call_id());
  CHECK(a.cseq().number == b.cseq().number);
  CHECK(equivalent(a.from().uri, b.from().uri));
  CHECK(equivalent(a.to().uri, b.to().uri));
  CHECK(a.from().tag() == b.from().tag());
  CHECK(a.to().tag() == b.to().tag());
  CHECK(texts(a.vias()) == texts(b.vias()));
  CHECK(texts(a.contacts()) == texts(b.contacts()));
  CHECK(texts(a.routes()) == texts(b.routes()));
  CHECK(texts(a.record_routes()) == texts(b.record_routes()));
  for (const auto list : {HeaderName::Require, HeaderName::Supported, HeaderName::Allow})
    CHECK(texts(a.tokens(list)) == texts(b.tokens(list)));
  CHECK(a.max_forwards() == b.max_forwards());
  CHECK(a.content_type() == b.content_type());
  CHECK(a.session_expires().has_value() == b.session_expires().has_value());
  if (a.session_expires() && b.session_expires()) CHECK(a.session_expires()->seconds == b.session_expires()->seconds);
  CHECK(a.authorization().has_value() == b.authorization().has_value());
  if (a.authorization() && b.authorization()) CHECK(a.authorization()->response == b.authorization()->response);
  CHECK(a.body() == b.body());
}

}  // namespace

TEST_CASE("real-world messages are equal after they have been parsed, written and parsed again") {
  std::vector<std::filesystem::path> folders = {"bench/data", "tests/data/torture"};
  for (const char* name : {"real-world", "bench"}) {
    if (offhook_test::has_shared_data(name)) folders.push_back(offhook_test::shared_data(name));
  }
  std::size_t messages = 0;
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".sip") continue;
      const auto first = test::parse(test::read_file(entry.path()));
      if (!first) continue;  // The torture tests check the messages that the parser refuses.
      CAPTURE(entry.path().string());
      const auto text = written(*first);
      for (const auto framing : {Framing::Datagram, Framing::Stream}) {
        const auto second = test::parse(text, framing);
        REQUIRE(second);
        check_same(*first, *second);
      }
      ++messages;
    }
  }
  CHECK(messages >= (folders.size() > 2 ? 45 : 15));
}

TEST_CASE("all real-world messages but one parse as a datagram and through the framer. The parser must refuse the exception") {
  if (!offhook_test::has_shared_data("real-world")) return offhook_test::skip("the shared test data has no real-world");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(offhook_test::shared_data("real-world"))) {
    if (entry.path().extension() != ".sip") continue;
    ++files;
    const auto name = entry.path().filename().string();
    CAPTURE(name);
    const auto text = test::read_file(entry.path());
    const auto result = test::parse(text);
    const auto why = result ? std::string_view() : to_string(result.error().error);
    CAPTURE(why);
    if (name == kRefused) {
      REQUIRE_FALSE(result);
      CHECK(result.error().status == 400);
      CHECK(result.error().answerable);
      continue;
    }
    REQUIRE(result);
    for (const auto list :
         {HeaderName::Contact, HeaderName::Route, HeaderName::RecordRoute, HeaderName::PAssertedIdentity, HeaderName::Diversion})
      CHECK(result->name_addrs(list, kMaxRoutes));
    Framer framer;
    framer.receive(test::bytes_of(text));
    REQUIRE(framer.next() == Framer::Next::Frame);
    const auto streamed = parse_message(Slab::exact(framer.frame()), Framing::Stream);
    REQUIRE(streamed);
    CHECK(streamed->body() == result->body());
  }
  CHECK(files >= 30);
}

TEST_CASE("the parser reads unusual values of real-world messages correctly") {
  if (!offhook_test::has_shared_data("real-world")) return offhook_test::skip("the shared test data has no real-world");
  CHECK(real("asterisk-200-options-twilio-via.sip").call_id() == "ab6b73299a46dc11fd159d00ae@192.0.2.143:5060");
  CHECK_FALSE(real("teams-direct-routing-options-200.sip").to().tag());
  const auto teams = real("teams-direct-routing-invite-doc-style.sip");
  CHECK(teams.from().display == "Test User");
  CHECK(teams.lists(HeaderName::Allow, "NOTIFY"));
  CHECK(teams.name_addrs(HeaderName::PAssertedIdentity, 2)->size() == 2);
  CHECK(teams.content_type() == "application/sdp");
  const auto chime = real("aws-chime-voice-connector-invite.sip");
  CHECK(chime.to().params.find("transport") == "UDP");
  CHECK(chime.contact()->uri.params.find("alias") == "203.0.113.47~5060~1");
  CHECK(real("twilio-whatsapp-invite-duplicate-headers.sip").body().size() == 420);
  CHECK(real("twilio-whatsapp-invite-duplicate-headers.sip").top_via().params.find("received") ==
        "2001:db8:f934:8894:7eb5:24f9:300:0");
  CHECK(real("jsSIP-register-ws-first.sip").contact()->params.find("+sip.instance") ==
        "\"<urn:uuid:00000000-0000-4000-8000-000000000001>\"");
  CHECK(real("ims-volte-tel-uri-invite.sip").to().uri.scheme == Uri::Scheme::Tel);
  CHECK(real("ims-volte-tel-uri-invite.sip").lists(HeaderName::Require, "precondition"));
  CHECK(real("cucm91-early-offer-savp-invite.sip").from().display == "10048 - Doe, Jane");
  CHECK(real("cucm115-options-mf0.sip").number(HeaderName::MaxForwards) == 0);
  CHECK(real("cucm125-delayed-offer-invite.sip").number(HeaderName::MinSe) == 1800);
  CHECK(real("cucm125-delayed-offer-invite.sip").lists(HeaderName::Supported, "x-cisco-original-called"));
  CHECK(real("freeswitch16-200-ok-session-timer.sip").number(HeaderName::SessionExpires) == 120);
  CHECK(real("kamailio-register-200-received.sip").contact()->params.find("expires") == "120");
  CHECK(real("sonus-carrier-200-ok.sip").name_addrs(HeaderName::RecordRoute, kMaxRoutes)->front().uri.params.find("lr") == "on");
}
