#include <offhook/media/codec/g711.hpp>

#include <offhook/tests/media/vectors.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

using namespace offhook;

namespace {

// The tables come from the recommendation and not from the code under test. A positive input gets the code of the interval
// between two decision values. The decoder returns the middle of the interval. The units are those of tables 2a (mu-law: 14 bits)
// and 1a (A-law: 13 bits).
struct Interval { int begin; int middle; };   // begin <= x < the next interval's begin

std::vector<Interval> mulaw_table() {   // ITU-T G.711 table 2a: 16 intervals of 1, 2, 4 ... 128 x 2; the first has half the width
  std::vector<Interval> table{{0, 0}};
  int begin = 1;
  for (int segment = 0; segment < 8; ++segment) {
    const int width = 2 << segment;
    for (int i = segment == 0 ? 1 : 0; i < 16; ++i) {
      table.push_back({begin, begin + width / 2});
      begin += width;
    }
  }
  return table;
}

std::vector<Interval>
alaw_table() {  // ITU-T G.711 table 1a, in half steps so that the middles are whole numbers: 32 intervals of 2, then 16 each of 4 ... 128
  std::vector<Interval> table;
  int begin = 0;
  for (int segment = 0; segment < 8; ++segment) {
    const int width = 2 << std::max(segment - 1, 0);
    for (int i = 0; i < 16; ++i) {
      table.push_back({begin, begin + width / 2});
      begin += width;
    }
  }
  return table;
}

std::uint8_t find(const std::vector<Interval>& table, int value) {
  std::size_t at = 0;
  while (at + 1 < table.size() && value >= table[at + 1].begin) ++at;
  return static_cast<std::uint8_t>(at);
}

}  // namespace

TEST_CASE("encode_mulaw gives each of the 65,536 inputs the code of its interval in the recommendation [ITU-T G.711 table 2a]") {
  const auto table = mulaw_table();
  REQUIRE(table.size() == 128);
  REQUIRE(table.back().begin == 7903);
  REQUIRE(table.back().middle == 8031);
  int wrong = 0;
  for (int x = -32768; x <= 32767; ++x) {
    // Value n of table 2a is sent as character signal 1: with all bits inverted, the sign first. A negative x is in one's
    // complement, see g711.cpp.
    const int magnitude = (x < 0 ? -x - 1 : x) >> 2;
    const int code = (x < 0 ? 0x00 : 0x80) | (~find(table, magnitude) & 0x7F);
    wrong += media::encode_mulaw(static_cast<std::int16_t>(x)) != code;
  }
  CHECK(wrong == 0);
  for (int code = 0; code < 256; ++code) {
    const int value = table[~code & 0x7F].middle * 4;
    CHECK(media::decode_mulaw(static_cast<std::uint8_t>(code)) == ((code & 0x80) != 0 ? value : -value));
  }
}

TEST_CASE("encode_alaw gives each of the 65,536 inputs the code of its interval in the recommendation [ITU-T G.711 table 1a]") {
  const auto table = alaw_table();
  REQUIRE(table.size() == 128);
  REQUIRE(table.back().middle == 4032);
  int wrong = 0;
  for (int x = -32768; x <= 32767; ++x) {
    const int half_steps = ((x < 0 ? -x - 1 : x) >> 4) * 2;
    const int code = ((x < 0 ? 0x00 : 0x80) | find(table, half_steps)) ^ 0x55;
    wrong += media::encode_alaw(static_cast<std::int16_t>(x)) != code;
  }
  CHECK(wrong == 0);
  for (int code = 0; code < 256; ++code) {
    const int value = table[(code ^ 0x55) & 0x7F].middle * 8;
    CHECK(media::decode_alaw(static_cast<std::uint8_t>(code)) == ((code & 0x80) != 0 ? value : -value));
  }
}

