#include <offhook/media/files/prompt.hpp>
#include <offhook/media/send/playout.hpp>

#include <offhook/tests/media/event_kind.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using offhook_test::EventKind;

namespace {

struct Speaking {
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  media::EventOutbox outbox{*port};
  media::Playout playout{*port, outbox};
  std::uint64_t tick = 100;
  std::array<std::int16_t, media::kMaxFrameSamples> buffer{};

  Speaking() { port->rate_hz = 8000; }

  void queue(std::uint32_t utterance, std::uint32_t word, bool last = false, std::int16_t value = 10000, std::uint16_t samples = 160) {
    media::PlayoutFrame frame;
    frame.utterance = utterance;
    frame.word = word;
    frame.last = last;
    frame.samples = samples;
    frame.pcm.fill(value);
    REQUIRE(port->playout.try_push(frame));
  }
  std::vector<std::int16_t> pull() {
    const auto out = playout.pull(tick, tick, std::span(buffer).first(160));
    ++tick;
    return {out.begin(), out.end()};
  }
  std::vector<media::MediaEvent> events() {
    std::vector<media::MediaEvent> all;
    media::MediaEvent event;
    while (port->events.try_pop(event)) all.push_back(event);
    return all;
  }
};

bool silent(const std::vector<std::int16_t>& pcm) {
  return std::all_of(pcm.begin(), pcm.end(), [](std::int16_t sample) { return sample == 0; });
}

}  // namespace

TEST_CASE_FIXTURE(Speaking, "Playout counts exactly how many samples of an utterance were sent") {
  queue(1, 0);
  queue(1, 1);
  queue(1, 2, true, 10000, 35);
  queue(2, 0);
  queue(2, 1);
  for (int i = 0; i < 4; ++i) (void)pull();
  playout.flush(2, tick);
  const auto all = events();
  REQUIRE(all.size() == 6);
  CHECK(all[0].samples == 0);
  CHECK(all[1].samples == 160);
  CHECK(all[2].samples == 320);
  CHECK(all[3].kind == EventKind::UtteranceSent);
  CHECK(all[3].samples == 355);
  CHECK(all[4].samples == 0);
  CHECK(all[5].kind == EventKind::Flushed);
  CHECK(all[5].utterance == 2);
  CHECK(all[5].samples == 160);
}

TEST_CASE_FIXTURE(Speaking, "If the conversation has queued no audio, Playout returns silence and reports no event") {
  buffer.fill(77);
  CHECK(playout.pull(1, 1, std::span(buffer).first(160)).data() == buffer.data());
  CHECK(silent({buffer.begin(), buffer.begin() + 160}));
  CHECK(buffer[160] == 77);
  CHECK(events().empty());
}

TEST_CASE_FIXTURE(Speaking, "Playout reports a word when its first sample leaves, and an utterance when its last frame leaves") {
  queue(1, 0);
  queue(1, 0);
  queue(1, 1);
  queue(1, 2, true);
  queue(2, 0);
  for (int i = 0; i < 5; ++i) CHECK(pull() == std::vector<std::int16_t>(160, 10000));
  const auto told = events();
  REQUIRE(told.size() == 5);
  CHECK((told[0].kind == EventKind::Sent && told[0].utterance == 1 && told[0].word == 0 && told[0].tick == 100));
  CHECK((told[1].kind == EventKind::Sent && told[1].word == 1 && told[1].tick == 102));
  CHECK((told[2].kind == EventKind::Sent && told[2].word == 2 && told[2].tick == 103));
  CHECK((told[3].kind == EventKind::UtteranceSent && told[3].utterance == 1 && told[3].tick == 103));
  CHECK((told[4].kind == EventKind::Sent && told[4].utterance == 2 && told[4].word == 0 && told[4].tick == 104));
  CHECK(playout.speaking());
}

TEST_CASE_FIXTURE(Speaking, "Playout keeps a played frame in the ring until the next tick or a flush. Then the place of the frame is free") {
  for (int round = 0; round < 200; ++round) {  // This is three times the number of places in the ring.
    queue(1, 0);
    const auto played = playout.pull(tick, tick, std::span(buffer).first(160));
    CHECK(played.data() != buffer.data());
    if (round % 2 == 0) queue(1, 0);           // This frame must not overwrite the frame that is being played.
    CHECK(std::all_of(played.begin(), played.end(), [](std::int16_t sample) { return sample == 10000; }));
    if (round % 3 == 0) playout.prefetch();
    if (round % 2 == 0) CHECK(pull() == std::vector<std::int16_t>(160, 10000));
  }
  queue(1, 0);
  CHECK(playout.pull(tick, tick, std::span(buffer).first(160)).data() != buffer.data());
  for (std::size_t i = 0; i + 1 < port->playout.capacity(); ++i) queue(1, 0);
  media::PlayoutFrame more;
  more.samples = 160;
  CHECK_FALSE(port->playout.try_push(more));  // The frame that is being played takes one of the places.
  playout.flush(1, tick);
  CHECK(port->playout.try_push(more));
}

