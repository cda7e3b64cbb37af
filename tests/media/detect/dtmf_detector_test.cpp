#include <offhook/media/detect/dtmf_detector.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <offhook/tests/media/line_signal.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>


using namespace offhook;
using offhook_test::dbm0;
using offhook_test::LineSignal;

namespace {

const std::string kKeys = "0123456789*#ABCD";

struct Heard {
  std::string begun, ended;
  std::vector<media::DtmfDigit> digits;   // the digits that ended
};

Heard hear(const std::vector<std::int16_t>& pcm) {
  media::DtmfDetector detector;
  Heard heard;
  for (std::size_t at = 0; at + media::kDtmfFrame <= pcm.size(); at += media::kDtmfFrame) {
    detector.hear(std::span<const std::int16_t, media::kDtmfFrame>(pcm.data() + at, media::kDtmfFrame));
    while (const auto digit = detector.poll()) {
      (digit->ended ? heard.ended : heard.begun) += digit->digit;
      if (digit->ended) heard.digits.push_back(*digit);
    }
  }
  return heard;
}
Heard hear(const LineSignal& signal) { return hear(signal.frames()); }

struct Key {
  double ms = 40;
  double row_off = 0, column_off = 0;       // deviation, as a share of the nominal frequency
  double row_dbm0 = -10, column_dbm0 = -10;
};

void press(LineSignal& line, char digit, const Key& key = {}) {
  const auto [row, column] = *media::dtmf_frequencies(digit);
  line.tones({{row * (1 + key.row_off), dbm0(key.row_dbm0)}, {column * (1 + key.column_off), dbm0(key.column_dbm0)}}, key.ms);
}

/// Returns how many of 80 presses were detected. Each of the sixteen digits is pressed alone, at five different offsets within 5
/// ms.
int heard_of_80(const Key& key, double noise_rms = 0) {
  int count = 0;
  for (std::size_t digit = 0; digit < kKeys.size(); ++digit) {
    for (int shift = 0; shift < 5; ++shift) {
      LineSignal line(static_cast<std::uint32_t>(digit * 5 + static_cast<unsigned>(shift)));
      line.silence(60 + shift * 1.125);
      press(line, kKeys[digit], key);
      line.silence(60);
      if (noise_rms != 0) line.noise(noise_rms);
      const auto heard = hear(line);
      count += heard.begun == std::string(1, kKeys[digit]) && heard.ended == heard.begun;
    }
  }
  return count;
}

}  // namespace

TEST_CASE("DtmfDetector detects each digit of 33 ms or more at any offset, and detects no digit of 26 ms or less [ITU-T Q.24]") {
  CHECK(heard_of_80({}) == 80);
  CHECK(heard_of_80({.ms = 33}) == 80);
  CHECK(heard_of_80({.ms = 23}) == 0);
  CHECK(heard_of_80({.ms = 26}) == 0);
  CHECK(heard_of_80({.ms = 1000}) == 80);
}

TEST_CASE("DtmfDetector detects tones with a deviation of up to 1.78 %, and detects no digit from 2.2 % on, in the row, the column or both [ITU-T Q.24]") {
  for (const double off : {0.015, 0.0178, -0.015, -0.0178}) {
    CAPTURE(off);
    CHECK(heard_of_80({.row_off = off}) == 80);
    CHECK(heard_of_80({.column_off = off}) == 80);
    CHECK(heard_of_80({.row_off = off, .column_off = off}) == 80);
    CHECK(heard_of_80({.row_off = off, .column_off = -off}) == 80);
  }
  for (const double off : {0.022, 0.025, 0.035, 0.05, -0.022, -0.025, -0.035, -0.05}) {
    CAPTURE(off);
    CHECK(heard_of_80({.ms = 100, .row_off = off}) == 0);
    CHECK(heard_of_80({.ms = 100, .column_off = off}) == 0);
    CHECK(heard_of_80({.ms = 100, .row_off = off, .column_off = off}) == 0);
  }
}

TEST_CASE("DtmfDetector accepts a high tone 4 dB above to 8 dB below the low tone, and refuses 6 dB above and 10 dB below [ITU-T Q.24]") {
  for (const double off : {0.0, 0.015, -0.015}) {
    CAPTURE(off);
    CHECK(heard_of_80({.row_off = off, .column_off = off, .row_dbm0 = -10, .column_dbm0 = -18}) == 80);
    CHECK(heard_of_80({.row_off = off, .column_off = off, .row_dbm0 = -14, .column_dbm0 = -10}) == 80);
  }
  CHECK(heard_of_80({.ms = 100, .row_dbm0 = -10, .column_dbm0 = -20}) == 0);
  CHECK(heard_of_80({.ms = 100, .row_dbm0 = -16, .column_dbm0 = -10}) == 0);
}