TEST_CASE("Silence, full scale and the smallest steps have the codes that the recommendation gives [ITU-T G.711 tables 1a to 2b]") {
  CHECK(media::encode_mulaw(0) == 0xFF);
  CHECK(media::encode_mulaw(-1) == 0x7F);
  CHECK(media::encode_mulaw(32767) == 0x80);
  CHECK(media::encode_mulaw(-32768) == 0x00);
  CHECK(media::decode_mulaw(media::kMulawSilence) == 0);
  CHECK(media::decode_mulaw(0x80) == 32124);
  CHECK(media::encode_alaw(0) == 0xD5);
  CHECK(media::encode_alaw(32767) == 0xAA);
  CHECK(media::encode_alaw(-32768) == 0x2A);
  CHECK(media::decode_alaw(media::kAlawSilence) == 8);
  CHECK(media::decode_alaw(0xAA) == 32256);
}

TEST_CASE("If a G.711 code is decoded and the result is encoded again, the code is the same, except for the negative zero of mu-law") {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    CHECK(media::encode_alaw(media::decode_alaw(byte)) == byte);
    if (code != 0x7F) CHECK(media::encode_mulaw(media::decode_mulaw(byte)) == byte);
  }
}

TEST_CASE("The G.711 functions that take spans accept an output of exactly the needed size, and write nothing to a smaller one") {
  const std::array<std::int16_t, 3> pcm{0, 1000, -1000};
  std::array<std::uint8_t, 3> codes{1, 1, 1};
  CHECK(media::encode_mulaw(pcm, codes) == 3u);
  CHECK(codes[1] == media::encode_mulaw(std::int16_t{1000}));
  codes = {1, 1, 1};
  CHECK(media::encode_alaw(pcm, std::span(codes).first(2)) == base::fail(media::CodecError::OutputTooSmall));
  CHECK(codes == std::array<std::uint8_t, 3>{1, 1, 1});
  std::array<std::int16_t, 3> back{};
  CHECK(media::decode_alaw(codes, back) == 3u);
  CHECK(media::decode_mulaw(codes, std::span(back).first(2)) == base::fail(media::CodecError::OutputTooSmall));
}

TEST_CASE("Both G.711 laws encode and decode the ITU-T STL sweep with the same bits as the reference files [ITU-T G.191 g711]") {
  const auto source = offhook_test::vector_words("audio/g711/sweep.src");
  if (source.empty()) return offhook_test::skip("the shared test data has no audio/g711");
  const auto u = offhook_test::vector_words("audio/g711/sweep-r.u"), a = offhook_test::vector_words("audio/g711/sweep-r.a");
  const auto uu = offhook_test::vector_words("audio/g711/sweep-r.u-u"), aa = offhook_test::vector_words("audio/g711/sweep-r.a-a");
  const auto reu = offhook_test::vector_words("audio/g711/sweep-r.reu"),
             rea = offhook_test::vector_words("audio/g711/sweep-r.rea");
  REQUIRE(source.size() == 65536);
  for (const auto* vector : {&u, &a, &uu, &aa, &reu, &rea}) REQUIRE(vector->size() == source.size());
  int wrong_u = 0, wrong_a = 0, wrong_uu = 0, wrong_aa = 0, wrong_reu = 0, wrong_rea = 0;
  for (std::size_t i = 0; i < source.size(); ++i) {
    wrong_u += media::encode_mulaw(source[i]) != (u[i] & 0xFF);
    wrong_a += media::encode_alaw(source[i]) != (a[i] & 0xFF);
    wrong_uu += media::decode_mulaw(media::encode_mulaw(source[i])) != uu[i];
    wrong_aa += media::decode_alaw(media::encode_alaw(source[i])) != aa[i];
    wrong_reu += media::decode_mulaw(static_cast<std::uint8_t>(u[i])) != reu[i];
    wrong_rea += media::decode_alaw(static_cast<std::uint8_t>(a[i])) != rea[i];
  }
  CHECK(wrong_u == 0);
  CHECK(wrong_a == 0);
  CHECK(wrong_uu == 0);
  CHECK(wrong_aa == 0);
  CHECK(wrong_reu == 0);
  CHECK(wrong_rea == 0);
}
