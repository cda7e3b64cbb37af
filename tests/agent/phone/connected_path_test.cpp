// The time of CallConnected: media must be able to pass from then on, so that the peer hears the first words.
#include <offhook/tests/agent/phone/raw_caller.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <string>

using namespace offhook;
using test::RawCaller;
using test::Telephone;

namespace {

/// A telephone whose calls use ICE and DTLS. It records their state at CallConnected.
struct PathTelephone {
  explicit PathTelephone(const std::string& user, base::Duration limit = 10s)
      : phone(user, {media::AudioCodec::Pcmu}, 1, {}, {}, [limit](phone::EndpointOptions& options) {
          options.ice = phone::IceUse::Offered;
          options.security = {.srtp = sdp::SrtpPolicy::Preferred, .offers_dtls = true, .has_keys = false};
          options.path_limit = limit;
        }) {
    phone.looks = [this](const phone::PhoneEvent& event) {
      const auto* connected = std::get_if<phone::CallConnected>(&event);
      if (connected == nullptr) return;
      route = connected->call->ice_route();
      suite = connected->call->srtp_suite();
    };
  }

  Telephone phone;
  std::string route, suite;
};

/// An offer with ICE from a peer that sends no checks.
std::string silent_offer(const std::string& direction) {
  return std::string(RawCaller::kOffer) + "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=candidate:1 1 UDP 2130706431 127.0.0.1 30000 typ host\r\na=" + direction + "\r\n";
}

}  // namespace

TEST_CASE("CallConnected comes when ICE has found a path and DTLS has keys") {
  PathTelephone anna("anna"), bert("bert");
  anna.phone.dial("bert", bert.phone.endpoint->sip_port());
  REQUIRE(anna.phone.wait_for<phone::CallConnected>());
  REQUIRE(bert.phone.wait_for<phone::CallConnected>());
  CHECK(anna.route == "host to host");
  CHECK(bert.route == "host to host");
  CHECK(anna.suite == "AEAD_AES_128_GCM");
  CHECK(bert.suite == anna.suite);
}

TEST_CASE("If ICE finds no path, CallConnected comes after EndpointOptions::path_limit, and not before") {
  PathTelephone bert("bert", 100ms);
  RawCaller caller(bert.phone.endpoint->sip_port());
  caller.send("INVITE", 1, silent_offer("sendrecv"));
  REQUIRE(caller.final_response(1).starts_with("SIP/2.0 200"));
  const auto before_ack = base::Clock::now();
  caller.send("ACK", 1, "");
  REQUIRE(bert.phone.wait_for<phone::CallConnected>());
  CHECK(base::Clock::now() - before_ack >= 100ms);
  CHECK(bert.route == "");
}

TEST_CASE("If the media change before CallConnected is reported, CallConnected has the new state, and no CallMediaChanged follows") {
  PathTelephone bert("bert");
  RawCaller caller(bert.phone.endpoint->sip_port());
  caller.send("INVITE", 1, silent_offer("sendrecv"));
  REQUIRE(caller.final_response(1).starts_with("SIP/2.0 200"));
  caller.send("ACK", 1, "");
  caller.send("INVITE", 2, silent_offer("inactive"));
  REQUIRE(caller.final_response(2).starts_with("SIP/2.0 200"));
  caller.send("ACK", 2, "");
  REQUIRE(bert.phone.wait_for<phone::CallConnected>());  // A call on hold needs no path.
  CHECK_FALSE(bert.phone.last<phone::CallConnected>()->sends);
  CHECK_FALSE(bert.phone.last<phone::CallConnected>()->receives);
  CHECK_FALSE(bert.phone.last<phone::CallMediaChanged>());
}
