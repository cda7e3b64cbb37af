#include <offhook/media/detect/echo_guard.hpp>

#include <offhook/bench/echo_trial.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/detect/voice_bank.hpp>

#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/testkit/sample.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

using namespace offhook;
using offhook_test::kFrame;

namespace {

/// A call on a speakerphone. The agent's voice comes back late and fainter, with or without reverberation, and the caller may
/// speak too.
struct Speakerphone {
  double delay_ms = 100;
  double loss_db = 300;           // attenuation of the echo; 300: no echo
  bool room = false;              // true: reverberation as loud as the direct sound
  double echo_from_ms = 0;
  std::optional<double> caller_at_ms;
  double caller_db = 0;           // level of the caller relative to the agent
  double lost_share = 0;          // share of lost frames, which are concealed as silence
  std::vector<std::int16_t> ours = offhook_test::SyntheticVoice(8000, 1, 200).speak(10);
  std::vector<std::int16_t> callers = offhook_test::SyntheticVoice(8000, 2, 110).speak(5);

  struct Outcome {
    std::vector<double> barge_ins_ms;
    int voiced = 0, echo = 0;
    media::EchoGuard::Path path;
  };

  /// Returns the agent's voice as the microphone gets it, with reverberation and without loss.
  [[nodiscard]] static std::vector<float> in_room(const std::vector<std::int16_t>& voice) {
    std::vector<float> response{1.0F};
    std::mt19937 random(5);
    std::normal_distribution<float> noise(0, 1);
    for (int i = 1; i < 1000; ++i) response.push_back(0.08F * noise(random) * std::exp(-static_cast<float>(i) / 320.0F));
    std::vector<float> out(voice.size() + response.size());
    for (std::size_t i = 0; i < voice.size(); ++i) {
      if (voice[i] == 0) continue;
      const float sample = voice[i];
      const float* tap = response.data();
      float* to = out.data() + i;
      for (std::size_t k = 0, n = response.size(); k < n; ++k) to[k] += tap[k] * sample;
    }
    return out;
  }

  [[nodiscard]] std::vector<float> inbound() const {
    std::vector<float> in(ours.size() + 8000);
    const auto gain = static_cast<float>(std::pow(10.0, -loss_db / 20));
    const auto delay = static_cast<std::size_t>(delay_ms * 8), from = static_cast<std::size_t>(echo_from_ms * 8);
    static const auto default_room = in_room(Speakerphone{}.ours);  // All tests share it, because its computation takes long.
    const std::vector<float> direct(ours.begin(), ours.end());
    const auto& echo = room ? default_room : direct;
    for (std::size_t i = 0; i < echo.size() && i + delay < in.size(); ++i) {
      if (i + delay >= from) in[i + delay] += gain * echo[i];
    }
    std::mt19937 random(6);
    std::normal_distribution<float> noise(0, 1);
    if (caller_at_ms) {
      const auto at = static_cast<std::size_t>(*caller_at_ms * 8);
      const auto level = static_cast<float>(std::pow(10.0, caller_db / 20));
      for (std::size_t i = 0; i < callers.size() && at + i < in.size(); ++i) in[at + i] += level * static_cast<float>(callers[i]);
    }
    for (auto& sample : in) sample += 3 * noise(random);  // -80 dBov: the noise of the line
    return in;
  }