TEST_CASE_FIXTURE(Speaking, "If packets are longer than a tick, Playout reports the tick in which the packet of a word is sent") {
  queue(1, 0, true);
  CHECK(playout.pull(100, 102, std::span(buffer).first(160)).size() == 160);
  const auto told = events();
  REQUIRE(told.size() == 2);
  CHECK((told[0].tick == 100 && told[0].at_tick == 102));
  CHECK((told[1].tick == 100 && told[1].at_tick == 102));
}

TEST_CASE_FIXTURE(Speaking, "Playout fills up a short frame with silence, and limits a frame whose length field is too large") {
  queue(1, 0, false, 5, 100);
  auto pcm = pull();
  CHECK((pcm[99] == 5 && pcm[100] == 0 && pcm[159] == 0));
  queue(1, 0, false, 6, 65535);
  CHECK(pull() == std::vector<std::int16_t>(160, 6));
}

TEST_CASE_FIXTURE(Speaking, "Playout ducks by 18 dB within 10 ms, holds this level, and rises to full level within 10 ms") {
  for (int i = 0; i < 5; ++i) queue(1, 0);
  pull();
  playout.duck();
  auto pcm = pull();
  CHECK(std::abs(pcm[0] - 10000) < 200);
  CHECK(std::is_sorted(pcm.rbegin(), pcm.rend()));
  CHECK(pcm[80] == 1259);
  CHECK(pcm[159] == 1259);
  CHECK(pull() == std::vector<std::int16_t>(160, 1259));
  playout.rise();
  pcm = pull();
  CHECK(std::is_sorted(pcm.begin(), pcm.end()));
  CHECK(std::abs(pcm[0] - 1259) < 200);
  CHECK(pcm[80] == 10000);
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
}

TEST_CASE_FIXTURE(Speaking, "While no utterance plays, duck() has no effect. Playout begins the next utterance at full level") {
  playout.duck();
  CHECK_FALSE(playout.ducked());
  queue(1, 0);
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
  playout.duck();
  queue(1, 1, true);
  pull();
  CHECK(playout.ducked());
  queue(2, 0);
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
}

TEST_CASE_FIXTURE(Speaking, "If a ducked utterance stalls and then continues, Playout keeps it ducked") {
  queue(1, 0);
  pull();
  playout.duck();
  CHECK(silent(pull()));
  queue(1, 0);
  CHECK(pull() == std::vector<std::int16_t>(160, 1259));
}

TEST_CASE_FIXTURE(Speaking, "Playout is silent within 10 ms of a pause. Afterwards it repeats the audio that faded, and reports this audio as sent only then") {
  for (std::uint32_t word = 0; word < 4; ++word) queue(1, word, word == 3);
  pull();
  playout.pause();
  const auto fade = pull();
  CHECK(fade[0] == 10000);
  CHECK(fade[79] > 0);
  CHECK(silent({fade.begin() + 80, fade.end()}));
  for (int i = 0; i < 20; ++i) CHECK(silent(pull()));
  CHECK(playout.speaking());
  const auto before = events();
  REQUIRE(before.size() == 1);
  CHECK(before[0].word == 0);
  playout.rise();
  const auto first = pull();
  CHECK(first[0] < 1000);
  CHECK(first[120] == 10000);
  for (int i = 0; i < 2; ++i) CHECK(pull() == std::vector<std::int16_t>(160, 10000));
  const auto after = events();
  REQUIRE(after.size() == 4);
  CHECK((after[0].word == 1 && after[0].samples == 160 && after[0].tick == 122));
  CHECK((after[3].kind == EventKind::UtteranceSent && after[3].samples == 640));
}

TEST_CASE_FIXTURE(Speaking, "If the audio is ducked, a pause fades from the ducked level. A flush of the utterance ends both the pause and the ducking") {
  for (int i = 0; i < 5; ++i) queue(1, 0);
  queue(2, 0);
  pull();
  playout.duck();
  pull();
  playout.pause();
  CHECK(pull()[0] == 1259);
  playout.flush(1, tick);
  CHECK_FALSE(playout.paused());
  CHECK(events().back().samples == 320);  // The audio that faded out from -18 dB was hardly audible, so it does not count as sent.
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
}

