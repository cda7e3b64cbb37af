// A PBX that plays a busy tone before the answer instead of a 486.
#include <offhook/agent/phone/tone_refusal.hpp>
#include <offhook/media/detect/call_progress_detector.hpp>
#include <offhook/media/dsp/tone_script.hpp>
#include <offhook/tests/agent/phone/far_end.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <atomic>
#include <future>
#include <string>
#include <thread>

using namespace offhook;
using namespace std::chrono_literals;
using media::LineTone;
using test::Telephone;

namespace {

/// Answers an INVITE only with 183, and plays North America's busy tone to the address of the offer.
struct PlaysBusy {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  std::atomic<bool> stop{false};
  test::FarEnd far{[this](sip::Stack& stack, const sip::IncomingCall& call) { progress(stack, call); }};
  std::thread player;

  PlaysBusy() {
    port->rate_hz = 8000;
    player = std::thread([this] { play(); });
  }
  ~PlaysBusy() {
    stop = true;
    player.join();
  }
  void progress(sip::Stack& stack, const sip::IncomingCall& call) {
    const auto leg = engine.open(*base::IpAddress::parse("127.0.0.1"), port);
    REQUIRE(leg.has_value());
    const auto at = call.offer.data.find("m=audio ");
    media::MediaPlan plan;
    plan.remote_rtp = {*base::IpAddress::parse("127.0.0.1"), static_cast<std::uint16_t>(std::stoi(call.offer.data.substr(at + 8)))};
    REQUIRE(engine.start(leg->id, plan).has_value());
    const std::string answer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " +
                               std::to_string(leg->rtp_port) + " RTP/AVP 0\r\n";
    (void)stack.calls().progress(call.session, {"application/sdp", answer}, base::Clock::now());
  }
  void play() {
    media::ScriptSource busy({{480, 620, 0, 500}, {0, 0, 0, 500}}, 8000, 4000);
    while (!stop) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.samples = 160;
      busy.fill(std::span(frame.pcm).first(160));
      while (!stop && !port->playout.try_push(frame)) std::this_thread::sleep_for(5ms);  // The ring does not signal free space.
    }
  }
};

}  // namespace

TEST_CASE("A busy tone before the answer ends the call as a 486 would [RFC 3398 section 7.2.4.1]") {
  PlaysBusy pbx;
  Telephone phone("anna");
  phone.port->progress_detector = std::make_shared<media::CallProgressDetector>(media::Country::UnitedStates);
  phone.dial("desk", pbx.far.edge->port());
  REQUIRE(phone.wait_for<phone::CallFinished>());
  const auto finished = *phone.last<phone::CallFinished>();
  CHECK(finished.tone == LineTone::Busy);
  CHECK(finished.details.why == sip::CallEnded::Why::Rejected);
  CHECK(finished.details.by == sip::CallEnded::By::Remote);
  CHECK(finished.details.status == 486);
  CHECK(finished.details.reason == "tone: busy");
  CHECK(phone.last<phone::CallRinging>()->early_media);
}

TEST_CASE("If heeds_tones is false, Offhook detects a busy tone, but the tone does not end the call") {
  PlaysBusy pbx;
  Telephone phone("anna", {media::AudioCodec::Pcmu}, 2);
  phone.port->progress_detector = std::make_shared<media::CallProgressDetector>(media::Country::UnitedStates);
  phone.on_thread([&] {
    phone::DialOptions options{phone.account, "sip:desk@127.0.0.1:" + std::to_string(pbx.far.edge->port()), {}, false};
    options.heeds_tones = false;
    auto dialled = phone.endpoint->dial(options, phone.port);
    REQUIRE(dialled.has_value());
    phone.call = *dialled;
  });
  REQUIRE(offhook_test::wait_until([&] { return phone.port->progress_detector->refusal() != LineTone::None; }));
  CHECK(phone.port->progress_detector->refusal() == LineTone::Busy);
  // Timers of one thread fire in order. The call's check for tones, every 100 ms, would have run by then.
  std::promise<void> looked;
  phone.on_thread([&] { phone.endpoint->post_after(200ms, [&looked] { looked.set_value(); }); });
  looked.get_future().get();
  CHECK_FALSE(phone.last<phone::CallFinished>());
  phone.on_thread([&] { CHECK(phone.call->hang_up().has_value()); });
  REQUIRE(phone.wait_for<phone::CallFinished>());
  CHECK(phone.last<phone::CallFinished>()->tone == LineTone::None);
  CHECK(phone.last<phone::CallFinished>()->details.why == sip::CallEnded::Why::Cancelled);
}

TEST_CASE("refusal_by() converts each tone that refuses a call to a SIP status [RFC 3398 section 7.2.4.1]") {
  const auto status = [](LineTone tone) { return phone::refusal_by(tone, {}).status; };
  CHECK(status(LineTone::Busy) == 486);
  CHECK(status(LineTone::Unobtainable) == 404);
  CHECK(status(LineTone::VacantCode) == 404);
  CHECK(status(LineTone::Intercept) == 410);
  CHECK(status(LineTone::Congestion) == 503);
  CHECK(status(LineTone::NoCircuit) == 503);
  CHECK(status(LineTone::Reorder) == 503);
  CHECK(status(LineTone::Information) == 480);
}
