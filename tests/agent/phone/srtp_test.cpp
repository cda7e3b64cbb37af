#include <offhook/agent/phone/call_srtp.hpp>
#include <offhook/agent/phone/media_security.hpp>
#include <offhook/agent/phone/phone_error.hpp>

#include "raw_caller.hpp"
#include "telephone.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::test;
using phone::MediaSecurity;
using sdp::SrtpPolicy;

namespace {

/// A telephone whose account and endpoint have this policy. Its signalling is UDP.
struct SecurePhone : Telephone {
  SecurePhone(const std::string& user, MediaSecurity wanted, phone::IceUse ice = phone::IceUse::Off)
      : Telephone(user, {media::AudioCodec::Pcmu}, 1, {}, {}, [wanted, ice](phone::EndpointOptions& options) {
          options.security = wanted;
          options.ice = ice;
        }) {}
  std::string suite() {
    std::string suite;
    on_thread([&] { suite = call->srtp_suite(); });
    return suite;
  }
};

const std::string kKey = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";

/// Returns an offer with one audio m= line with this protocol, and these attributes.
std::string offer(const std::string& protocol, const std::string& attributes) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 " + protocol + " 0\r\n" + attributes;
}

}  // namespace

TEST_CASE("Two telephones encrypt their audio if both policies allow it, and the call fails if the policies contradict each other") {
  using enum SrtpPolicy;
  struct Row { SrtpPolicy caller, called; const char* suite; int refusal; };
  for (const Row& row : {Row{Off, Off, "", 0}, Row{Off, Preferred, "", 0}, Row{Preferred, Off, "", 0}, Row{Preferred, Preferred, "AEAD_AES_256_GCM", 0},
                         Row{Preferred, Required, "AEAD_AES_256_GCM", 0}, Row{Required, Preferred, "AEAD_AES_256_GCM", 0},
                         Row{Required, Required, "AEAD_AES_256_GCM", 0}, Row{Off, Required, "", 488}, Row{Required, Off, "", 488}}) {
    CAPTURE(static_cast<int>(row.caller));
    CAPTURE(static_cast<int>(row.called));
    SecurePhone a("anna", {row.caller, true}), b("bert", {row.called, true});
    a.dial("bert", b.endpoint->sip_port());
    if (row.refusal != 0) {
      CHECK(a.wait_for<phone::CallFinished>([&](const auto& e) { return e.details.status == row.refusal; }));
      continue;
    }
    REQUIRE(a.wait_for<phone::CallConnected>());
    REQUIRE(b.wait_for<phone::CallConnected>());
    CHECK(a.suite() == row.suite);
    CHECK(b.suite() == row.suite);
    a.play();
    CHECK(b.hears());
    b.play();
    CHECK(a.hears());
  }
}

TEST_CASE("An encrypted call stays encrypted and audible through hold and resume") {
  SecurePhone a("anna", {SrtpPolicy::Required, true}), b("bert", {SrtpPolicy::Preferred, true});
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(a.wait_for<phone::CallConnected>());
  REQUIRE(b.wait_for<phone::CallConnected>());  // Side b cannot send an offer before the ACK comes.
  for (const bool hold : {true, false}) {
    b.on_thread([&] { REQUIRE((hold ? b.call->hold() : b.call->resume())); });
    CHECK(b.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.receives != hold; }));
    CHECK(a.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.sends != hold; }));
  }
  CHECK(a.suite() == "AEAD_AES_256_GCM");
  a.play();
  CHECK(b.hears());
  b.play();
  CHECK(a.hears());
}

TEST_CASE("A re-INVITE without SRTP in an encrypted call gets 488, and the call continues encrypted [CVE-2022-39269]") {
  SecurePhone b("bert", {SrtpPolicy::Preferred, true});
  RawCaller caller(b.endpoint->sip_port());
  caller.send("INVITE", 1, offer("RTP/SAVP", kKey));
  CHECK(caller.final_response(1).find("m=audio") != std::string::npos);
  caller.send("ACK", 1, "");
  REQUIRE(b.wait_for<phone::CallConnected>());
  int sequence = 1;
  for (const auto& downgrade : {offer("RTP/AVP", ""), offer("RTP/AVP", "a=crypto:1 UNKNOWN inline:AAAA\r\n"), offer("RTP/SAVP", "")}) {
    CAPTURE(downgrade);
    caller.send("INVITE", ++sequence, downgrade);
    CHECK(caller.final_response(sequence).starts_with("SIP/2.0 488 "));
    caller.send("ACK", sequence, "");
    CHECK(b.suite() == "AES_CM_128_HMAC_SHA1_80");
  }
  caller.send("INVITE", ++sequence, offer("RTP/SAVP", kKey));
  CHECK(caller.final_response(sequence).starts_with("SIP/2.0 200 "));
}

