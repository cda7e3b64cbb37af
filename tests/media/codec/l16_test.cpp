#include <offhook/media/codec/l16.hpp>

#include <offhook/base/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace offhook;

TEST_CASE("L16 sends the more significant octet first, in two's complement [RFC 3551 section 4.5.11]") {
  const std::array<std::int16_t, 5> pcm{0, 1, -1, 32767, -32768};
  std::array<std::uint8_t, 10> octets{};
  CHECK(media::encode_l16(pcm, octets) == 10u);
  CHECK(octets == std::array<std::uint8_t, 10>{0, 0, 0, 1, 0xFF, 0xFF, 0x7F, 0xFF, 0x80, 0});
  std::array<std::int16_t, 5> back{};
  CHECK(media::decode_l16(octets, back) == 5u);
  CHECK(back == pcm);
}

TEST_CASE("L16 encodes and decodes any number of samples at any address without change, and writes nothing after the end") {
  base::SeededRandom random(16);
  std::vector<std::int16_t> pcm(80);
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(random.next_u32());
  for (std::size_t length = 0; length <= 67; ++length) {
    for (std::size_t shift = 0; shift < 9; ++shift) {
      std::vector<std::uint8_t> octets(shift + 2 * length + 16, 0xA5);
      const auto in = std::span(pcm).subspan(shift, length);
      REQUIRE(media::encode_l16(in, std::span(octets).subspan(shift, 2 * length)) == 2 * length);
      for (std::size_t i = 0; i < length; ++i) {
        CHECK(octets[shift + 2 * i] == static_cast<std::uint8_t>(in[i] >> 8));
        CHECK(octets[shift + 2 * i + 1] == static_cast<std::uint8_t>(in[i]));
      }
      CHECK(octets[shift + 2 * length] == 0xA5);
      std::vector<std::int16_t> back(length + 1, 77);
      REQUIRE(media::decode_l16(std::span(octets).subspan(shift, 2 * length), back) == length);
      CHECK(std::equal(in.begin(), in.end(), back.begin()));
      CHECK(back[length] == 77);
    }
  }
}

TEST_CASE("L16 refuses an odd number of octets and an output that is too small, and then writes nothing") {
  const std::array<std::int16_t, 2> pcm{258, 772};
  std::array<std::uint8_t, 4> octets{};
  CHECK(media::encode_l16(pcm, std::span(octets).first(3)) == base::fail(media::CodecError::OutputTooSmall));
  CHECK(octets == std::array<std::uint8_t, 4>{});
  CHECK(media::encode_l16(pcm, octets) == 4u);
  std::array<std::int16_t, 2> back{};
  CHECK(media::decode_l16(std::span(octets).first(3), back) == base::fail(media::CodecError::OddInput));
  CHECK(media::decode_l16(octets, std::span(back).first(1)) == base::fail(media::CodecError::OutputTooSmall));
  CHECK(back == std::array<std::int16_t, 2>{});
  CHECK(media::decode_l16({}, back) == 0u);
}
