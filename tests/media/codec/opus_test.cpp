#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/codec/opus.hpp>
#include <offhook/media/dsp/tones.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace offhook;
using media::CodecError;
using offhook_test::Octets;
using offhook_test::Pcm;
using offhook_test::sine;

namespace {

std::vector<Octets> encode_all(media::OpusEncoder& encoder, const Pcm& pcm, std::size_t frame) {
  std::vector<Octets> payloads;
  std::array<std::uint8_t, 1500> out{};
  for (std::size_t at = 0; at + frame <= pcm.size(); at += frame) {
    const auto octets = encoder.encode(std::span(pcm).subspan(at, frame), out);
    REQUIRE(octets);
    payloads.emplace_back(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*octets));
  }
  return payloads;
}

double energy(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const auto sample : pcm) sum += static_cast<double>(sample) * sample;
  return sum / static_cast<double>(std::max<std::size_t>(1, pcm.size()));
}

/// Returns the highest correlation of two sections over the first `lags` lags, because codecs delay the audio a little.
double best_correlation(std::span<const std::int16_t> a, std::span<const std::int16_t> b, std::size_t lags) {
  double best = -1;
  for (std::size_t lag = 0; lag + b.size() <= a.size() && lag < lags; ++lag) {
    double ab = 0, aa = 1e-9, bb = 1e-9;
    for (std::size_t i = 0; i < b.size(); ++i) {
      ab += static_cast<double>(a[i + lag]) * b[i];
      aa += static_cast<double>(a[i + lag]) * a[i + lag];
      bb += static_cast<double>(b[i]) * b[i];
    }
    best = std::max(best, ab / std::sqrt(aa * bb));
  }
  return best;
}

}  // namespace

TEST_CASE("Opus encodes and decodes a tone at each rate, in frames of each duration [RFC 7587 section 4.2]") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u, 48000u}) {
    for (const std::size_t unit : {4u, 8u, 16u, 24u}) {  // 10, 20, 40 and 60 ms, in units of 2.5 ms.
      CAPTURE(rate);
      CAPTURE(unit);
      media::OpusEncoder encoder({.rate_hz = rate, .bitrate = 64000});
      media::OpusDecoder decoder(rate);
      const std::size_t frame = unit * rate / 400;
      Pcm heard;
      for (const Octets& payload : encode_all(encoder, sine(1000, rate, 1, 10000), frame)) {
        Pcm out(frame);
        REQUIRE(media::opus_samples(payload, rate) == frame);
        REQUIRE(decoder.decode(payload, out) == frame);
        heard.insert(heard.end(), out.begin(), out.end());
      }
      const auto measured = offhook_test::measure_tone(std::span(heard).subspan(heard.size() / 2), 1000, rate);
      CHECK(measured.amplitude == doctest::Approx(10000).epsilon(0.15));
      CHECK(measured.snr_db > 15);
    }
  }
}

TEST_CASE("At every rate, 20 ms are 960 units of the RTP clock. opus_samples() reads the duration from a payload [RFC 7587 section 4.1]") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u, 48000u}) CHECK(media::opus_clock_units(rate / 50, rate) == 960);
  CHECK_FALSE(media::is_opus_rate(12000));  // libopus supports this rate, Resampler does not.
  CHECK_FALSE(media::is_opus_rate(0));
  media::OpusEncoder encoder({.rate_hz = 8000});
  const auto payload = encode_all(encoder, Pcm(480), 480).front();
  CHECK(media::opus_samples(payload, 48000) == 2880u);
}

TEST_CASE("OpusEncoder and OpusDecoder refuse wrong frames, wrong packets and short buffers, and work normally afterwards") {
  media::OpusEncoder encoder;
  media::OpusDecoder decoder;
  std::array<std::uint8_t, 400> octets{};
  Pcm out(1920);
  CHECK(encoder.encode(Pcm(319), octets) == base::fail(CodecError::BadFrame));
  CHECK(encoder.encode({}, octets) == base::fail(CodecError::BadFrame));
  CHECK(encoder.encode(Pcm(1600), octets) == base::fail(CodecError::BadFrame));  // 100 ms: RFC 7587 has no such frame.
  CHECK(encoder.encode(Pcm(320), {}) == base::fail(CodecError::OutputTooSmall));
  const auto size = encoder.encode(sine(400, 16000, 0.02, 10000), octets);
  REQUIRE(size);
  const auto payload = std::span(octets).first(*size);
  CHECK(decoder.decode(payload, std::span(out).first(319)) == base::fail(CodecError::OutputTooSmall));
  CHECK(decoder.decode({}, out) == base::fail(CodecError::BadPayload));
  const Octets too_much{0xFB, 0x3F};  // 63 frames of 20 ms: RFC 6716 section 3.2.5 allows 120 ms.
  CHECK(decoder.decode(too_much, out) == base::fail(CodecError::BadPayload));
  CHECK(decoder.decode_lost(too_much, std::span(out).first(320)) == base::fail(CodecError::BadPayload));
  CHECK(decoder.conceal(std::span(out).first(39)) == base::fail(CodecError::BadFrame));
  CHECK(decoder.conceal({}) == base::fail(CodecError::BadFrame));
  CHECK(decoder.conceal(out) == 1920u);  // 120 ms.
  Pcm longer(1960);
  CHECK(decoder.conceal(longer) == base::fail(CodecError::BadFrame));
  CHECK(decoder.decode(payload, out) == 320u);
}