TEST_CASE("Without TLS, a telephone uses keys in SDP only if its options allow it. If it may not and SRTP is required, it offers DTLS [RFC 4568 section 8.1]") {
  using enum SrtpPolicy;
  struct Row { MediaSecurity wanted; bool tls, has_keys, offers_dtls; };
  for (const Row& row : {Row{{Preferred, false}, false, false, false}, Row{{Preferred, true}, false, true, false}, Row{{Preferred, false}, true, true, false},
                         Row{{Required, false}, false, false, true}, Row{{Required, true}, false, true, false}, Row{{Required, false}, true, true, false},
                         Row{{Preferred, false, true}, true, true, true}}) {
    const auto security = phone::security_for(row.wanted, row.tls);
    CHECK(security.srtp == row.wanted.srtp);
    CHECK(security.has_keys == row.has_keys);
    CHECK(security.offers_dtls == row.offers_dtls);
  }
  for (const auto& [uri, tls] : std::vector<std::pair<const char*, bool>>{
           {"sip:pbx.example", false}, {"sips:pbx.example", true}, {"sip:pbx.example;transport=TLS", true}, {"sip:pbx.example;transport=wss", true},
           {"sip:pbx.example;transport=tcp", false}, {"sip:pbx.example;transport=ws", false}, {"", false}, {"tel:1", false}}) {
    CAPTURE(uri);
    CHECK(phone::uses_tls(std::string_view(uri)) == tls);
  }
}

TEST_CASE("Two telephones without TLS encrypt their audio by DTLS if one requires SRTP, through hold and resume [RFC 5763]") {
  using enum SrtpPolicy;
  for (const auto& [caller, called] : {std::pair(MediaSecurity{Required, false}, MediaSecurity{Preferred, false}), {MediaSecurity{Preferred, false, true}, MediaSecurity{Required, false}}}) {
    SecurePhone a("anna", caller), b("bert", called);
    a.dial("bert", b.endpoint->sip_port());
    REQUIRE(a.wait_for<phone::CallConnected>());
    REQUIRE(b.wait_for<phone::CallConnected>());
    CHECK(offhook_test::wait_until([&] { return a.suite() == "AEAD_AES_128_GCM" && b.suite() == "AEAD_AES_128_GCM"; }));
    for (const bool hold : {true, false}) {
      b.on_thread([&] { REQUIRE((hold ? b.call->hold() : b.call->resume())); });
      CHECK(b.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.receives != hold; }));
      CHECK(a.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.sends != hold; }));
    }
    a.play();
    CHECK(b.hears());
    b.play();
    CHECK(a.hears());
  }
}

TEST_CASE("Two telephones find their path by ICE, with and without encryption, and keep it through hold and resume [RFC 8445]") {
  using enum SrtpPolicy;
  for (const auto& security : {MediaSecurity{Off}, MediaSecurity{Preferred, true}, MediaSecurity{Required, false}}) {
    CAPTURE(static_cast<int>(security.srtp));
    SecurePhone a("anna", security, phone::IceUse::Offered), b("bert", security, phone::IceUse::Accepted);
    a.dial("bert", b.endpoint->sip_port());
    REQUIRE(a.wait_for<phone::CallConnected>());
    REQUIRE(b.wait_for<phone::CallConnected>());
    const auto route_of = [](SecurePhone& one) {
      std::string route;
      one.on_thread([&] { route = one.call->ice_route(); });
      return route;
    };
    CHECK(offhook_test::wait_until([&] { return route_of(a) == "host to host" && route_of(b) == "host to host"; }));
    for (const bool hold : {true, false}) {
      b.on_thread([&] { REQUIRE((hold ? b.call->hold() : b.call->resume())); });
      CHECK(b.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.receives != hold; }));
      CHECK(a.wait_for<phone::CallMediaChanged>([&](const auto& e) { return e.sends != hold; }));
    }
    a.play();
    CHECK(b.hears());
    b.play();
    CHECK(a.hears());
    if (security.srtp == Off) continue;
    CHECK(offhook_test::wait_until([&] { return !a.suite().empty() && a.suite() == b.suite(); }));
  }
}

TEST_CASE("CallSrtp keeps the sender and the receiver whose keys did not change") {
  phone::CallSrtp call(SrtpPolicy::Preferred);
  const auto path = call.make_path();
  const auto& ours = call.capability().keys.back();
  std::vector<std::uint8_t> theirs(ours.secret.size(), 7);
  const sdp::AgreedSrtp agreed{ours.suite, ours.secret, theirs, {}};
  REQUIRE(call.apply(agreed));
  CHECK(call.suite() == ours.suite);
  const auto protects = [&](std::uint16_t sequence) {
    std::array<std::uint8_t, 200> room{0x80, 0, static_cast<std::uint8_t>(sequence >> 8), static_cast<std::uint8_t>(sequence)};
    return path->protect(media::Channel::Rtp, room, 100).has_value();
  };
  CHECK(protects(1));
  CHECK_FALSE(protects(1));
  REQUIRE(call.apply(agreed));
  CHECK_FALSE(protects(1));
  auto other_peer = agreed;
  other_peer.receive_secret.front() ^= 1;
  REQUIRE(call.apply(other_peer));
  CHECK_FALSE(protects(1));
  const auto& another = call.capability().keys.front();
  REQUIRE(call.apply(sdp::AgreedSrtp{another.suite, another.secret, std::vector<std::uint8_t>(another.secret.size(), 7), {}}));
  CHECK(protects(1));
  REQUIRE(call.apply(agreed));
  CHECK_FALSE(protects(1));
  auto too_long = agreed;
  too_long.receive_mki.assign(17, 0);
  CHECK_FALSE(call.apply(too_long));
  CHECK(call.suite() == ours.suite);
  CHECK(protects(2));
  CHECK(phone::CallSrtp(SrtpPolicy::Off).make_path() == nullptr);
}

TEST_CASE("Each call draws its own keys") {
  const phone::CallSrtp a(SrtpPolicy::Preferred), b(SrtpPolicy::Preferred);
  REQUIRE(a.capability().keys.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(a.capability().keys[i].secret != b.capability().keys[i].secret);
}