TEST_CASE_FIXTURE(Speaking, "If nothing ends a pause, Playout ends it after kMaxPauseTicks (125 ticks)") {
  for (int i = 0; i < 3; ++i) queue(1, 0);
  pull();
  playout.pause();
  pull();
  for (std::uint32_t i = 1; i < media::Playout::kMaxPauseTicks; ++i) {
    playout.pause();  // Another pause() does not make the pause longer.
    CHECK(silent(pull()));
  }
  CHECK(pull()[120] == 10000);
}

TEST_CASE_FIXTURE(Speaking, "limit_pause() can shorten a pause to the given number of ticks, and never makes it longer") {
  for (int i = 0; i < 3; ++i) queue(1, 0);
  pull();
  playout.pause();
  pull();
  playout.limit_pause(2);
  playout.limit_pause(50);
  CHECK(silent(pull()));
  CHECK(silent(pull()));
  CHECK_FALSE(silent(pull()));
}

TEST_CASE_FIXTURE(Speaking, "While no utterance plays, pause() has no effect") {
  playout.pause();
  queue(1, 0, true);
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
  playout.pause();
  queue(2, 0);
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
}

TEST_CASE_FIXTURE(Speaking, "flush() fades out in 10 ms, drops the remaining frames, reports the last sent word, and keeps later utterances") {
  queue(1, 0);
  queue(1, 1);
  queue(1, 2);
  queue(1, 3, true);
  queue(2, 0, false, 300);
  pull();
  pull();
  static_cast<void>(events());
  playout.flush(1, tick);
  CHECK_FALSE(playout.speaking());
  const auto fade = pull();
  CHECK(fade[0] == 10000);
  CHECK(std::is_sorted(fade.rbegin(), fade.rend()));
  CHECK(fade[79] > 0);
  CHECK(fade[80] == 0);
  CHECK(pull() == std::vector<std::int16_t>(160, 300));
  const auto told = events();
  REQUIRE(told.size() == 2);
  CHECK((told[0].kind == EventKind::Flushed && told[0].utterance == 1 && told[0].word == 1 && told[0].tick == 102));
  CHECK((told[1].kind == EventKind::Sent && told[1].utterance == 2));
}

TEST_CASE_FIXTURE(Speaking, "Playout drops frames of a flushed utterance even if they arrive after flush()") {
  queue(3, 0);
  pull();
  playout.flush(3, tick);
  queue(3, 1);
  queue(2, 0);
  queue(4, 0, false, 4);
  CHECK(pull() == std::vector<std::int16_t>(160, 4));
}

TEST_CASE_FIXTURE(Speaking, "flush() of two utterances reports both: the utterance that it cut off, and the utterance that had not begun") {
  queue(1, 7);
  pull();
  queue(1, 8);
  queue(2, 0);
  static_cast<void>(events());
  playout.flush(2, tick);
  const auto told = events();
  REQUIRE(told.size() == 2);
  CHECK((told[0].kind == EventKind::Flushed && told[0].utterance == 1 && told[0].word == 7));
  CHECK((told[1].kind == EventKind::Flushed && told[1].utterance == 2 && told[1].word == media::kNoWord));
}

TEST_CASE_FIXTURE(Speaking, "Two flushes in one tick drop only the utterances that they name, and keep later ones") {
  queue(1, 0);
  queue(2, 0);
  queue(3, 0, false, 3);
  playout.flush(1, tick);
  playout.flush(2, tick);
  CHECK(pull() == std::vector<std::int16_t>(160, 3));
  CHECK(events().size() == 3);
}

TEST_CASE_FIXTURE(Speaking, "A flush of ducked audio fades from the ducked level. The next utterance plays at full level") {
  for (int i = 0; i < 4; ++i) queue(1, 0);
  pull();
  playout.duck();
  pull();
  playout.flush(1, tick);
  queue(2, 0);
  const auto fade = pull();
  CHECK(fade[0] == 1259);
  CHECK(fade[159] == 0);
  CHECK(pull() == std::vector<std::int16_t>(160, 10000));
}

TEST_CASE_FIXTURE(Speaking, "flush() while the call is on hold leaves no fading audio for later") {
  queue(1, 0);
  queue(1, 1);
  pull();
  playout.flush(1, tick, false);
  CHECK(silent(pull()));
}

TEST_CASE_FIXTURE(Speaking, "If the conversation does not read its events and the ring is full, Playout counts the events that it drops") {
  const auto room = port->events.capacity();
  for (std::uint32_t i = 0; i < room; ++i) {
    queue(1, i);
    pull();
  }
  CHECK(port->events_dropped.load() == 0);
  queue(1, 100000);
  pull();
  CHECK(port->events_dropped.load() == 1);
}