  [[nodiscard]] Outcome run() const {
    media::EchoGuard guard(8000);
    media::VoiceActivity voice(8000);
    media::SpeechDetector detector({.onset_window = 6, .onset_voiced = 5, .hangover = 25});
    const auto in = inbound();
    Outcome outcome;
    std::mt19937 random(9);
    std::uniform_real_distribution<double> dice(0, 1);
    for (std::size_t tick = 0; tick < ours.size() / kFrame; ++tick) {
      std::array<std::int16_t, kFrame> heard{};
      const bool lost = dice(random) < lost_share;
      for (std::size_t i = 0; i < kFrame && !lost; ++i) {
        heard[i] = static_cast<std::int16_t>(std::clamp(in[tick * kFrame + i], -32768.0F, 32767.0F));
      }
      const auto verdict = guard.on_heard(heard, !lost);
      const bool voiced = voice.process(heard);
      outcome.voiced += voiced;
      outcome.echo += verdict.echo;
      const auto event = detector.process(voiced && !verdict.echo, kFrame);
      if (event && event->kind == media::SpeechDetector::Event::Kind::Started) outcome.barge_ins_ms.push_back(static_cast<double>(tick) * 20);
      guard.on_sent(std::span(ours).subspan(tick * kFrame, kFrame));
    }
    outcome.path = guard.path();
    return outcome;
  }
};

std::optional<double> first_from(const std::vector<double>& times, double from) {
  const auto found = std::find_if(times.begin(), times.end(), [from](double t) { return t >= from; });
  return found == times.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

TEST_CASE("EchoGuard never mistakes the agent's own voice for an interruption, at any delay and attenuation, with and without reverberation") {
  for (const bool room : {false, true}) {
    for (const double delay_ms : {40.0, 115.0, 250.0, 480.0}) {
      for (const double loss_db : {0.0, 10.0, 20.0, 30.0}) {
        CAPTURE(room);
        CAPTURE(delay_ms);
        CAPTURE(loss_db);
        Speakerphone phone;
        phone.room = room;
        phone.delay_ms = delay_ms;
        phone.loss_db = loss_db;
        const auto outcome = phone.run();
        CHECK(outcome.voiced > 150);  // Without the guard, these frames would interrupt the agent.
        CHECK(outcome.barge_ins_ms.empty());
      }
    }
  }
}

TEST_CASE("EchoGuard measures the lag and the coupling of the echo path") {
  Speakerphone phone;
  phone.delay_ms = 240;
  phone.loss_db = 15;
  const auto outcome = phone.run();
  CHECK(outcome.path.lag_ms >= 220);
  CHECK(outcome.path.lag_ms <= 260);
  CHECK(outcome.path.coupling_db == doctest::Approx(-15).epsilon(0.4));
  CHECK(outcome.path.likeness > 0.8F);
}

TEST_CASE("EchoGuard prevents an interruption by the agent's own voice even if 5 % of the packets are lost and concealed") {
  Speakerphone phone;
  phone.loss_db = 10;
  phone.lost_share = 0.05;
  CHECK(phone.run().barge_ins_ms.empty());
}

TEST_CASE("If there is no echo, EchoGuard passes the voice of a caller who speaks over the agent within 400 ms") {
  for (const double at_ms : {1500.0, 2300.0, 4100.0}) {
    for (const double caller_db : {0.0, -6.0, -12.0}) {
      CAPTURE(at_ms);
      CAPTURE(caller_db);
      Speakerphone phone;
      phone.caller_at_ms = at_ms;
      phone.caller_db = caller_db;
      const auto heard = first_from(phone.run().barge_ins_ms, at_ms);
      REQUIRE(heard);
      CHECK(*heard - at_ms <= 400);
    }
  }
}

TEST_CASE("If the caller and the agent begin to speak at the same time, EchoGuard lets the caller's speech through within 1.5 s") {
  Speakerphone phone;
  phone.caller_at_ms = 0;
  const auto heard = first_from(phone.run().barge_ins_ms, 0);
  REQUIRE(heard);
  CHECK(*heard <= 1500);
}

TEST_CASE("Over a speakerphone's echo, EchoGuard passes the voice of a caller as loud as the agent, and reports no interruption before that") {
  for (const double loss_db : {15.0, 20.0, 30.0}) {
    for (const double at_ms : {2000.0, 3300.0, 5000.0}) {
      CAPTURE(loss_db);
      CAPTURE(at_ms);
      Speakerphone phone;
      phone.delay_ms = 150;
      phone.room = true;
      phone.loss_db = loss_db;
      phone.caller_at_ms = at_ms;
      const auto outcome = phone.run();
      const auto heard = first_from(outcome.barge_ins_ms, 0);
      REQUIRE(heard);
      CHECK(*heard >= at_ms);
      CHECK(*heard - at_ms <= 1000);
    }
  }
}

TEST_CASE("EchoGuard learns an echo path that appears in the middle of a call within two seconds") {
  Speakerphone phone;
  phone.loss_db = 12;
  phone.echo_from_ms = 4000;
  const auto outcome = phone.run();
  CHECK_FALSE(first_from(outcome.barge_ins_ms, 6000));
}

TEST_CASE("EchoGuard reports no echo while the agent is silent, and no echo in silent frames from the caller") {
  media::EchoGuard guard(16000);
  const auto pcm = offhook_test::SyntheticVoice(16000, 3).speak(2);
  const std::vector<std::int16_t> silence(320, 0);
  for (std::size_t tick = 0; tick < 100; ++tick) {
    CHECK_FALSE(guard.on_heard(std::span(pcm).subspan(tick * 320, 320), true).echo);
    guard.on_sent(silence);
  }
  for (std::size_t tick = 0; tick < 100; ++tick) {
    CHECK_FALSE(guard.on_heard(silence, true).echo);
    guard.on_sent(std::span(pcm).subspan(tick * 320, 320));
  }
}

TEST_CASE("If the echo path is perfect, EchoGuard passes the voice of a caller who speaks 0.7 s after the agent's last word") {
  Speakerphone phone;
  phone.loss_db = 0;
  phone.ours = offhook_test::SyntheticVoice(8000, 1, 200).speak(4);
  phone.ours.resize(10 * 8000);
  phone.caller_at_ms = 4700;
  const auto heard = first_from(phone.run().barge_ins_ms, 0);
  REQUIRE(heard);
  CHECK(*heard >= 4700);
  CHECK(*heard <= 5100);
}

namespace {

void no_interruption_in_ten_minutes(const bench::EchoVoices& voices, double delay_ms) {
  CAPTURE(delay_ms);
  bench::EchoLineOptions line;
  line.delay_ms = delay_ms;
  const auto times = bench::false_barge_ins(line, voices.ours);
  CAPTURE(times.empty() ? 0 : times.front());
  CHECK(times.empty());
}

void callers_are_found(const bench::EchoVoices& voices) {
  for (const double delay_ms : {60.0, 200.0, 400.0}) {
    CAPTURE(delay_ms);
    bench::EchoLineOptions line;
    line.delay_ms = delay_ms;
    const auto found = bench::barge_ins(line, voices);
    CHECK(found.quantile(0.5) <= 125);
    CHECK(found.share_within(150) >= 0.9);
    CHECK(found.found_ms.size() == found.callers);
  }
}

}  // namespace

TEST_CASE("EchoGuard prevents every false interruption in ten minutes of a synthetic agent's speech, with an echo at 20 dB, G.711, jitter, drift and noise") {
  no_interruption_in_ten_minutes(bench::synthetic_voices(600), 20);
}

TEST_CASE("EchoGuard prevents every false interruption in ten minutes of a person's speech, with an echo at 20 dB, G.711, jitter, drift and noise") {
  const auto people = bench::human_voices(600);
  if (people.ours.empty()) return offhook_test::skip("there are no recordings (apt-get install asterisk-core-sounds-en-wav)");
  no_interruption_in_ten_minutes(people, 200);
  if (offhook_test::sample_step(2) > 1) return;  // `./dev test --full` also takes the shortest and the longest delay.
  for (const double delay_ms : {60.0, 400.0}) no_interruption_in_ten_minutes(people, delay_ms);
}

TEST_CASE("EchoGuard lets a synthetic caller through within 150 ms in nine of ten cases while the agent's echo comes back at 20 dB") {
  callers_are_found(bench::synthetic_voices(60));
}

TEST_CASE("EchoGuard lets a recorded person through within 150 ms in nine of ten cases while the agent's echo comes back at 20 dB") {
  const auto people = bench::human_voices(60);
  if (people.ours.empty()) return offhook_test::skip("there are no recordings (apt-get install asterisk-core-sounds-en-wav)");
  callers_are_found(people);
}

// --- in a bank -----------------------------------------------------------------------------------------------------------------

namespace {

/// Returns lines with each combination of delay, attenuation and reverberation. Every line loses 2 % of its packets.
std::vector<bench::EchoLineOptions> many_lines() {
  std::vector<bench::EchoLineOptions> lines;
  for (const double delay_ms : {40.0, 115.0, 250.0, 480.0}) {
    for (const double loss_db : {0.0, 12.0, 24.0}) {
      for (const bool room : {false, true}) {
        bench::EchoLineOptions line;
        line.delay_ms = delay_ms;
        line.loss_db = loss_db;
        line.room = room;
        line.lost_share = 0.02;
        line.stretched_ms = room ? 20 : 0;
        line.seed = static_cast<std::uint32_t>(lines.size() + 1);
        lines.push_back(line);
      }
    }
  }
  return lines;
}

bool same(const media::EchoGuard::Verdict& a, const media::EchoGuard::Verdict& b) { return a.echo == b.echo && a.unexplained == b.unexplained; }

}  // namespace

TEST_CASE("On 24 lines, EchoGuard gives exactly the same verdicts with the band powers of a bank as with its own measurement") {
  const auto options = many_lines();
  std::vector<bench::EchoLine> lines(options.begin(), options.end());
  std::vector<media::EchoGuard> alone(lines.size(), media::EchoGuard(8000)), banked = alone;
  media::VoiceBank bank(lines.size());
  auto ours = offhook_test::SyntheticVoice(8000, 1, 200).speak(20);
  std::fill(ours.begin() + 8 * 8000, ours.begin() + 10 * 8000, std::int16_t{0});  // During this silence the guards become idle.
  const auto caller = offhook_test::SyntheticVoice(8000, 5, 110).speak(20);
  std::size_t wrong = 0, echoes = 0, callers = 0;
  for (std::size_t at = 0; at < ours.size(); at += kFrame) {
    const bool speaks = at / 8000 % 5 == 3;
    std::vector<bench::EchoLine::Heard> heard;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      heard.push_back(lines[i].hear(speaks ? std::span(caller).subspan(at, kFrame) : std::span<const std::int16_t>()));
    }
    for (std::size_t i = 0; i < lines.size(); ++i) bank.hear(i, heard[i].pcm, banked[i].sent_line());
    bank.run();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (auto* guard : {&alone[i], &banked[i]}) {
        if (heard[i].moved != 0) guard->shift(heard[i].moved);
      }
      const auto expected = alone[i].on_heard(heard[i].pcm, heard[i].genuine);
      wrong += !same(banked[i].on_heard(*bank.found(i).bands, heard[i].genuine), expected);
      wrong += alone[i].path().likeness != banked[i].path().likeness || alone[i].path().coupling_db != banked[i].path().coupling_db;
      echoes += expected.echo;
      callers += speaks && !expected.echo;
      lines[i].send(std::span(ours).subspan(at, kFrame));
      for (auto* guard : {&alone[i], &banked[i]}) guard->on_sent(std::span(ours).subspan(at, kFrame));
    }
  }
  CHECK(wrong == 0);
  CHECK(echoes > 3000);
  CHECK(callers > 500);
}

