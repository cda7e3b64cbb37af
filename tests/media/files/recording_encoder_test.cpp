#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/files/recording_encoder.hpp>
#include <offhook/media/files/wav.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace offhook;
using media::RecordedFrame;
using media::RecordingFormat;
using offhook_test::Octets;
using offhook_test::Pcm;

namespace {

RecordedFrame frame(std::uint64_t tick, std::uint32_t rate_hz, std::int16_t left, std::int16_t right) {
  RecordedFrame made;
  made.tick = tick;
  made.rate_hz = rate_hz;
  made.samples = static_cast<std::uint16_t>(2 * rate_hz / 50);
  std::fill_n(made.pcm.begin(), made.samples / 2, left);
  std::fill_n(made.pcm.begin() + made.samples / 2, made.samples / 2, right);
  return made;
}

/// Finishes the file as the owner of the encoder does, with the length of the audio in the header.
Octets finished(media::RecordingEncoder& encoder, Octets file) {
  encoder.finish(file);
  if (encoder.shape().format == RecordingFormat::Wav) {
    const auto header = media::wav_header({encoder.shape().rate_hz, 2}, static_cast<std::uint32_t>(file.size() - media::kWavHeaderOctets));
    std::copy(header.begin(), header.end(), file.begin());
  }
  return file;
}

}  // namespace

TEST_CASE("RecordingEncoder writes the caller to the left channel and the agent to the right channel") {
  media::RecordingEncoder encoder({.format = RecordingFormat::Wav, .rate_hz = 8000}, 1);
  Octets file;
  encoder.begin(file);
  encoder.add(frame(5, 8000, 100, -200), file);
  encoder.add(frame(6, 8000, 101, -201), file);
  const Octets whole = finished(encoder, file);
  const auto wav = media::parse_wav(whole);
  REQUIRE(wav);
  CHECK(wav->format == media::WavFormat{8000, 2});
  CHECK(wav->frames() == 320);
  CHECK(wav->sample(0, 0) == 100);
  CHECK(wav->sample(0, 1) == -200);
  CHECK(wav->sample(160, 0) == 101);
  CHECK(wav->sample(319, 1) == -201);
  CHECK(encoder.counters().frames == 2);
}

TEST_CASE("RecordingEncoder writes silence for missing ticks, so that the recording keeps the call's time, and refuses frames of past ticks") {
  media::RecordingEncoder encoder({.rate_hz = 8000}, 1);
  Octets file;
  encoder.begin(file);
  encoder.add(frame(100, 8000, 7, 7), file);
  encoder.add(frame(104, 8000, 8, 8), file);
  encoder.add(frame(104, 8000, 9, 9), file);
  encoder.add(frame(3, 8000, 9, 9), file);
  const Octets whole = finished(encoder, file);
  const auto wav = media::parse_wav(whole);
  REQUIRE(wav);
  CHECK(wav->frames() == 5 * 160);
  CHECK(wav->sample(159) == 7);
  CHECK(wav->sample(160) == 0);
  CHECK(wav->sample(4 * 160 - 1) == 0);
  CHECK(wav->sample(4 * 160) == 8);
  CHECK(encoder.counters().silent == 3);
  CHECK(encoder.counters().refused == 2);
}

TEST_CASE("RecordingEncoder fills a gap of kMaxGapTicks with silence, and shortens a longer gap to kMaxGapTicks") {
  for (const std::uint64_t more : {0u, 1u}) {
    media::RecordingEncoder encoder({.rate_hz = 8000}, 1);
    Octets file;
    encoder.add(frame(1, 8000, 7, 7), file);
    encoder.add(frame(2 + media::RecordingEncoder::kMaxGapTicks + more, 8000, 7, 7), file);
    CHECK(encoder.counters().frames == 2 + media::RecordingEncoder::kMaxGapTicks);
    CHECK(encoder.counters().cut == more);
  }
}