TEST_CASE_FIXTURE(Speaking, "If the ring of events is full when an utterance ends, Playout reports the end of the utterance later") {
  for (std::uint32_t i = 0; i < port->events.capacity(); ++i) {
    queue(1, i);
    pull();
  }
  queue(1, 100000, true);
  pull();
  queue(2, 0, true);
  pull();
  for (const auto& event : events()) CHECK(event.kind == EventKind::Sent);
  outbox.retry();
  const auto late = events();
  REQUIRE(late.size() == 1);
  CHECK(late[0].kind == EventKind::UtteranceSent);
  CHECK(late[0].utterance == 2);
  CHECK(port->events_dropped.load() == 3);  // These are two word events, and the end of the first utterance, which the end of the second one implies.
}

namespace {

/// Returns music with the same samples in each frame, at another level than the utterances.
std::shared_ptr<const media::Prompt> steady_music(std::int16_t value = 4000) {
  return media::Prompt::make({8000, std::vector<std::int16_t>(1600, value)}, {.loops = true});
}

int middle(const std::vector<std::int16_t>& pcm) { return pcm[120]; }

}  // namespace

TEST_CASE_FIXTURE(Speaking, "While the call waits and no utterance plays, Playout plays music, fades it in and out, and reports no event for it") {
  port->music = steady_music();
  CHECK(silent(pull()));
  port->waits = true;
  const auto first = pull();
  CHECK(first.front() == 0);
  CHECK(first[40] == doctest::Approx(2000).epsilon(0.05));
  CHECK(middle(first) == 4000);
  CHECK(middle(pull()) == 4000);
  CHECK_FALSE(playout.speaking());
  port->waits = false;
  const auto last = pull();
  CHECK(last.front() == 4000);
  CHECK(last[40] == doctest::Approx(2000).epsilon(0.05));
  CHECK(last.back() == 0);
  CHECK(silent(pull()));
  CHECK(events().empty());
}

TEST_CASE_FIXTURE(Speaking, "Playout fades out the music under the beginning of an utterance, and plays the music again after the utterance") {
  port->music = steady_music();
  port->waits = true;
  (void)pull();
  queue(1, 0);
  queue(1, 0, true);
  const auto begins = pull();
  CHECK(begins.front() == 14000);
  CHECK(begins.back() == 10000);
  CHECK(middle(pull()) == 10000);
  CHECK(pull().front() == 0);
  CHECK(middle(pull()) == 4000);
  CHECK(events().size() == 2);
}

TEST_CASE_FIXTURE(Speaking, "The number of the tick selects the frame of the music, so that all waiting calls play the same moment of it") {
  std::vector<std::int16_t> climbing(800);
  for (std::size_t i = 0; i < climbing.size(); ++i) climbing[i] = static_cast<std::int16_t>(i / 160 * 1000 + 1000);
  port->music = media::Prompt::make({8000, climbing}, {.loops = true});
  port->waits = true;
  Speaking other;
  other.port->music = port->music;
  other.port->waits = true;
  tick = 99;
  for (int i = 0; i < 3; ++i) (void)pull();
  other.tick = tick;
  CHECK(middle(other.pull()) == middle(pull()));
  CHECK(middle(pull()) == 4000);  // Tick 103 plays the fourth of the five frames.
}

TEST_CASE_FIXTURE(Speaking, "plain_music() is true if this frame and the previous one contain only music, and no tick between them was left out") {
  port->music = steady_music();
  std::string plain;
  const auto look = [&](int ticks) {
    for (int i = 0; i < ticks; ++i) {
      (void)pull();
      plain += playout.plain_music() ? 'm' : '-';
    }
  };
  look(2);
  port->waits = true;
  look(4);  // The music fades in during the first of these ticks.
  queue(1, 0, true);
  look(4);
  tick += 3;
  look(2);
  port->waits = false;
  look(1);  // The music fades out.
  port->waits = true;
  look(2);  // The music fades in again.
  port->waits = false;
  look(2);
  CHECK(plain == "--" "-mmm" "--mm" "-m" "-" "-m" "--");
}

TEST_CASE_FIXTURE(Speaking, "Playout plays silence when the music has no frames, or is missing at the port's rate") {
  port->waits = true;
  CHECK(silent(pull()));
  port->music = media::Prompt::make({8000, std::vector<std::int16_t>(1600, 4000)}, {.hz_8000 = false, .loops = true});
  CHECK(silent(pull()));
  port->music = media::Prompt::make({8000, {}}, {.loops = true});
  CHECK(silent(pull()));
}