TEST_CASE("EchoGuard::sent_line() returns samples only while its window contains sound that was sent") {
  media::EchoGuard guard(16000);
  CHECK(guard.sent_line().empty());
  guard.on_sent(std::vector<std::int16_t>(320, 0));
  CHECK(guard.sent_line().empty());
  guard.on_sent(std::vector<std::int16_t>(320, 100));
  CHECK(guard.sent_line().size() == 208);
  guard.on_sent(std::vector<std::int16_t>(320, 0));
  CHECK(guard.sent_line().size() == 208);  // The first window still contains the sound.
  guard.on_sent(std::vector<std::int16_t>(320, 0));
  CHECK(guard.sent_line().empty());
}

// --- a line that is stretched ------------------------------------------------------------------------------------------------

namespace {

/// A guard that heard the agent's voice with a delay of 100 ms for three seconds. move() then delays the line by further ms.
struct Moved {
  static constexpr std::size_t kLearn = 150;  // in ticks
  media::EchoGuard guard{8000};
  Speakerphone phone;
  std::vector<float> in;
  std::ptrdiff_t moved = 0;                   // in samples
  std::size_t tick = 0;

  explicit Moved(std::optional<double> caller_at_ms = std::nullopt) {
    phone.delay_ms = 100;
    phone.loss_db = 15;
    phone.caller_at_ms = caller_at_ms;
    in = phone.inbound();
    while (tick < kLearn) (void)hear();
  }
  void move(int ms) {
    moved += ms * 8;
    guard.shift(ms * 8);
  }
  media::EchoGuard::Verdict hear() {
    std::array<std::int16_t, kFrame> heard{};
    for (std::size_t i = 0; i < kFrame; ++i) {
      const auto at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(tick * kFrame + i) - moved);
      heard[i] = static_cast<std::int16_t>(std::clamp(in[at], -32768.0F, 32767.0F));
    }
    const auto verdict = guard.on_heard(heard, true);
    guard.on_sent(std::span(phone.ours).subspan(tick * kFrame, kFrame));
    ++tick;
    return verdict;
  }
};

}  // namespace

