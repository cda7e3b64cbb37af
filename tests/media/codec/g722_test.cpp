#include <offhook/media/codec/g722.hpp>

#include <offhook/media/dsp/tones.hpp>

#include <offhook/tests/media/tone_meter.hpp>
#include <offhook/tests/media/vectors.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <array>
#include <utility>
#include <vector>

using namespace offhook;

namespace {

std::vector<std::int16_t> round_trip(const std::vector<std::int16_t>& pcm) {
  media::G722Encoder encoder;
  media::G722Decoder decoder;
  std::vector<std::int16_t> back(pcm.size());
  std::array<std::uint8_t, 160> codes{};
  for (std::size_t at = 0; at + 320 <= pcm.size(); at += 320) {
    REQUIRE(encoder.encode(std::span(pcm).subspan(at, 320), codes) == 160u);
    REQUIRE(decoder.decode(codes, std::span(back).subspan(at, 320)) == 320u);
  }
  return back;
}

}  // namespace

TEST_CASE("After G.722 encoding and decoding in frames of 20 ms, a tone has the SNR that its sub-band allows") {
  for (const auto& [hz, snr] : {std::pair{1000.0, 30.0}, std::pair{3000.0, 25.0}, std::pair{6000.0, 12.0}}) {
    CAPTURE(hz);
    std::vector<std::int16_t> pcm(16000);
    media::SineSource(hz, 16000, 10000).fill(pcm);
    const auto back = round_trip(pcm);
    const auto tone = offhook_test::measure_tone(std::span(back).subspan(3200), hz, 16000);
    CHECK(tone.amplitude == doctest::Approx(10000).epsilon(0.1));
    CHECK(tone.snr_db > snr);
  }
}

TEST_CASE("reset() returns G722Encoder and G722Decoder to the state of new ones") {
  std::vector<std::int16_t> pcm(640);
  media::SineSource(700, 16000, 8000).fill(pcm);
  media::G722Encoder encoder;
  media::G722Decoder decoder;
  std::vector<std::uint8_t> first(320), second(320);
  std::vector<std::int16_t> heard(640), again(640);
  REQUIRE(encoder.encode(pcm, first));
  REQUIRE(decoder.decode(first, heard));
  REQUIRE(encoder.encode(pcm, second));
  CHECK(first != second);
  encoder.reset();
  decoder.reset();
  REQUIRE(encoder.encode(pcm, second));
  REQUIRE(decoder.decode(first, again));
  CHECK(first == second);
  CHECK(heard == again);
}

TEST_CASE("G722Encoder and G722Decoder refuse an odd number of samples and an output that is too small, and return 0 for an empty input") {
  media::G722Encoder encoder;
  media::G722Decoder decoder;
  const std::array<std::int16_t, 4> pcm{};
  std::array<std::uint8_t, 2> codes{};
  std::array<std::int16_t, 4> out{};
  CHECK(encoder.encode(std::span(pcm).first(3), codes) == base::fail(media::CodecError::OddInput));
  CHECK(encoder.encode(pcm, std::span(codes).first(1)) == base::fail(media::CodecError::OutputTooSmall));
  CHECK(encoder.encode(pcm, codes) == 2u);
  CHECK(decoder.decode(codes, std::span(out).first(3)) == base::fail(media::CodecError::OutputTooSmall));
  CHECK(decoder.decode(codes, out) == 4u);
  CHECK(encoder.encode({}, codes) == 0u);
  CHECK(decoder.decode({}, out) == 0u);
}

TEST_CASE("G722Encoder and G722Decoder match the ITU-T STL vectors bit by bit at 64 kbit/s [ITU-T G.191 g722]") {
  const auto in = offhook_test::vector_words("audio/g722/inpsp.bin");
  const auto codes = offhook_test::vector_words("audio/g722/codspw.cod");
  const auto out = offhook_test::vector_words("audio/g722/outsp1.bin");
  if (in.empty()) return offhook_test::skip("the shared test data has no audio/g722");
  REQUIRE(codes.size() == in.size() / 2);
  REQUIRE(out.size() == in.size());
  std::vector<std::uint8_t> encoded(codes.size()), octets(codes.begin(), codes.end());
  std::vector<std::int16_t> decoded(out.size());
  REQUIRE(media::G722Encoder().encode(in, encoded));
  REQUIRE(media::G722Decoder().decode(octets, decoded));
  CHECK(encoded == octets);
  CHECK(decoded == out);
}
