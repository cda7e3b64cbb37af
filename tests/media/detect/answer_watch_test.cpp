// Tests of AnswerWatch: with patterns of speech in virtual time at the bounds of each rule, and with synthetic and recorded
// speech through the real detectors.
#include <offhook/media/detect/answer_watch.hpp>
#include <offhook/media/detect/call_progress_detector.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/bench/recordings.hpp>

#include <offhook/tests/media/line_signal.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/testkit/sample.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <span>
#include <vector>

using namespace offhook::media;
using namespace std::chrono_literals;

namespace {

/// The audio of the party that answered, one frame every 20 ms.
struct Answer {
  AnswerWatch watch{};
  std::uint64_t tick = 1000;
  std::vector<AnswerVerdict> verdicts;
  std::vector<std::chrono::milliseconds> spoke_at;   // time since the answer

  void take(const AnswerWatch::Step& step) {
    if (step.verdict) verdicts.push_back(*step.verdict);
    if (step.speak_now) spoke_at.push_back(at());
  }
  [[nodiscard]] std::chrono::milliseconds at() const { return 20ms * static_cast<std::int64_t>(tick - 1000); }
  void be(bool voice, std::chrono::milliseconds length) {
    for (auto left = length; left > 0ms; left -= 20ms) take(watch.hear(tick++, voice));
  }
  void voice(std::chrono::milliseconds length) { be(true, length); }
  void silence(std::chrono::milliseconds length) { be(false, length); }
  void tone(LineTone tone) { take(watch.on_tone(tone)); }
};

bool is_only_verdict(const std::vector<AnswerVerdict>& verdicts, Answerer who, AnswerSign sign, std::chrono::milliseconds took) {
  return verdicts.size() == 1 && verdicts[0].who == who && verdicts[0].sign == sign && verdicts[0].took == took;
}

}  // namespace

TEST_CASE("AnswerWatch reports a person when 800 ms of silence follow a short greeting") {
  Answer hello;
  hello.silence(300ms);
  hello.voice(500ms);
  hello.silence(780ms);
  CHECK(hello.verdicts.empty());
  hello.silence(20ms);
  CHECK(is_only_verdict(hello.verdicts, Answerer::Human, AnswerSign::ShortGreeting, 1600ms));
  CHECK(hello.spoke_at.empty());
}

TEST_CASE("AnswerWatch gives no verdict during the first 2200 ms of a greeting, pauses included, and reports a machine after 2220 ms") {
  Answer longest;
  longest.voice(1000ms);
  longest.silence(400ms);
  longest.voice(800ms);
  CHECK(longest.verdicts.empty());
  longest.voice(20ms);
  CHECK(is_only_verdict(longest.verdicts, Answerer::Machine, AnswerSign::LongGreeting, 2220ms));
  CHECK(longest.watch.awaits_beep());
}

TEST_CASE("AnswerWatch gives no verdict during six words, and reports a machine at the seventh word") {
  Answer talker;
  for (int word = 0; word < 6; ++word) {
    talker.voice(160ms);
    talker.silence(60ms);
  }
  CHECK(talker.verdicts.empty());
  talker.voice(80ms);
  CHECK(talker.verdicts.empty());
  talker.voice(20ms);
  CHECK(is_only_verdict(talker.verdicts, Answerer::Machine, AnswerSign::ManyWords, 1420ms));
}

TEST_CASE("For AnswerWatch, a pause of 40 ms does not separate two words, and 80 ms of sound are not a word") {
  Answer stutter;
  for (int i = 0; i < 7; ++i) {
    stutter.voice(160ms);
    stutter.silence(40ms);
  }
  CHECK(stutter.verdicts.empty());
  Answer clicks;
  for (int i = 0; i < 10; ++i) {
    clicks.voice(80ms);
    clicks.silence(160ms);
  }
  clicks.silence(100ms);
  CHECK(is_only_verdict(clicks.verdicts, Answerer::Unknown, AnswerSign::Silence, 2500ms));
}

TEST_CASE("AnswerWatch gives the verdict Unknown after 2500 ms of silence, or after 5 s without the sign of a person or a machine") {
  Answer silent;
  silent.silence(2480ms);
  CHECK(silent.verdicts.empty());
  silent.silence(20ms);
  CHECK(is_only_verdict(silent.verdicts, Answerer::Unknown, AnswerSign::Silence, 2500ms));
  AnswerRules patient;
  patient.after_greeting = 10s;
  Answer slow;
  slow.watch = AnswerWatch(patient);
  slow.voice(200ms);
  slow.silence(4780ms);
  CHECK(slow.verdicts.empty());
  slow.silence(20ms);
  CHECK(is_only_verdict(slow.verdicts, Answerer::Unknown, AnswerSign::TimeUp, 5000ms));
}

TEST_CASE("AnswerWatch lets the agent speak to a machine after the first beep, and does not do so a second time") {
  Answer machine;
  machine.voice(4000ms);
  machine.silence(500ms);
  machine.tone(LineTone::Beep);
  CHECK(machine.spoke_at == std::vector{4500ms});
  CHECK(!machine.watch.awaits_beep());
  machine.tone(LineTone::Beep);
  machine.silence(60s);
  CHECK(machine.spoke_at.size() == 1);
  CHECK(machine.verdicts.size() == 1);
}

TEST_CASE("If a machine gives no beep, AnswerWatch lets the agent speak after 3 s of silence, or after 45 s of uninterrupted sound") {
  Answer quiet;
  quiet.voice(4000ms);
  quiet.silence(2980ms);
  CHECK(quiet.spoke_at.empty());
  quiet.silence(20ms);
  CHECK(quiet.spoke_at.size() == 1);
  Answer music;
  music.voice(44980ms);
  CHECK(music.spoke_at.empty());
  music.voice(20ms);
  CHECK(music.spoke_at.size() == 1);
}