TEST_CASE("OpusDecoder accepts a payload of kMaxOpusPayload octets, and refuses a payload with one octet more") {
  Octets payload(media::kMaxOpusPayload, 0);
  // Code 3 with padding: one frame of 20 ms, and the rest is padding (RFC 6716 section 3.2.5).
  payload[0] = 0x08 | 3;
  payload[1] = 0x40 | 1;
  std::size_t padding = payload.size() - 2, at = 2;
  while (padding > 255) {
    payload[at++] = 255;
    padding -= 255;
  }
  payload[at] = static_cast<std::uint8_t>(padding - 1);
  CHECK(media::opus_samples(payload, 16000) == 320u);
  Pcm out(320);
  CHECK(media::OpusDecoder().decode(payload, out) == 320u);
  payload.push_back(0);
  CHECK(media::opus_samples(payload, 16000) == base::fail(CodecError::BadPayload));
  CHECK_FALSE(media::has_opus_fec(payload));
}

TEST_CASE("In-band FEC restores a lost packet from the next packet, and the result is nearer to the original than concealment [RFC 6716 section 2.1.7]") {
  const Pcm speech = offhook_test::SyntheticVoice(16000, 3).speak(8);
  media::OpusEncoder encoder({.rate_hz = 16000, .bitrate = 24000, .in_band_fec = true, .expected_loss_percent = 20});
  const auto payloads = encode_all(encoder, speech, 320);
  std::size_t with_fec = 0, tried = 0;
  double by_fec = 0, by_concealment = 0;
  for (std::size_t lost = 20; lost + 1 < payloads.size(); lost += 7) {
    if (!media::has_opus_fec(payloads[lost + 1])) continue;
    ++with_fec;
    const auto truth = std::span(speech).subspan(lost * 320, 320);
    if (energy(truth) < 1e4) continue;
    ++tried;
    for (const bool fec : {true, false}) {
      media::OpusDecoder decoder(16000);
      Pcm heard, out(320);
      for (std::size_t i = lost - 10; i <= lost + 1; ++i) {
        if (i != lost) REQUIRE(decoder.decode(payloads[i], out) == 320u);
        else if (fec) REQUIRE(decoder.decode_lost(payloads[i + 1], out) == 320u);
        else REQUIRE(decoder.conceal(out) == 320u);
        heard.insert(heard.end(), out.begin(), out.end());
      }
      (fec ? by_fec : by_concealment) += best_correlation(std::span(heard).subspan(10 * 320), truth.first(240), 160);
    }
  }
  CHECK(with_fec > 10);
  REQUIRE(tried > 5);
  CAPTURE(by_fec / static_cast<double>(tried));
  CAPTURE(by_concealment / static_cast<double>(tried));
  CHECK(by_fec > by_concealment);
  CHECK(by_fec / static_cast<double>(tried) > 0.7);
}

TEST_CASE("has_opus_fec detects, without decoding, that a payload contains a copy of the previous packet, and returns false for CELT payloads") {
  const Pcm speech = offhook_test::SyntheticVoice(16000, 5).speak(2);
  media::OpusEncoder without({.bitrate = 24000, .in_band_fec = false});
  for (const auto& payload : encode_all(without, speech, 320)) CHECK_FALSE(media::has_opus_fec(payload));
  media::OpusEncoder with({.bitrate = 24000, .in_band_fec = true, .expected_loss_percent = 25});
  const auto payloads = encode_all(with, speech, 320);
  CHECK(std::count_if(payloads.begin(), payloads.end(), [](const Octets& payload) { return media::has_opus_fec(payload); }) > 10);
  CHECK_FALSE(media::has_opus_fec({}));
  CHECK_FALSE(media::has_opus_fec(Octets{0x08}));
  CHECK_FALSE(media::has_opus_fec(Octets{0x80, 0xFF}));
}