TEST_CASE("RecordingEncoder writes most_frames frames, which include the silence of gaps, and refuses further frames") {
  media::RecordingEncoder encoder({.rate_hz = 8000, .most_frames = 3}, 1);
  Octets file;
  for (std::uint64_t tick = 0; tick < 3; ++tick) encoder.add(frame(tick, 8000, 1, 1), file);
  CHECK(encoder.counters().refused == 0);
  encoder.add(frame(3, 8000, 1, 1), file);
  CHECK(encoder.counters().frames == 3);
  CHECK(encoder.counters().refused == 1);
  CHECK(file.size() == 3 * 640);
  media::RecordingEncoder gap({.rate_hz = 8000, .most_frames = 3}, 1);
  gap.add(frame(0, 8000, 1, 1), file);
  gap.add(frame(50, 8000, 1, 1), file);
  CHECK(gap.counters().frames == 3);
  // A WAV file can have at most 4 GiB. Therefore the encoder lowers most_frames.
  CHECK(media::RecordingEncoder({.rate_hz = 16000, .most_frames = 1ull << 40}, 1).shape().most_frames == media::kMaxWavDataOctets / 1280);
}

TEST_CASE("RecordingEncoder converts audio when its rate changes in mid-call, and refuses unsupported rates") {
  media::RecordingEncoder encoder({.rate_hz = 16000}, 1);
  Octets file;
  encoder.begin(file);
  media::SineSource narrow(440, 8000, 8000), wide(440, 16000, 8000);
  for (std::uint64_t tick = 0; tick < 100; ++tick) {
    RecordedFrame one = frame(tick, tick < 50 ? 8000 : 16000, 0, 0);
    tick < 50 ? narrow.fill(std::span(one.pcm).first(160)) : wide.fill(std::span(one.pcm).first(320));
    encoder.add(one, file);
  }
  RecordedFrame other = frame(100, 8000, 1, 1);
  other.rate_hz = 44100;
  encoder.add(other, file);
  CHECK(encoder.counters().refused == 1);
  const Octets whole = finished(encoder, file);
  const auto wav = media::parse_wav(whole);
  REQUIRE(wav);
  CHECK(wav->frames() == 100 * 320);
  const Pcm left = wav->channel(0), right = wav->channel(1);
  const auto at = [&](std::size_t from) { return offhook_test::measure_tone(std::span(left).subspan(from, 8000), 440, 16000); };
  CHECK(at(4000).amplitude == doctest::Approx(8000).epsilon(0.02));
  CHECK(at(20000).amplitude == doctest::Approx(8000).epsilon(0.02));
  CHECK(std::all_of(right.begin(), right.end(), [](std::int16_t sample) { return sample == 0; }));
}

TEST_CASE("An Ogg recording of RecordingEncoder keeps both voices and the call's time, and is a readable file after each flush") {
  media::RecordingEncoder encoder({.format = RecordingFormat::OggOpus, .rate_hz = 16000, .bitrate = 32000}, 77);
  Octets file;
  encoder.begin(file);
  media::SineSource caller(500, 16000, 8000), agent(1700, 16000, 8000);
  const auto say = [&](std::uint64_t tick) {
    RecordedFrame one = frame(tick, 16000, 0, 0);
    caller.fill(std::span(one.pcm).first(320));
    agent.fill(std::span(one.pcm).subspan(320, 320));
    encoder.add(one, file);
  };
  for (std::uint64_t tick = 0; tick < 40; ++tick) say(tick);
  encoder.flush(file);
  const auto first = media::decode_ogg_opus(file, 16000, 100000);
  REQUIRE(first);
  CHECK_FALSE(first->whole);
  CHECK(first->channels[0].size() > 39 * 320);
  for (std::uint64_t tick = 90; tick < 140; ++tick) say(tick);
  const Octets whole = finished(encoder, file);
  const auto all = media::decode_ogg_opus(whole, 16000, 100000);
  REQUIRE(all);
  CHECK(all->whole);
  CHECK(all->channels[0].size() == 140 * 320);
  const auto at = [&](std::size_t channel, std::size_t tick, double hz) {
    return offhook_test::measure_tone(std::span(all->channels[channel]).subspan(320 * tick, 4800), hz, 16000).amplitude;
  };
  CHECK(at(0, 100, 500) == doctest::Approx(8000).epsilon(0.15));
  CHECK(at(1, 100, 1700) == doctest::Approx(8000).epsilon(0.15));
  CHECK(at(0, 60, 500) < 100);
}