TEST_CASE("DtmfDetector detects digits from 0 dBm0 per tone, where the signal clips, down to -36 dBm0, and detects none at -42 dBm0 [ITU-T Q.24]") {
  for (double level = 0; level >= -36; level -= 3) {
    CAPTURE(level);
    CHECK(heard_of_80({.row_dbm0 = level, .column_dbm0 = level}) == 80);
  }
  CHECK(heard_of_80({.ms = 100, .row_dbm0 = -42, .column_dbm0 = -42}) == 0);
}

TEST_CASE("DtmfDetector detects every digit of 40 ms at 12 dB above white noise, and finds no digit in a minute of noise") {
  const double amplitude = dbm0(-10);  // The amplitude of each tone. The root mean square of the sum of two tones has the same value.
  CHECK(heard_of_80({}, amplitude * std::pow(10, -12.0 / 20)) == 80);
  CHECK(heard_of_80({.row_dbm0 = -10, .column_dbm0 = -14}, dbm0(-10) * std::pow(10, -13.0 / 20)) == 80);
  LineSignal noise(9);
  CHECK(hear(noise.silence(60000).noise(1000)).begun.empty());
}

TEST_CASE("DtmfDetector detects all of a thousand digits at 15 dB above noise [Mitel test 6]") {
  LineSignal line(6);
  std::string pressed;
  for (std::size_t i = 0; i < 1000; ++i) {
    pressed += kKeys[i * 7 % 16];
    press(line, pressed.back(), {.ms = 50});
    line.silence(50);
  }
  line.noise(dbm0(-10) * std::pow(10, -15.0 / 20));
  const auto heard = hear(line);
  CHECK(heard.begun == pressed);
  CHECK(heard.ended == pressed);
}

TEST_CASE("DtmfDetector detects digits coded with G.711 down to -36 dBm0 [ITU-T G.711]") {
  for (const double level : {-3.0, -20.0, -36.0}) {
    CAPTURE(level);
    LineSignal line(3);
    for (const char digit : kKeys) {
      press(line, digit, {.row_dbm0 = level, .column_dbm0 = level});
      line.silence(40);
    }
    for (auto& sample : line.pcm()) sample = media::decode_mulaw(media::encode_mulaw(sample));
    CHECK(hear(line).begun == kKeys);
    for (auto& sample : line.pcm()) sample = media::decode_alaw(media::encode_alaw(sample));
    CHECK(hear(line).begun == kKeys);
  }
}

TEST_CASE("DtmfDetector reports one digit if a gap in it lasts 20 ms, and two digits if the gap lasts 30 ms [ITU-T Q.24]") {
  for (int shift = 0; shift < 40; ++shift) {
    for (const double gap : {5.0, 10.0, 20.0}) {
      LineSignal line(static_cast<std::uint32_t>(shift));
      line.silence(40 + shift / 8.0);
      press(line, '5', {.ms = 60});
      line.silence(gap);
      press(line, '5', {.ms = 60});
      CHECK(hear(line).ended == "5");
    }
    for (const double gap : {30.0, 40.0}) {
      LineSignal line(static_cast<std::uint32_t>(shift));
      line.silence(40 + shift / 8.0);
      press(line, '5');
      line.silence(gap);
      press(line, '5');
      CHECK(hear(line).ended == "55");
    }
  }
}

TEST_CASE("DtmfDetector detects each digit after each other digit, with a gap of 20 ms and without a gap") {
  for (const double gap : {20.0, 0.0}) {
    CAPTURE(gap);
    for (const char first : kKeys) {
      LineSignal line(static_cast<std::uint32_t>(first));
      std::string pressed;
      for (const char second : kKeys) {
        if (first == second) continue;
        for (const char digit : {first, second}) {
          pressed += digit;
          press(line, digit, {.ms = gap == 0 ? 60.0 : 40.0});
          line.silence(gap);
        }
      }
      const auto heard = hear(line);
      CHECK(heard.begun == pressed);
      CHECK(heard.ended == pressed);
    }
  }
}

TEST_CASE("DtmfDetector reports the begin of a digit with an error of at most 5 ms, and its duration with an error of at most 10 ms") {
  for (const double ms : {40.0, 57.0, 100.0, 250.0, 3000.0}) {
    for (int shift = 0; shift < 20; ++shift) {
      LineSignal line;
      line.silence(100 + shift * 0.375);
      const double begin = static_cast<double>(line.pcm().size());
      press(line, '8', {.ms = ms});
      const auto heard = hear(line);
      REQUIRE(heard.digits.size() == 1);
      CHECK(std::abs(static_cast<double>(heard.digits[0].at) - begin) <= 40);
      CHECK(std::abs(heard.digits[0].duration_ms - ms) <= 10);
    }
  }
}

