#include <offhook/media/files/wav.hpp>

#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <vector>

using namespace offhook;
using media::WavError;
using offhook_test::Octets;

namespace {

void append_text(Octets& octets, std::string_view text) {
  for (const char c : text) octets.push_back(static_cast<std::uint8_t>(c));
}
void append_number(Octets& octets, std::uint32_t value, int size) {
  for (int i = 0; i < size; ++i) octets.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void chunk(Octets& octets, std::string_view tag, const Octets& body) {
  append_text(octets, tag);
  append_number(octets, static_cast<std::uint32_t>(body.size()), 4);
  octets.insert(octets.end(), body.begin(), body.end());
  if (body.size() % 2 != 0) octets.push_back(0);
}
Octets format(std::uint16_t tag, std::uint16_t channels, std::uint32_t rate, std::uint16_t bits, bool extensible = false) {
  Octets body;
  append_number(body, extensible ? 0xFFFE : tag, 2);
  append_number(body, channels, 2);
  append_number(body, rate, 4);
  append_number(body, rate * channels * bits / 8, 4);
  append_number(body, channels * bits / 8u, 2);
  append_number(body, bits, 2);
  if (extensible) {
    append_number(body, 22, 2);
    append_number(body, bits, 2);
    append_number(body, 4, 4);
    append_number(body, tag, 2);
    body.resize(40);
  }
  return body;
}
Octets file(const Octets& fmt, std::size_t chunks_between = 0) {
  Octets octets;
  append_text(octets, "RIFF");
  append_number(octets, 0, 4);
  append_text(octets, "WAVE");
  chunk(octets, "fmt ", fmt);
  for (std::size_t i = 0; i < chunks_between; ++i) chunk(octets, "LIST", {1, 2, 3});
  chunk(octets, "data", {1, 0, 0xFF, 0xFF});
  return octets;
}

}  // namespace

TEST_CASE("parse_wav reads the file that write_wav wrote") {
  const std::vector<std::int16_t> pcm{0, 1, -1, 32767, -32768, 1000};
  const auto octets = media::write_wav({.rate_hz = 16000, .channels = 1}, pcm);
  CHECK(octets.size() == media::kWavHeaderOctets + 12);
  const auto wav = media::parse_wav(octets);
  REQUIRE(wav);
  CHECK(wav->format == media::WavFormat{16000, 1});
  CHECK(wav->frames() == 6);
  CHECK(wav->channel() == pcm);
  const auto stereo = media::write_wav({.rate_hz = 8000, .channels = 2}, pcm);
  CHECK(media::parse_wav(stereo)->channel(1) == std::vector<std::int16_t>{1, 32767, 1000});
  CHECK(media::parse_wav(stereo)->sample(0, 2) == 0);
  CHECK(media::parse_wav(stereo)->sample(3, 0) == 0);
}

TEST_CASE("wav_header writes the sizes of the file, the data and one frame, and the octets per second") {
  const auto header = media::wav_header({.rate_hz = 8000, .channels = 2}, 1000);
  CHECK(header[4] + header[5] * 256 == 1036);
  CHECK(header[28] + header[29] * 256 == 32000);   // octets per second
  CHECK(header[32] == 4);                          // octets per frame
  CHECK(header[40] + header[41] * 256 == 1000);
}

TEST_CASE("parse_wav skips other chunks and their padding, up to kMaxWavChunks chunks in all") {
  CHECK(media::parse_wav(file(format(1, 1, 8000, 16), 3))->channel() == std::vector<std::int16_t>{1, -1});
  CHECK(media::parse_wav(file(format(1, 1, 8000, 16), media::kMaxWavChunks - 2)));
  CHECK(media::parse_wav(file(format(1, 1, 8000, 16), media::kMaxWavChunks - 1)) == base::fail(WavError::TooManyChunks));
  CHECK(media::parse_wav(file(format(1, 1, 48000, 16, true)))->format.rate_hz == 48000);
}

TEST_CASE("parse_wav refuses everything but 16-bit PCM with one or two channels") {
  CHECK(media::parse_wav(file(format(7, 1, 8000, 8))) == base::fail(WavError::Unsupported));
  CHECK(media::parse_wav(file(format(1, 1, 8000, 8))) == base::fail(WavError::Unsupported));
  CHECK(media::parse_wav(file(format(1, 0, 8000, 16))) == base::fail(WavError::Unsupported));
  CHECK(media::parse_wav(file(format(1, 3, 8000, 16))) == base::fail(WavError::Unsupported));
  CHECK(media::parse_wav(file(format(1, 1, 0, 16))) == base::fail(WavError::Unsupported));
  CHECK(media::parse_wav(file(format(3, 1, 8000, 16, true))) == base::fail(WavError::Unsupported));
  CHECK(media::parse_wav({}) == base::fail(WavError::NotRiff));
}

TEST_CASE("If a file is cut off, parse_wav refuses it or reads its whole frames, and never reads beyond the end [CVE-2022-24792]") {
  const auto whole = media::write_wav({.rate_hz = 8000, .channels = 2}, std::vector<std::int16_t>(8, 5));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto wav = media::parse_wav(cut);
    if (wav) CHECK(wav->frames() == (size - media::kWavHeaderOctets) / 4);
    else CHECK(size < media::kWavHeaderOctets);
  }
  Octets lying = whole;
  lying[40] = lying[41] = lying[42] = lying[43] = 0xFF;
  CHECK(media::parse_wav(lying)->frames() == 4);
  lying = file(format(1, 1, 8000, 16), 1);
  lying[12 + 8 + 16 + 7] = 0xFF;   // This LIST chunk has a size beyond the end of the file.
  CHECK(media::parse_wav(lying) == base::fail(WavError::Truncated));
}
