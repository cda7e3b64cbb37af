// Compares a stream whose echo guard uses the band powers of a bank with a stream whose guard measures the powers itself. Both streams must
// give equal frames.
#include <offhook/tests/media/stream_call.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

using namespace offhook_test;

namespace {

/// A copy of the end `a` of a call. It sends the same audio and gets the same datagrams, but its guard measures the powers itself.
struct Twin {
  Call& call;
  End end{kA, call.a.port->rate_hz, 1};
  std::size_t said = 0;

  /// Passes the datagrams to the copy that the call delivers in this tick.
  void take_in() const {
    for (const auto& flight : call.wire) {
      if (flight.at <= call.now() && flight.datagram.to.ip == kA.ip) end.stream->on_packet(flight.datagram.channel, flight.from, flight.datagram.bytes(), flight.at);
    }
  }
  void tick() {
    call.feed(end, said);
    const media::TickTime time{call.tick, call.now(), rtp::NtpTime::from_unix(1'700'000'000s + (call.now() - call.origin))};
    media::CodecChain::Frame frame;
    const auto pcm = end.stream->hear(time, frame);
    end.voice.hear(0, pcm);
    end.voice.run();
    media::Sendout out;
    end.stream->go_on(time, pcm, {.voiced = end.voice.voiced(0), .bands = {}}, out);
    end.sent.insert(end.sent.end(), out.all().begin(), out.all().end());
    for (media::HeardFrame heard; end.port->heard.try_pop(heard);) end.frames.push_back(heard);
    for (media::MediaEvent event; end.port->events.try_pop(event);) end.events.push_back(event);
  }
};

/// A room with b's loudspeaker and microphone. The microphone gets the sound of the loudspeaker 100 ms later and 12 dB weaker, and the
/// speech of b's caller.
class Room {
 public:
  Room(Call& call, std::vector<std::int16_t> caller) : call_(call), caller_(std::move(caller)) { call.b.port->gives_way = false; }

  void on_tick() {
    const std::size_t samples = call_.b.port->frame_samples();
    media::PlayoutFrame frame;
    frame.utterance = 1;
    frame.samples = static_cast<std::uint16_t>(samples);
    if (call_.b.heard.size() >= 5) {
      const auto& played = call_.b.heard[call_.b.heard.size() - 5];
      std::transform(played.begin(), played.end(), frame.pcm.begin(), [](int s) { return static_cast<std::int16_t>(s / 4); });
    }
    const bool speaks = call_.tick % 250 > 180;
    for (std::size_t i = 0; speaks && i < samples; ++i, ++said_) frame.pcm[i] = static_cast<std::int16_t>(frame.pcm[i] + caller_[said_ % caller_.size()] / 2);
    REQUIRE(call_.b.port->playout.try_push(frame));
  }

 private:
  Call& call_;
  std::vector<std::int16_t> caller_;
  std::size_t said_ = 0;
};

}  // namespace

TEST_CASE("Stream separates echo and voice in the same way with a guard that uses a bank's powers as with a guard that measures itself, at each rate") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::G722}) {
    for (const std::uint32_t rate_hz : {8000U, 16000U, 24000U}) {
      CAPTURE(media::sample_rate_hz(codec));
      CAPTURE(rate_hz);
      Call call(codec, rate_hz);
      call.a_says = SyntheticVoice(rate_hz, 1, 200).speak(16);
      std::fill(call.a_says.begin() + 5 * rate_hz, call.a_says.begin() + 8 * rate_hz, std::int16_t{0});  // During this silence the guard becomes idle.
      call.loses = [&](const End& from, const media::Datagram&) { return &from == &call.b && call.tick % 37 == 5; };
      Room room(call, SyntheticVoice(rate_hz, 5, 110).speak(4));
      Twin twin{call};
      call.begin();
      Call::start(twin.end, call.towards(call.b), call.now());
      for (int i = 0; i < 800; ++i) {
        twin.take_in();
        call.run(1, [&] {
          room.on_tick();
          twin.tick();
        });
      }
      REQUIRE(call.a.frames.size() == twin.end.frames.size());
      std::size_t echoes = 0, voiced = 0, differ = 0;
      for (std::size_t i = 0; i < call.a.frames.size(); ++i) {
        const auto &banked = call.a.frames[i], &alone = twin.end.frames[i];
        echoes += alone.echo;
        voiced += alone.speech;
        differ += banked.echo != alone.echo || banked.speech != alone.speech || !std::ranges::equal(std::span(banked.pcm).first(banked.samples), std::span(alone.pcm).first(alone.samples));
      }
      CHECK(differ == 0);
      CHECK(echoes > 150);
      CHECK(voiced > 50);
      CHECK(call.a.events.size() == twin.end.events.size());
      CHECK(call.a.count(EventKind::SpeechStarted) == twin.end.count(EventKind::SpeechStarted));
      CHECK(std::ranges::equal(call.a.sent, twin.end.sent, [](const auto& one, const auto& other) { return std::ranges::equal(one.bytes(), other.bytes()); }));
    }
  }
}
