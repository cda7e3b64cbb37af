// Messages as telephones, PBXs and carriers send them.
#include "support.hpp"

#include <offhook/sip/message/framer.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;

namespace {

constexpr std::string_view kRefused = "italian-carrier-invite-nonascii-quotes.sip";

Message real(const char* file) {
  auto result = test::parse(test::read_file(test::data_folder() / "real-world" / file));
  REQUIRE_MESSAGE(result, file);
  return std::move(*result);
}

}  // namespace

TEST_CASE("all messages of the real world parse, as datagram and through the framer, but for the one that must not") {
  if (test::data_folder().empty()) {
    MESSAGE("skipped: no real-world messages, because OFFHOOK_TEST_DATA names no folder");
    return;
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::data_folder() / "real-world")) {
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

TEST_CASE("the traps of the real world are read as they are meant") {
  if (test::data_folder().empty()) return;
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
