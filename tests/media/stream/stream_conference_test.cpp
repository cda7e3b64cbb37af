#include <offhook/media/conference/conference.hpp>

#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/stream_call.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

// Tests conferences with whole legs in virtual time. Each member is a telephone that exchanges RTP with a leg.
using namespace offhook_test;

namespace {

/// A telephone, and Offhook's leg of its call.
struct Line {
  End leg, phone;
  media::MediaPlan plan;
  media::SineSource tone;
  media::ConferenceSlot slot;
  media::VoiceBank voice{1};
  bool speaks = true;
  media::CodecChain::Frame frame{};
  std::span<const std::int16_t> pcm;

  Line(media::AudioCodec codec, double hz, std::uint32_t rate_hz, std::uint64_t seed)
      : leg(kA, rate_hz, seed), phone(kB, 16000, seed + 100), tone(hz, 16000, 6000) {
    plan.codec = codec;
    plan.send_payload_type = plan.receive_payload_type = codec == media::AudioCodec::Pcmu ? 0 : codec == media::AudioCodec::Pcma ? 8 : 9;
    plan.send_events = plan.receive_events = 101;
    leg.port->gives_way = phone.port->gives_way = false;
    leg.port->guards_echo = phone.port->guards_echo = false;  // The guard would take the similar tones for echo.
  }
  void begin(base::TimePoint now) {
    for (auto* const end : {&leg, &phone}) {
      const End& other = end == &leg ? phone : leg;
      plan.remote_rtp = other.here;
      plan.remote_rtcp = next_port(other.here);
      Call::start(*end, plan, now);
    }
  }
  static void deliver(End& from, End& to, const media::Sendout& out, base::TimePoint now) {
    for (const auto& datagram : out.all()) {
      from.sent.push_back(datagram);
      const auto sender = datagram.channel == media::Channel::Rtp ? from.here : next_port(from.here);
      to.stream->on_packet(datagram.channel, sender, datagram.bytes(), now);
    }
  }
  void phone_speaks() {
    media::PlayoutFrame said;
    said.utterance = 1;
    said.samples = 320;
    tone.fill(std::span(said.pcm).first(320));
    if (speaks) REQUIRE(phone.port->playout.try_push(said));
  }
};

struct Meeting {
  media::Conference conference;
  std::vector<std::unique_ptr<Line>> lines;
  base::TimePoint origin{std::chrono::hours(5)};
  std::uint64_t ticks = 0;
  media::Sendout out;
  std::uint64_t allocated = 0;  // allocations during the ticks of the legs

  Meeting(std::uint32_t rate_hz, const std::vector<std::pair<media::AudioCodec, double>>& members) : conference(rate_hz, 500) {
    for (const auto& [codec, hz] : members) {
      lines.push_back(std::make_unique<Line>(codec, hz, rate_hz, lines.size() + 1));
      lines.back()->begin(origin);
      REQUIRE(conference.join(lines.back()->slot));
    }
  }
  void run(int count) {
    for (int i = 0; i < count; ++i, ++ticks) tick();
  }
  void tick() {
    const media::TickTime time{ticks, origin + static_cast<std::int64_t>(ticks) * 20ms, {}};
    for (auto& line : lines) {
      line->phone_speaks();
      out.clear();
      line->phone.stream->tick(time, line->phone.voice, out);
      Line::deliver(line->phone, line->leg, out, time.now);
      media::HeardFrame frame;
      while (line->phone.port->heard.try_pop(frame)) line->phone.heard.emplace_back(frame.pcm.begin(), frame.pcm.begin() + frame.samples);
      while (line->leg.port->heard.try_pop(frame)) line->leg.frames.push_back(frame);
    }
    conference.begin();
    const auto before = allocations();
    for (auto& line : lines) {
      line->pcm = line->leg.stream->hear(time, line->frame);
      line->voice.hear(0, line->pcm, line->leg.stream->sent_line());
      line->voice.run();
      auto said = line->leg.stream->take_in(time, line->pcm, line->voice.found(0));
      said.voiced = line->speaks;  // The detector would find no voice in a sine.
      conference.say(line->slot, said);
    }
    conference.mix();
    allocated += allocations() - before;
    for (auto& line : lines) {
      out.clear();
      line->leg.stream->give_out(time, line->pcm, conference.others(line->slot), out);
      Line::deliver(line->leg, line->phone, out, time.now);
    }
  }
  /// Returns the amplitude of a tone in the last second of audio that the telephone heard.
  [[nodiscard]] double amplitude(std::size_t line, double hz) const {
    const auto& heard = lines[line]->phone.heard;
    return measure_tone(lines[line]->phone.heard_between(heard.size() - 50, heard.size()), hz, 16000).amplitude;
  }
};

constexpr int kSettle = 400;  // number of ticks after which the jitter buffers have found their delay and no longer stretch

using Codec = media::AudioCodec;
const std::vector<std::pair<Codec, double>> kMixed{{Codec::Pcmu, 440}, {Codec::Pcma, 1000}, {Codec::G722, 2300}, {Codec::G722, 3100}};

}  // namespace

