#include <offhook/media/conference/conference.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/codec/g711.hpp>
#include <offhook/media/conference/conference_port.hpp>
#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <memory>
#include <vector>

using namespace offhook;
using offhook_test::Pcm;
using offhook_test::same_samples;

namespace {

constexpr std::uint32_t kRate = 16000;
constexpr std::size_t kSamples = kRate / 50;

/// A conference in which each member sends different noise.
struct NoisyConference {
  media::Conference conference;
  std::deque<media::ConferenceSlot> slots;
  std::vector<Pcm> said;
  std::vector<bool> voiced;
  base::SeededRandom random{7};

  NoisyConference(std::size_t members, std::size_t max_members)
      : conference(kRate, max_members), said(members, Pcm(kSamples)), voiced(members, true) {
    for (std::size_t i = 0; i < members; ++i) REQUIRE(conference.join(slots.emplace_back()));
  }
  void tick() {
    conference.begin();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      for (auto& sample : said[i]) sample = static_cast<std::int16_t>(static_cast<std::int16_t>(random.next_u32()) >> (i % 8));
      conference.say(slots[i], {.pcm = said[i], .voiced = voiced[i], .silent = false, .echo = false});
    }
    conference.mix();
  }
  void run(int ticks) {
    for (int i = 0; i < ticks; ++i) tick();
  }
  [[nodiscard]] std::span<const std::int16_t> heard(std::size_t member) { return conference.others(slots[member]).pcm; }
  /// Returns the sum of the frames of `members`, without member `own`, clipped once.
  [[nodiscard]] Pcm sum_without(std::size_t own, const std::vector<std::size_t>& members) const {
    Pcm sum(kSamples);
    for (std::size_t k = 0; k < kSamples; ++k) {
      std::int64_t total = 0;
      for (const auto i : members) total += i == own ? 0 : said[i][k];
      sum[k] = static_cast<std::int16_t>(std::clamp<std::int64_t>(total, -32768, 32767));
    }
    return sum;
  }
  [[nodiscard]] Pcm sum_without(std::size_t own) const {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < said.size(); ++i) all.push_back(i);
    return sum_without(own, all);
  }
};

/// A conference of three members. The tests let the first member speak, and compare what the third member hears.
struct ConferenceOfThree {
  media::Conference conference{kRate, 3};
  std::array<media::ConferenceSlot, 3> slots;
  Pcm loud = Pcm(kSamples, 1000);

  ConferenceOfThree() {
    for (auto& slot : slots) REQUIRE(conference.join(slot));
  }
  void tick(const media::SaidFrame& first) {
    conference.begin();
    conference.say(slots[0], first);
    conference.mix();
  }
  [[nodiscard]] Pcm listener() {
    const auto pcm = conference.others(slots[2]).pcm;
    return {pcm.begin(), pcm.end()};
  }
};

media::SaidFrame voice(const Pcm& pcm) { return {.pcm = pcm, .voiced = true, .silent = false, .echo = false}; }

}  // namespace

TEST_CASE("In a conference of 2 to 500 members, each member hears the exact sum of all other members") {
  for (const std::size_t members : {std::size_t{2}, std::size_t{3}, std::size_t{9}, std::size_t{32}, media::Conference::kMaxMembers}) {
    CAPTURE(members);
    NoisyConference room(members, members);
    room.run(2);  // In the first frame the members fade in.
    int wrong = 0;
    const std::size_t step = members > 40 ? 71 : 1;
    for (std::size_t i = 0; i < members; i += step) wrong += !same_samples(room.heard(i), room.sum_without(i));
    CHECK(wrong == 0);
    CHECK(room.conference.speakers() == members);
  }
}

