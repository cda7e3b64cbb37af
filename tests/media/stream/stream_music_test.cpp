#include <offhook/tests/media/stream_call.hpp>

#include <offhook/media/conference/conference.hpp>
#include <offhook/media/files/prompt.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace offhook;
using namespace offhook_test;

namespace {

/// The audio of a small conference: either another member speaks, or all listeners hear the same audio.
struct Others {
  std::vector<std::int16_t> pcm;
  media::SharedEncoding common;
  explicit Others(std::uint32_t rate_hz) : pcm(sine(300, rate_hz, 0.02)), common(rate_hz) {}
};

/// A leg that waits, speaks, sends a digit, is on hold, misses ticks, and is in a conference. The object keeps everything that the leg sent
/// and recorded.
class Waiting {
 public:
  Waiting(media::AudioCodec codec, std::uint32_t port_rate_hz, std::shared_ptr<const media::Prompt> music)
      : call_(codec, port_rate_hz), others_(port_rate_hz), voice_(sine(440, port_rate_hz, 0.1)) {
    call_.a.port->music = std::move(music);
    call_.a.port->recording = tap_;
    call_.a.port->leaves_out_silence = true;
    call_.plan.send_comfort_noise = true;
    Call::start(call_.a, call_.towards(call_.b), call_.now());
  }
  void live() {
    media::AudioPort& port = *call_.a.port;
    for (call_.tick = 0; call_.tick < 480; ++call_.tick) {
      switch (call_.tick) {
        case 20: port.waits = true; break;
        case 90: speak(); break;
        case 130: REQUIRE(port.commands.try_push({.kind = media::PlayoutCommand::Kind::Digits, .digit = '5'})); break;
        case 170: port.waits = false; break;
        case 220: port.waits = true; break;
        case 300: hold(true); break;
        case 330: hold(false); break;
        case 360: call_.tick += 5; break;
        default: break;
      }
      tick();
    }
  }
  [[nodiscard]] const End& leg() const { return call_.a; }
  [[nodiscard]] const std::vector<std::int16_t>& recorded() const { return recorded_; }

 private:
  void speak() {
    call_.a_says = voice_;
    call_.said = 0;
    call_.feed();
  }
  void hold(bool on) {
    auto plan = call_.towards(call_.b);
    plan.send = !on;
    (void)call_.a.stream->start(plan, nullptr, false, call_.now());
  }
  /// Returns no audio, in some ticks another member's speech, and in some later ticks the common audio of all listeners.
  media::OthersFrame others() {
    const auto tick = call_.tick;
    if (tick >= 400 && tick < 410) return {.pcm = others_.pcm, .common = &others_.common, .is_common = false};
    if (tick < 430 || tick >= 440) return {};
    others_.common.next(others_.pcm);
    return {.pcm = others_.pcm, .common = &others_.common, .is_common = true};
  }
  void tick() {
    media::Sendout out;
    media::CodecChain::Frame frame;
    const media::TickTime time{call_.tick, call_.now(), rtp::NtpTime::from_unix(1'700'000'000s)};
    const auto pcm = call_.a.stream->hear(time, frame);
    (void)call_.a.stream->take_in(time, pcm, {});
    call_.a.stream->give_out(time, pcm, others(), out);
    call_.a.sent.insert(call_.a.sent.end(), out.all().begin(), out.all().end());
    for (media::HeardFrame heard; call_.a.port->heard.try_pop(heard);) {
    }
    for (media::MediaEvent event; call_.a.port->events.try_pop(event);) call_.a.events.push_back(event);
    media::RecordedFrame recorded;
    REQUIRE(tap_->try_take(recorded));
    recorded_.insert(recorded_.end(), recorded.agent().begin(), recorded.agent().end());
  }

  Call call_;
  Others others_;
  std::vector<std::int16_t> voice_, recorded_;
  std::shared_ptr<media::RecordingTap> tap_ = std::make_shared<media::RecordingTap>();
};

/// Returns a sound of 37 frames, so that the music repeats in mid-call. The sound is loud at its end too.
media::Sound music(std::uint32_t rate_hz) { return {rate_hz, sine(523, rate_hz, 0.74)}; }

}  // namespace

TEST_CASE("If legs share the encoding of music, they send the same packets, and record and report the same, as legs that encode it themselves") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::Pcma, media::AudioCodec::G722}) {
    for (const std::uint32_t port_hz : {8000u, 16000u, 24000u}) {
      for (const std::uint32_t sound_hz : {8000u, 16000u, 24000u}) {
        CAPTURE(static_cast<int>(codec));
        CAPTURE(port_hz);
        CAPTURE(sound_hz);
        Waiting shared(codec, port_hz, media::Prompt::make(music(sound_hz), {.loops = true}));
        Waiting alone(codec, port_hz, media::Prompt::make(music(sound_hz), {.pcmu = false, .pcma = false, .loops = true}));
        shared.live();
        alone.live();
        REQUIRE(shared.leg().sent.size() == alone.leg().sent.size());
        CHECK(shared.leg().sent.size() > 300);
        for (std::size_t i = 0; i < shared.leg().sent.size(); ++i) {
          const auto a = shared.leg().sent[i].bytes(), b = alone.leg().sent[i].bytes();
          REQUIRE_MESSAGE(std::equal(a.begin(), a.end(), b.begin(), b.end()), "datagram " << i);
        }
        CHECK(shared.recorded() == alone.recorded());
        CHECK(shared.leg().events.size() == alone.leg().events.size());
      }
    }
  }
}