TEST_CASE("A beep within 20 s after the answer changes the verdict of AnswerWatch from a person to a machine") {
  Answer brief;
  brief.voice(900ms);
  brief.silence(19100ms);
  REQUIRE(brief.verdicts.size() == 1);
  brief.tone(LineTone::Beep);
  REQUIRE(brief.verdicts.size() == 2);
  CHECK(brief.verdicts[1].who == Answerer::Machine);
  CHECK(brief.verdicts[1].sign == AnswerSign::Beep);
  CHECK(brief.spoke_at == std::vector{20000ms});
  Answer later;
  later.voice(900ms);
  later.silence(19120ms);
  later.tone(LineTone::Beep);
  CHECK(later.verdicts.size() == 1);
  CHECK(later.spoke_at.empty());
}

TEST_CASE("AnswerWatch gives the verdict Machine at a beep and the verdict Fax at a fax tone, without delay. A busy tone gives no verdict") {
  Answer beep;
  beep.silence(200ms);
  beep.tone(LineTone::Busy);
  CHECK(beep.verdicts.empty());
  beep.tone(LineTone::Beep);
  CHECK(is_only_verdict(beep.verdicts, Answerer::Machine, AnswerSign::Beep, 200ms));
  CHECK(beep.spoke_at == std::vector{200ms});
  Answer fax;
  fax.silence(1000ms);
  fax.tone(LineTone::FaxAnswering);
  CHECK(is_only_verdict(fax.verdicts, Answerer::Fax, AnswerSign::FaxTone, 1000ms));
  fax.voice(10s);
  fax.tone(LineTone::Beep);
  CHECK(fax.verdicts.size() == 1);
  CHECK(fax.spoke_at.empty());
}

TEST_CASE("AnswerWatch treats lost frames like the first frame after them") {
  Answer gap;
  gap.voice(20ms);
  gap.tick += 119;
  gap.voice(20ms);
  CHECK(is_only_verdict(gap.verdicts, Answerer::Machine, AnswerSign::LongGreeting, 2420ms));
}

namespace {

struct Trial {
  std::optional<AnswerVerdict> last;
  bool spoke = false;
};

/// Runs the voice detector, CallProgressDetector and AnswerWatch of one call. The audio is 0.5 s of silence, `pcm` and 5 s of silence.
Trial answered_with(const std::vector<std::int16_t>& pcm, double noise) {
  offhook_test::LineSignal line;
  line.silence(500).add(pcm).silence(5000).noise(noise);
  const auto samples = line.frames();
  VoiceBank voice(1);
  CallProgressDetector ear(std::nullopt);
  AnswerWatch watch;
  Trial trial;
  const auto take = [&trial](const AnswerWatch::Step& step) {
    if (step.verdict) trial.last = step.verdict;
    if (step.speak_now) trial.spoke = true;
  };
  for (std::size_t frame = 0; frame * 160 < samples.size(); ++frame) {
    const std::span<const std::int16_t, 160> now(samples.data() + frame * 160, 160);
    voice.hear(0, now);
    voice.run();
    take(watch.hear(frame, voice.voiced(0)));
    for (const LineTone tone : ear.hear(now)) take(watch.on_tone(tone));
  }
  return trial;
}

}  // namespace

TEST_CASE("AnswerWatch distinguishes synthetic short greetings from long ones with and without a beep, in quiet and in noise") {
  for (const double noise : {1.0, 60.0}) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      CAPTURE(noise);
      offhook_test::SyntheticVoice voice(8000, seed, 90 + 9 * seed);
      CHECK(answered_with(voice.speak(0.4 + 0.05 * seed), noise).last->who == Answerer::Human);
      auto greeting = voice.speak(3.0 + 0.2 * seed);
      CHECK(answered_with(greeting, noise).last->who == Answerer::Machine);
      std::vector<std::int16_t> beep(8 * 800);   // 0.4 s of silence, then 0.4 s for the beep
      ScriptSource(machine_beep(), 8000, 6000).fill(std::span(beep).subspan(3200));
      greeting.insert(greeting.end(), beep.begin(), beep.end());
      const auto trial = answered_with(greeting, noise);
      CHECK(trial.last->who == Answerer::Machine);
      CHECK(trial.spoke);
    }
  }
}

// The recordings come from outside this project. A recording of 4 s or more is as long as a machine's greeting. Its first 1.5 s are as long
// as a person's.
TEST_CASE("AnswerWatch reports a machine for Asterisk's long prompts, and a person for their beginnings") {
  unsigned people = 0, machines = 0, trials = 0;
  for (auto pcm : offhook::bench::recordings(400 / offhook_test::sample_step(4))) {  // All of them in `./dev test --full`.
    pcm = offhook::bench::from_onset(pcm, 15);
    if (pcm.size() < 8 * 4000) continue;
    ++trials;
    machines += answered_with(pcm, 20).last->who == Answerer::Machine ? 1 : 0;
    pcm.resize(8 * 1500);
    people += answered_with(pcm, 20).last->who == Answerer::Human ? 1 : 0;
  }
  if (trials == 0) return offhook_test::skip("there are no recordings (apt-get install asterisk-core-sounds-en-wav)");
  MESSAGE("of " << trials << " each " << people << " people and " << machines << " machines were recognised");
  CHECK(people * 100 >= trials * 95);
  CHECK(machines * 100 >= trials * 95);
}