TEST_CASE("With DTX, OpusEncoder sends hardly any octets during silence, and OpusDecoder fills the gaps with quiet noise [RFC 7587 section 3.1.3]") {
  media::OpusEncoder encoder({.rate_hz = 16000, .dtx = true});
  Pcm pcm = offhook_test::SyntheticVoice(16000, 7).speak(1);
  pcm.resize(pcm.size() + 3 * 16000);
  const auto payloads = encode_all(encoder, pcm, 320);
  const auto is_unsent = [](const Octets& payload) { return media::is_opus_dtx(payload.size()); };
  const auto unsent = std::count_if(payloads.begin() + 60, payloads.end(), is_unsent);
  CHECK(unsent > 100);
  media::OpusDecoder decoder(16000);
  Pcm out(320);
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    if (media::is_opus_dtx(payloads[i].size())) REQUIRE(decoder.conceal(out) == 320u);
    else REQUIRE(decoder.decode(payloads[i], out) == 320u);
  }
  CHECK(energy(out) < 1e4);
}

TEST_CASE("OpusEncoder follows the peer's parameters: constant bitrate, bandwidth and bitrate [RFC 7587 section 6.1]") {
  const Pcm speech = offhook_test::SyntheticVoice(48000, 9).speak(2);
  media::OpusEncoder constant({.rate_hz = 48000, .bitrate = 24000, .constant_bitrate = true});
  for (const auto& payload : encode_all(constant, speech, 960)) CHECK(payload.size() == 60);  // 24,000 / 50 / 8 octets.
  media::OpusEncoder narrow({.rate_hz = 48000, .bitrate = 64000, .max_playback_rate_hz = 8000});
  for (const auto& payload : encode_all(narrow, speech, 960)) CHECK((payload[0] >> 3 < 4));  // Narrowband SILK: RFC 6716 section 3.1.
  media::OpusEncoder encoder({.rate_hz = 16000, .bitrate = 1});
  const Pcm wide = offhook_test::SyntheticVoice(16000, 9).speak(2);
  const auto octets = [&] {
    std::size_t sum = 0;
    for (const auto& payload : encode_all(encoder, wide, 320)) sum += payload.size();
    return sum;
  };
  const auto least = octets();
  CHECK(least < 2 * 6000 / 8 * 3 / 2);
  encoder.set_bitrate(40000);
  CHECK(octets() > 3 * least);
}

TEST_CASE("reset() returns the Opus encoder and decoder to the state of new ones") {
  const Pcm speech = offhook_test::SyntheticVoice(16000, 11).speak(0.4);
  media::OpusEncoder encoder;
  const auto first = encode_all(encoder, speech, 320);
  encoder.reset();
  CHECK(encode_all(encoder, speech, 320) == first);
  media::OpusDecoder decoder;
  const auto decode_all = [&] {
    Pcm heard, out(320);
    for (const auto& payload : first) {
      REQUIRE(decoder.decode(payload, out));
      heard.insert(heard.end(), out.begin(), out.end());
    }
    return heard;
  };
  const auto heard = decode_all();
  decoder.reset();
  CHECK(decode_all() == heard);
}

TEST_CASE("OpusEncoder and OpusDecoder allocate nothing per frame, and libopus also allocates nothing [design: no allocation on the path]") {
  media::OpusEncoder encoder({.rate_hz = 16000, .in_band_fec = true, .dtx = true});
  media::OpusDecoder decoder(16000);
  const Pcm speech = offhook_test::SyntheticVoice(16000, 13).speak(1);
  std::array<std::uint8_t, 400> octets{};
  Pcm out(320);
  const auto before = offhook_test::allocations();
  const auto in_use = ::mallinfo2().uordblks;  // This counts the memory that libopus gets from malloc.
  for (std::size_t at = 0; at + 320 <= speech.size(); at += 320) {
    const auto size = encoder.encode(std::span(speech).subspan(at, 320), octets);
    if (!size) break;
    static_cast<void>(decoder.decode_lost(std::span(octets).first(*size), out));
    static_cast<void>(decoder.decode(std::span(octets).first(*size), out));
    static_cast<void>(decoder.conceal(out));
  }
  encoder.reset();
  decoder.reset();
  CHECK(::mallinfo2().uordblks == in_use);
  CHECK(offhook_test::allocations() == before);
}