TEST_CASE("If a digit sounds from the first sample on, DtmfDetector reports that it began there") {
  LineSignal line;
  press(line, '1', {.ms = 60});
  const auto heard = hear(line);
  REQUIRE(heard.digits.size() == 1);
  CHECK(heard.digits[0].at <= 40);
}

TEST_CASE("DtmfDetector reports a digit while it sounds, and sounding() returns it until it ends") {
  media::DtmfDetector detector;
  std::vector<std::int16_t> pcm(media::kDtmfFrame);
  media::DtmfSource source('#', 8000);
  int told_in = 0;
  for (int frame = 1; frame <= 5; ++frame) {
    source.fill(pcm);
    detector.hear(std::span<const std::int16_t, media::kDtmfFrame>(pcm));
    if (const auto digit = detector.poll()) {
      CHECK_FALSE(digit->ended);
      told_in = frame;
    }
    CHECK(detector.sounding() == (told_in != 0 ? std::optional('#') : std::nullopt));
  }
  CHECK(told_in == 2);
  std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
  for (int frame = 0; frame < 2; ++frame) detector.hear(std::span<const std::int16_t, media::kDtmfFrame>(pcm));
  CHECK_FALSE(detector.sounding());
  const auto digit = detector.poll();
  REQUIRE(digit);
  CHECK(digit->ended);
  CHECK(digit->digit == '#');
}

TEST_CASE("DtmfDetector finds no digit in a single tone, in two row tones, in two column tones and in three tones") {
  const double a = dbm0(-10);
  for (const double row : {697.0, 770.0, 852.0, 941.0}) {
    CHECK(hear(LineSignal().tones({{row, a}}, 500)).begun.empty());
    CHECK(hear(LineSignal().tones({{row, a}, {row == 697 ? 941.0 : 697.0, a}}, 500)).begun.empty());
    CHECK(hear(LineSignal().tones({{row, a}, {1336, a}, {2000, a}}, 500)).begun.empty());
    CHECK(hear(LineSignal().tones({{row, a}, {1336, a}, {350, a}}, 500)).begun.empty());
  }
  CHECK(hear(LineSignal().tones({{1209, a}, {1633, a}}, 500)).begun.empty());
  for (double hz = 200; hz < 3800; hz += 7) CHECK(hear(LineSignal().tones({{hz, a}}, 80)).begun.empty());
}

TEST_CASE("DtmfDetector finds no digit in the tones of telephone networks and fax machines") {
  const double a = dbm0(-10);
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{
           {350, 440}, {480, 620}, {440, 480}, {400, 450}, {425, 425}, {950, 1400}, {1100, 2100}, {913.8, 1370.6}, {985.2, 1428.5}}) {
    CHECK(hear(LineSignal().tones({{low, a}, {high, a}}, 1000)).begun.empty());
  }
}

TEST_CASE("A copy of a DtmfDetector continues in the same state, so that another object can take over in the middle of a digit") {
  for (std::size_t call = 0; call < 17; ++call) {
    LineSignal line(static_cast<std::uint32_t>(call));
    line.silence(static_cast<double>(call) * 3);
    for (std::size_t i = 0; i < 4; ++i) {
      press(line, kKeys[(call + i * 5) % 16]);
      line.silence(45);
    }
    line.silence(200).noise(1 + static_cast<double>(call) * 20);
    const auto pcm = line.frames();
    std::string alone, handed_over;
    media::DtmfDetector stays, moves;
    for (std::size_t at = 0; at < 3200; at += media::kDtmfFrame) {
      const std::span<const std::int16_t, media::kDtmfFrame> frame(pcm.data() + at, media::kDtmfFrame);
      stays.hear(frame);
      while (const auto digit = stays.poll()) alone += digit->digit;
      moves = media::DtmfDetector(moves);
      moves.hear(frame);
      while (const auto digit = moves.poll()) handed_over += digit->digit;
    }
    CHECK(handed_over == alone);
    CHECK(alone.size() >= 6);
  }
}

TEST_CASE("DtmfDetector keeps four events that were not read, and drops the oldest one when a fifth comes") {
  LineSignal line;
  for (const char digit : {'1', '2', '3'}) {
    press(line, digit);
    line.silence(60);
  }
  const auto told = [](std::size_t frames, const std::vector<std::int16_t>& pcm) {
    media::DtmfDetector detector;
    for (std::size_t at = 0; at < frames; ++at) {
      detector.hear(std::span<const std::int16_t, media::kDtmfFrame>(pcm.data() + at * media::kDtmfFrame, media::kDtmfFrame));
    }
    std::string all;
    while (const auto digit = detector.poll()) all += digit->digit;
    return all;
  };
  const auto pcm = line.frames();
  CHECK(told(10, pcm) == "1122");     // These frames last 200 ms.
  CHECK(told(13, pcm) == "1223");
  CHECK(told(15, pcm) == "2233");
}
