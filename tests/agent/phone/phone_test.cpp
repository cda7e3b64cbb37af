// Two telephones on loopback with real sockets and engines. Each wait ends when its condition holds.
#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using namespace std::chrono_literals;
using test::Pair;
using test::Telephone;

TEST_CASE_FIXTURE(Pair, "A call is answered, both sides receive audio, and both sides report the end of the call") {
  connect();
  CHECK(a.call->codec() == media::AudioCodec::Pcmu);
  a.play();
  b.play();
  CHECK(b.hears());
  CHECK(a.hears());
  std::optional<media::LegId> leg;
  a.on_thread([&] { leg = a.call->media_leg(); });
  REQUIRE(leg);
  CHECK(a.engine.statistics(*leg)->packets_received > 0);  // statistics() may run on any thread while the call is up.
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b.last<phone::CallFinished>()->details.by == sip::CallEnded::By::Remote);
  CHECK(b.last<phone::CallFinished>()->media->packets_received > 0);
  a.on_thread([&] { CHECK_FALSE(a.call->hang_up().has_value()); });
  a.on_thread([&] { CHECK_FALSE(a.call->media_leg()); });
  CHECK(a.call->state() == phone::Call::State::Ended);
}

TEST_CASE("Opus and L16 are negotiated if both sides list them, and audio flows both ways [RFC 7587 section 7.1, RFC 3551 section 4.5.11]") {
  using media::AudioCodec;
  for (const auto codec : {AudioCodec::Opus, AudioCodec::L16Wide, AudioCodec::L16}) {
    CAPTURE(static_cast<int>(codec));
    Telephone a("anna", {codec, AudioCodec::G722, AudioCodec::Pcmu}), b("bert", {codec, AudioCodec::Pcmu});
    a.dial("bert", b.endpoint->sip_port());
    REQUIRE(a.wait_for<phone::CallConnected>());
    REQUIRE(b.wait_for<phone::CallConnected>());
    CHECK(a.call->codec() == codec);
    CHECK(b.call->codec() == codec);
    a.play();
    b.play();
    CHECK(b.hears());
    CHECK(a.hears());
    a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
    REQUIRE(b.wait_for<phone::CallFinished>());
    CHECK(b.last<phone::CallFinished>()->media->malformed == 0);
  }
}

TEST_CASE_FIXTURE(Pair, "A hold stops the other side's audio, and resume() restores it [RFC 3264 section 8.4]") {
  connect();
  a.on_thread([&] { CHECK(a.call->hold().has_value()); });
  REQUIRE(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.sends; }));
  CHECK(b.last<phone::CallMediaChanged>()->receives);
  REQUIRE(a.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.receives; }));
  a.on_thread([&] { CHECK(a.call->resume().has_value()); });
  CHECK(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return e.sends && e.receives; }));
}

TEST_CASE_FIXTURE(Pair, "If two holds collide, both holds are in force after the second attempt [RFC 3261 section 14.1]") {
  connect();
  // The re-INVITE of each side leaves before that side reads the other's, so that both get 491.
  b.on_thread([&] {
    a.on_thread([&] { CHECK(a.call->hold().has_value()); });
    CHECK(b.call->hold().has_value());
  });
  CHECK(a.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.sends && !e.receives; }));
  CHECK(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.sends && !e.receives; }));
  // Until the second attempt of the first telephone, its own offer still waits.
  CHECK(offhook_test::wait_until([&] {
    bool asked = false;
    a.on_thread([&] { asked = a.call->resume().has_value(); });
    return asked;
  }));
  CHECK(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return e.sends && !e.receives; }));
}

TEST_CASE_FIXTURE(Pair, "A call beyond the number of lines gets 486") {
  connect();
  Telephone c("carl");
  c.dial("bert", b.endpoint->sip_port());
  REQUIRE(c.wait_for<phone::CallFinished>());
  CHECK(c.last<phone::CallFinished>()->details.status == 486);
  CHECK(b.call->state() == phone::Call::State::Connected);
}

TEST_CASE_FIXTURE(Pair, "If the caller cancels while the call rings, the called side keeps no call and no leg") {
  b.answers = false;
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(b.wait_for<phone::CallOffered>());
  b.on_thread([&] { CHECK(b.call->ring().has_value()); });
  REQUIRE(a.wait_for<phone::CallRinging>());
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b.last<phone::CallFinished>()->details.why == sip::CallEnded::Why::Cancelled);
  b.on_thread([&] { CHECK(b.endpoint->calls() == 0); });
  CHECK(b.engine.legs() == 0);
}

TEST_CASE("Without a common codec the call gets 488, and no leg stays open") {
  Telephone a("anna", {media::AudioCodec::Pcma}), b("bert", {media::AudioCodec::G722});
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.status == 488);
  CHECK(a.engine.legs() == 0);
}

TEST_CASE_FIXTURE(Pair, "A leg's ports are released at the end of the call, and an invalid target is refused") {
  connect();
  a.on_thread([&] { (void)a.call->hang_up(); });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.engine.legs() == 0);
  a.on_thread([&] {
    const auto dialled = a.endpoint->dial({a.account, "not an address", {}, false}, a.port);
    CHECK_FALSE(dialled.has_value());
    CHECK(a.endpoint->calls() == 0);
  });
  CHECK(a.engine.legs() == 0);
}

TEST_CASE("The error of a port in use names the setting for the port") {
  Telephone first("anna");
  phone::EndpointOptions options;
  options.sip.bind = *base::IpAddress::parse("127.0.0.1");
  options.sip.port = first.endpoint->sip_port();
  const auto second = phone::Endpoint::open(options, first.engine, [](const phone::PhoneEvent&) {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().detail.ends_with("another program uses it; choose another with /sip/bind_port, or 0 for any free port"));
}