TEST_CASE("A conference accepts as many members as its limit, which is at most 500, and refuses one more") {
  media::Conference conference(kRate, 3);
  std::array<media::ConferenceSlot, 4> slots;
  for (std::size_t i = 0; i < 3; ++i) CHECK(conference.join(slots[i]));
  CHECK_FALSE(conference.join(slots[3]));
  CHECK(conference.members() == 3);
  conference.leave(slots[1]);
  CHECK(conference.join(slots[3]));
  CHECK_FALSE(conference.join(slots[1]));

  CHECK(media::Conference(kRate, 500).max_members() == 500);
  CHECK(media::Conference(kRate, 501).max_members() == 500);
  CHECK(media::Conference(kRate, 2).max_members() == 2);
  CHECK(media::Conference(kRate, 1).max_members() == 2);
}

TEST_CASE("In a conference of nine members, but not of eight, a member is left out of the mix after half a second without speech, until it speaks again") {
  NoisyConference eight(media::Conference::kAllOpen, 500), nine(media::Conference::kAllOpen + 1, 500);
  for (NoisyConference* const room : {&eight, &nine}) {
    room->run(2);
    room->voiced.assign(room->voiced.size(), false);
    room->voiced[4] = true;
    room->run(25);
    CHECK(room->conference.speakers() == room->said.size());
    room->run(2);  // In the first of these ticks the members fade out.
  }
  CHECK(eight.conference.speakers() == 8);
  CHECK(same_samples(eight.heard(0), eight.sum_without(0)));
  CHECK(nine.conference.speakers() == 1);
  CHECK(same_samples(nine.heard(0), nine.said[4]));
  CHECK(nine.conference.others(nine.slots[0]).is_common);
  CHECK_FALSE(nine.conference.others(nine.slots[4]).is_common);
  CHECK(same_samples(nine.heard(4), Pcm(kSamples)));

  nine.voiced[0] = true;
  nine.run(2);
  CHECK(same_samples(nine.heard(1), nine.sum_without(1, {0, 4})));
  CHECK(same_samples(nine.heard(0), nine.said[4]));
}

TEST_CASE("Gain and mute take effect within 5 ms without a click, and a muted member hears the same mix as the listeners") {
  ConferenceOfThree room;
  room.tick(voice(room.loud));
  CHECK(room.listener()[0] < 20);  // The member fades in.
  CHECK(room.listener()[80] == 1000);
  room.tick(voice(room.loud));
  CHECK(room.listener() == room.loud);

  room.slots[0].set_gain(2);
  room.tick(voice(room.loud));
  CHECK(room.listener()[40] > 1450);
  CHECK(room.listener()[40] < 1550);
  CHECK(room.listener().back() == 2000);
  room.slots[0].set_gain(0);
  room.tick(voice(room.loud));
  auto fading = room.listener();
  CHECK(fading[0] > 1950);
  CHECK(fading[80] == 0);
  for (std::size_t i = 1; i < fading.size(); ++i) REQUIRE(std::abs(fading[i] - fading[i - 1]) <= 26);
  room.tick(voice(room.loud));
  CHECK(room.conference.speakers() == 0);
  CHECK(room.conference.others(room.slots[0]).is_common);
  CHECK_FALSE(room.conference.others_speak(room.slots[1]));

  room.slots[0].set_gain(100);  // The conference limits the gain to kMaxGain.
  room.tick(voice(room.loud));
  room.tick(voice(room.loud));
  CHECK(room.listener().front() == 4000);
  CHECK(room.conference.others_speak(room.slots[1]));
  CHECK_FALSE(room.conference.others_speak(room.slots[0]));
}

TEST_CASE("A conference leaves out frames of silence, of echo and of a wrong length. A member without a frame in a tick only listens") {
  ConferenceOfThree room;
  room.tick(voice(room.loud));
  auto frame = voice(room.loud);
  frame.echo = true;
  room.tick(frame);
  CHECK(room.listener()[80] == 0);
  room.tick(frame);
  CHECK(room.conference.speakers() == 0);
  frame.echo = false;
  frame.silent = true;
  room.tick(frame);
  CHECK(room.conference.speakers() == 0);
  const Pcm other(160, 1000);
  room.tick(voice(other));
  CHECK(room.conference.speakers() == 0);
  room.tick(voice(room.loud));
  CHECK(room.conference.speakers() == 1);
  room.conference.begin();
  room.conference.mix();
  CHECK(room.conference.others(room.slots[0]).is_common);
  CHECK(room.listener() == Pcm(kSamples));
}

