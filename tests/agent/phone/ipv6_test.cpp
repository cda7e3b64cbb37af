// Calls over IPv6, and calls whose signalling and media have different address families.
#include <offhook/tests/agent/phone/raw_caller.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <string>

using namespace offhook;
using test::RawCaller;
using test::Telephone;

namespace {

const base::IpAddress kLoopbackV6 = *base::IpAddress::parse("::1");

bool has_ipv6() {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  return engine.open(kLoopbackV6, std::make_shared<media::AudioPort>()).has_value();
}

}  // namespace

TEST_CASE("Two telephones call each other over ::1, and hear each other") {
  if (!has_ipv6()) return offhook_test::skip("this machine has no IPv6");
  const auto over_ipv6 = [](phone::EndpointOptions& options) { options.sip.bind = kLoopbackV6; };
  Telephone anna("anna", {media::AudioCodec::Pcmu}, 1, {}, {}, over_ipv6), bert("bert", {media::AudioCodec::Pcmu}, 1, {}, {}, over_ipv6);
  anna.on_thread([&] {
    auto dialled = anna.endpoint->dial({anna.account, "sip:bert@[::1]:" + std::to_string(bert.endpoint->sip_port()), {}, false}, anna.port);
    REQUIRE(dialled.has_value());
    anna.call = *dialled;
  });
  REQUIRE(anna.wait_for<phone::CallConnected>());
  REQUIRE(bert.wait_for<phone::CallConnected>());
  anna.play();
  CHECK(bert.hears());
  bert.play();
  CHECK(anna.hears());
}

TEST_CASE("A call with SIP over IPv4 and audio over IPv6 is answered with an IPv6 address, and audio passes in both directions") {
  if (!has_ipv6()) return offhook_test::skip("this machine has no IPv6");
  Telephone bert("bert");
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  const auto port = std::make_shared<media::AudioPort>();
  const auto leg = engine.open(kLoopbackV6, port);
  REQUIRE(leg.has_value());
  RawCaller caller(bert.endpoint->sip_port());
  caller.send("INVITE", 1, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio " + std::to_string(leg->rtp_port) + " RTP/AVP 0\r\n");
  const std::string answer = caller.final_response(1);
  REQUIRE(answer.starts_with("SIP/2.0 200"));
  CHECK(answer.find("\r\nc=IN IP6 ::1\r\n") != std::string::npos);
  caller.send("ACK", 1, "");
  REQUIRE(bert.wait_for<phone::CallConnected>());

  media::MediaPlan plan;
  plan.remote_rtp = {kLoopbackV6, static_cast<std::uint16_t>(std::stoi(answer.substr(answer.find("m=audio ") + 8)))};
  plan.remote_rtcp = {kLoopbackV6, static_cast<std::uint16_t>(plan.remote_rtp.port + 1)};
  REQUIRE(engine.start(leg->id, plan).has_value());
  bert.play();
  media::HeardFrame frame;
  const auto is_loud = [&](media::AudioPort& at) {
    while (at.heard.try_pop(frame)) {
      if (frame.level_dbov > -30) return true;
    }
    return false;
  };
  CHECK(offhook_test::wait_until([&] { return is_loud(*port); }));
  media::PlayoutFrame tone;
  tone.utterance = 1;
  tone.samples = 320;
  for (std::size_t i = 0; i < 320; ++i) tone.pcm[i] = static_cast<std::int16_t>(8000 * std::sin(0.3 * static_cast<double>(i)));
  for (int i = 0; i < 50; ++i) (void)port->playout.try_push(tone);
  CHECK(bert.hears());
}