TEST_CASE("When the line is stretched, EchoGuard moves the learnt path with it, in whole steps of the accumulated shift") {
  Moved line;
  const auto before = line.guard.path();
  REQUIRE(before.likeness > 0.8F);
  line.guard.shift(39);  // Less than half a step.
  CHECK(line.guard.path().lag_ms == before.lag_ms);
  line.guard.shift(41);
  CHECK(line.guard.path().lag_ms == before.lag_ms + 10);
  line.guard.shift(-400);
  CHECK(line.guard.path().lag_ms == before.lag_ms - 40);
  line.guard.shift(320);
  CHECK(line.guard.path().lag_ms == before.lag_ms);
  CHECK(line.guard.path().coupling_db == doctest::Approx(before.coupling_db));
  CHECK(line.guard.path().likeness == before.likeness);
}

TEST_CASE("EchoGuard drops a lag that moves out of its range, and drops the path when its last lag does") {
  for (const int direction : {1, -1}) {
    Moved line;
    line.guard.shift(direction * 480 * 8);  // One lag is still in the range.
    CHECK(line.guard.path().likeness > 0);
    line.guard.shift(direction * 490 * 8);
    CHECK(line.guard.path().likeness == 0);
    CHECK(line.guard.path().coupling_db == 0);
  }
}

TEST_CASE("When the line's delay grows by 60 ms, EchoGuard still recognises the agent's voice as echo, and passes a caller who speaks soon after") {
  Moved silent;
  for (int i = 0; i < 6; ++i) {
    silent.move(10);
    CHECK(silent.hear().echo);
  }
  int strange = 0;
  for (int i = 0; i < 100; ++i) strange += silent.hear().unexplained > 0.75F;
  CHECK(strange == 0);
  Moved speaking(3000 + 6 * 20);
  for (int i = 0; i < 6; ++i) {
    speaking.move(10);
    (void)speaking.hear();
  }
  // A guard without the learnt path would need half a second of the agent's speech to learn the path again.
  int heard = 0;
  for (int i = 0; i < 13; ++i) heard += !speaking.hear().echo;
  CHECK(heard >= 6);
}