TEST_CASE("Conference allocates nothing in a tick") {
  NoisyConference room(12, 32);
  room.slots[3].set_gain(0.5F);
  const auto before = offhook_test::allocations();
  room.run(3);
  static_cast<void>(room.conference.others(room.slots[0]).common->octets(media::AudioCodec::Pcma));
  CHECK(offhook_test::allocations() == before);
}

// --- one encoding for many members -------------------------------------------------------------------------------------------

TEST_CASE("SharedEncoding encodes each frame once for each law of G.711, like a separate encoder, and does not encode for codecs with memory") {
  for (const std::uint32_t rate : {8000U, 16000U, 24000U}) {
    CAPTURE(rate);
    media::SharedEncoding shared(rate);
    media::Resampler own(rate, 8000);
    media::SineSource tone(700, rate, 9000);
    Pcm frame(rate / 50), narrow(160);
    std::vector<std::uint8_t> octets(160);
    int wrong = 0;
    for (int tick = 0; tick < 20; ++tick) {
      tone.fill(frame);
      own.process(frame, narrow);
      shared.next(frame);
      if (tick % 7 > 3) continue;  // In these ticks no member asks for the encoding, but the filter must continue.
      REQUIRE(media::encode_mulaw(narrow, octets));
      const auto first = shared.octets(media::AudioCodec::Pcmu), second = shared.octets(media::AudioCodec::Pcmu);
      wrong += !std::equal(octets.begin(), octets.end(), first.begin(), first.end());
      wrong += first.data() != second.data();
      REQUIRE(media::encode_alaw(narrow, octets));
      const auto other = shared.octets(media::AudioCodec::Pcma);
      wrong += !std::equal(octets.begin(), octets.end(), other.begin(), other.end());
      CHECK(shared.octets(media::AudioCodec::G722).empty());
    }
    CHECK(wrong == 0);
    CHECK(shared.encoded() == 2 * 12);
    CHECK(shared.spared() == 12);
  }
}

// --- members without a line ------------------------------------------------------------------------------------------------

namespace {

/// An agent and a caller in one conference.
struct Council {
  media::Conference conference{kRate, 4};
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  std::unique_ptr<media::ConferencePort> agent;
  media::ConferenceSlot caller;
  media::SineSource callers{500, kRate, 8000}, agents{1300, kRate, 8000};
  bool caller_speaks = true;
  std::uint64_t ticks = 0;
  std::vector<std::int16_t> caller_heard, agent_heard;
  std::vector<media::HeardFrame> frames;
  std::vector<media::MediaEvent> events;

  Council() {
    port->rate_hz = kRate;
    port->recording = std::make_shared<media::RecordingTap>();
    agent = std::make_unique<media::ConferencePort>(port);
    REQUIRE(conference.join(agent->slot));
    REQUIRE(conference.join(caller));
  }
  void speak(std::uint32_t utterance, int count) {
    for (int i = 0; i < count; ++i) {
      media::PlayoutFrame frame;
      frame.utterance = utterance;
      frame.samples = kSamples;
      frame.last = i + 1 == count;
      agents.fill(std::span(frame.pcm).first(kSamples));
      REQUIRE(port->playout.try_push(frame));
    }
  }
  void run(int count) {
    Pcm said(kSamples);
    for (int i = 0; i < count; ++i) {
      if (caller_speaks) callers.fill(said);
      conference.begin();
      conference.say(caller, {.pcm = said, .voiced = caller_speaks, .silent = !caller_speaks, .echo = false});
      agent->say(conference, ticks);
      conference.mix();
      agent->hear(conference, ticks++);
      const auto heard = conference.others(caller).pcm;
      caller_heard.insert(caller_heard.end(), heard.begin(), heard.end());
      media::HeardFrame frame;
      while (port->heard.try_pop(frame)) {
        agent_heard.insert(agent_heard.end(), frame.pcm.begin(), frame.pcm.begin() + frame.samples);
        frames.push_back(frame);
      }
      media::MediaEvent event;
      while (port->events.try_pop(event)) events.push_back(event);
    }
  }
  [[nodiscard]] const media::MediaEvent* first(media::MediaEvent::Kind kind) const {
    const auto found = std::find_if(events.begin(), events.end(), [kind](const auto& event) { return event.kind == kind; });
    return found == events.end() ? nullptr : &*found;
  }
};

}  // namespace