TEST_CASE("Telephones with PCMU, PCMA and G.722 in one conference hear each other's tones and not their own tone, at each rate of the conference") {
  for (const std::uint32_t rate : {8000U, 16000U, 24000U}) {
    Meeting meeting(rate, kMixed);
    meeting.run(kSettle);
    for (std::size_t i = 0; i < kMixed.size(); ++i) {
      for (std::size_t k = 0; k < kMixed.size(); ++k) {
        CAPTURE(rate);
        CAPTURE(i);
        CAPTURE(kMixed[k].second);
        const double heard = meeting.amplitude(i, kMixed[k].second);
        if (i == k) CHECK(heard < 30);
        if (i != k) CHECK(heard == doctest::Approx(6000).epsilon(0.08));
      }
    }
    CHECK(meeting.allocated == 0);
  }
}

TEST_CASE("Listeners of a conference share one encoding, and hear the speaker as clearly as with separate encodings") {
  Meeting meeting(16000, {{Codec::Pcmu, 440}, {Codec::Pcmu, 700}, {Codec::Pcmu, 900}, {Codec::Pcma, 1000}, {Codec::G722, 1300},
                          {Codec::Pcmu, 1500}, {Codec::Pcmu, 1700}, {Codec::Pcmu, 1900}, {Codec::Pcmu, 2100}});
  for (std::size_t i = 1; i < meeting.lines.size(); ++i) meeting.lines[i]->speaks = false;
  meeting.run(kSettle);
  for (std::size_t i = 1; i < meeting.lines.size(); ++i) {
    const auto& heard = meeting.lines[i]->phone.heard;
    CHECK(measure_tone(meeting.lines[i]->phone.heard_between(heard.size() - 50, heard.size()), 440, 16000).snr_db > 30);
  }
  CHECK(meeting.amplitude(0, 440) < 5);
  // Six listeners use PCMU and one uses PCMA. The speaker hears another mix. Each G.722 listener has a separate encoding.
  const auto& common = meeting.conference.common();
  const auto encoded = common.encoded(), spared = common.spared();
  meeting.run(50);
  CHECK(common.encoded() - encoded == 100);
  CHECK(common.spared() - spared == 5 * 50);
}

TEST_CASE("If a leg was leaving out silence, joined a conference with shared encoding and left it, it sends audio first and then a description") {
  Meeting meeting(16000, {{Codec::Pcmu, 440}, {Codec::Pcmu, 700}, {Codec::Pcmu, 900}, {Codec::Pcmu, 1000}, {Codec::Pcmu, 1300},
                          {Codec::Pcmu, 1500}, {Codec::Pcmu, 1700}, {Codec::Pcmu, 1900}, {Codec::Pcmu, 2100}});
  for (std::size_t i = 1; i < meeting.lines.size(); ++i) meeting.lines[i]->speaks = false;
  Line& line = *meeting.lines[1];
  line.plan.send_comfort_noise = true;
  line.leg.port->leaves_out_silence = true;
  line.begin(meeting.origin);
  const auto run_alone = [&](unsigned ticks) {
    for (; ticks > 0; --ticks, ++meeting.ticks) {
      meeting.out.clear();
      line.leg.stream->tick({meeting.ticks, meeting.origin + static_cast<std::int64_t>(meeting.ticks) * 20ms, {}}, line.voice, meeting.out);
      Line::deliver(line.leg, line.phone, meeting.out, meeting.origin);
    }
  };
  run_alone(30);
  REQUIRE(line.leg.rtp().back().payload_type == media::kComfortNoiseType);
  const auto spared = meeting.conference.common().spared();
  meeting.run(40);
  REQUIRE(meeting.conference.common().spared() > spared + 100);
  const auto before = line.leg.rtp().size();
  run_alone(media::DiscontinuousSender::kHangoverFrames + 1);
  const auto packets = line.leg.rtp();
  REQUIRE(packets.size() == before + media::DiscontinuousSender::kHangoverFrames + 1);
  CHECK(packets.back().payload_type == media::kComfortNoiseType);
}