TEST_CASE("An agent in a conference hears the other members, is heard by them, and gets events about its sent audio and the others' speech") {
  Council council;
  council.port->gives_way = false;
  council.caller_speaks = false;
  council.run(10);
  CHECK_FALSE(council.frames.back().speech);
  CHECK(council.frames.back().level_dbov == -127);
  council.caller_speaks = true;
  council.speak(3, 40);
  council.run(45);
  const auto heard = std::span(council.agent_heard).subspan(15 * kSamples, 30 * kSamples);
  CHECK(offhook_test::measure_tone(heard, 500, kRate).snr_db > 60);
  const auto by_caller = std::span(council.caller_heard).subspan(15 * kSamples, 30 * kSamples);
  CHECK(offhook_test::measure_tone(by_caller, 1300, kRate).snr_db > 60);
  CHECK(council.frames.back().speech);
  CHECK(council.frames.size() == 55);

  const auto* const began = council.first(media::MediaEvent::Kind::SpeechStarted);
  REQUIRE(began != nullptr);
  CHECK(began->at_tick == 10);
  const auto* const sent = council.first(media::MediaEvent::Kind::UtteranceSent);
  REQUIRE(sent != nullptr);
  CHECK(sent->utterance == 3);
  CHECK(sent->tick == 49);
  council.caller_speaks = false;
  council.run(40);
  const auto* const ended = council.first(media::MediaEvent::Kind::SpeechStopped);
  REQUIRE(ended != nullptr);
  CHECK(ended->at_tick == 54);

  media::RecordedFrame recorded;
  REQUIRE(council.port->recording->try_take(recorded));
  CHECK(recorded.samples == 2 * kSamples);
  CHECK_FALSE(council.port->recording->is_finished());
  council.agent->finish();
  CHECK(council.port->recording->is_finished());
}

TEST_CASE("An agent in a conference ducks when another member speaks, and a flush removes its queued audio") {
  Council council;
  council.caller_speaks = false;
  council.speak(1, 60);
  council.run(10);
  const auto loud = offhook_test::measure_tone(std::span(council.caller_heard).last(kSamples), 1300, kRate).amplitude;
  council.caller_speaks = true;
  council.run(10);
  const auto ducked = offhook_test::measure_tone(std::span(council.caller_heard).last(kSamples), 1300, kRate).amplitude;
  CHECK(ducked < loud / 7);
  REQUIRE(council.port->commands.try_push({media::PlayoutCommand::Kind::Flush, 1, 0}));
  council.run(3);
  REQUIRE(council.first(media::MediaEvent::Kind::Flushed) != nullptr);
  CHECK(council.first(media::MediaEvent::Kind::Flushed)->utterance == 1);
  CHECK(offhook_test::measure_tone(std::span(council.caller_heard).last(kSamples), 1300, kRate).amplitude < 1);
}

TEST_CASE("If an agent does not read the audio of the conference, the conference drops the frames and counts them") {
  Council council;
  media::Conference& conference = council.conference;
  const auto tick = [&] {
    conference.begin();
    council.agent->say(conference, 0);
    conference.mix();
    council.agent->hear(conference, 0);
  };
  const auto room = council.port->heard.capacity();
  for (std::size_t i = 0; i < room; ++i) tick();
  CHECK(council.port->heard_dropped.load() == 0);
  tick();
  CHECK(council.port->heard_dropped.load() == 1);
  CHECK(council.port->heard.size() == room);
}