TEST_CASE("If a leg changes between its own encoding and the shared encoding, there is no click") {
  // From time to time, the second of nine members counts as a speaker with silent audio. This must not change the sound that it hears.
  std::vector<std::pair<Codec, double>> members(media::Conference::kAllOpen + 1, {Codec::Pcmu, 440});
  Meeting meeting(16000, members);
  for (std::size_t i = 1; i < members.size(); ++i) meeting.lines[i]->speaks = false;
  meeting.lines[1]->tone = media::SineSource(700, 16000, 0);
  meeting.run(kSettle);
  for (int turn = 0; turn < 5; ++turn) {
    meeting.lines[1]->speaks = turn % 2 == 0;
    meeting.run(40);
  }
  const auto& heard = meeting.lines[1]->phone.heard;
  const auto pcm = meeting.lines[1]->phone.heard_between(kSettle, heard.size());
  CHECK(measure_tone(pcm, 440, 16000).snr_db > 30);  // mu-law gives 38 dB. Past samples of another filter would cost 10 dB.
}

TEST_CASE("Audio that a leg's port plays goes only to the telephone of this leg, mixed with the conference") {
  Meeting meeting(16000, {{Codec::Pcmu, 440}, {Codec::Pcma, 1000}, {Codec::G722, 2300}});
  media::SineSource whisper(1600, 16000, 5000);
  for (int i = 0; i < kSettle; ++i) {
    media::PlayoutFrame frame;
    frame.utterance = 1;
    frame.samples = 320;
    whisper.fill(std::span(frame.pcm).first(320));
    REQUIRE(meeting.lines[1]->leg.port->playout.try_push(frame));
    meeting.run(1);
  }
  CHECK(meeting.amplitude(1, 1600) == doctest::Approx(5000).epsilon(0.08));
  CHECK(meeting.amplitude(1, 440) == doctest::Approx(6000).epsilon(0.08));
  CHECK(meeting.amplitude(0, 1600) < 30);
  CHECK(meeting.amplitude(2, 1600) < 30);
  // In a conference too, the port's `heard` frames contain the audio of this telephone.
  const auto& frames = meeting.lines[1]->leg.frames;
  std::vector<std::int16_t> own;
  for (std::size_t i = frames.size() - 25; i < frames.size(); ++i)
    own.insert(own.end(), frames[i].pcm.begin(), frames[i].pcm.begin() + frames[i].samples);
  CHECK(measure_tone(own, 1000, 16000).snr_db > 25);
}

TEST_CASE("A leg that has not started or is on hold can join a conference, and sends no packet") {
  Meeting meeting(16000, {{Codec::Pcmu, 440}, {Codec::Pcma, 1000}});
  auto held = meeting.lines[0]->plan;
  held.remote_rtp = kB;
  held.remote_rtcp = next_port(kB);
  held.send = false;
  meeting.run(10);
  static_cast<void>(meeting.lines[0]->leg.stream->start(held, nullptr, false, meeting.origin));
  const auto sent = meeting.lines[0]->leg.rtp().size();
  meeting.run(100);
  CHECK(meeting.lines[0]->leg.rtp().size() == sent);
  CHECK(meeting.amplitude(1, 440) > 5000);

  End fresh(kA, 16000, 9);
  media::CodecChain::Frame frame;
  const auto said = fresh.stream->take_in({}, fresh.stream->hear({}, frame), {.voiced = true, .bands = {}});
  CHECK(said.silent);
  CHECK(said.pcm.empty());
}
