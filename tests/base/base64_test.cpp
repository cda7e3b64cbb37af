#include <offhook/base/base64.hpp>
#include <offhook/base/detail/base64_kernels.hpp>

#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace offhook::base;

namespace {

using Octets = std::vector<std::uint8_t>;

Octets octets_of(std::string_view text) { return {text.begin(), text.end()}; }

std::string encoded(const Octets& octets) {
  std::string text;
  append_base64(text, octets);
  return text;
}

Result<Octets, Base64Error> decoded(std::string_view text) {
  Octets octets(base64_decoded_size(text));
  const auto size = decode_base64(text, octets);
  if (!size) return fail(size.error());
  REQUIRE(*size == octets.size());
  return octets;
}

/// Returns pseudo-random octets. Over many sizes and seeds, every octet value occurs at every place of a block.
Octets some_octets(std::size_t size, std::uint32_t seed) {
  Octets octets(size);
  for (auto& octet : octets) octet = static_cast<std::uint8_t>((seed = seed * 1664525U + 1013904223U) >> 24U);
  return octets;
}

/// Encodes bit by bit, as RFC 4648 section 4 describes it. The tests compare all other encoders with this one.
std::string plainly_encoded(const Octets& octets) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t bit = 0; bit < octets.size() * 8; bit += 6) {
    std::size_t six = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) six = six * 2 + (i / 8 < octets.size() ? (octets[i / 8] >> (7 - i % 8)) & 1U : 0U);
    text += kAlphabet[six];
  }
  while (text.size() % 4 != 0) text += '=';
  return text;
}

}  // namespace

TEST_CASE("base64 encodes and decodes the test vectors [RFC 4648 section 10]") {
  static constexpr std::pair<std::string_view, std::string_view> kVectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : kVectors) {
    CHECK(encoded(octets_of(plain)) == text);
    CHECK(decoded(text) == octets_of(plain));
  }
}

TEST_CASE("base64 encodes octets of any length as a bit-by-bit encoder does, and decodes them back [RFC 4648 section 4]") {
  for (std::size_t size = 0; size <= 300; ++size) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
      const Octets octets = some_octets(size, seed * 77 + static_cast<std::uint32_t>(size));
      const std::string text = encoded(octets);
      REQUIRE(text == plainly_encoded(octets));
      REQUIRE(base64_decoded_size(text) == size);
      REQUIRE(decoded(text) == octets);
    }
  }
}

TEST_CASE("base64 encodes every octet value correctly at every place of a long text [RFC 4648 section 4]") {
  for (std::uint32_t value = 0; value < 256; ++value) {
    for (std::size_t place = 0; place < 60; ++place) {
      Octets octets(60, 0x55);
      octets[place] = static_cast<std::uint8_t>(value);
      const std::string text = encoded(octets);
      REQUIRE(text == plainly_encoded(octets));
      REQUIRE(decoded(text) == octets);
    }
  }
}

TEST_CASE("base64 decoding refuses a text with a foreign character at any place [RFC 4648 section 3.3]") {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool known = kAlphabet.find(c) != std::string_view::npos;
    for (std::size_t place = 0; place < 76; ++place) {
      if (c == '=' && place == 75) continue;  // The next test checks padding at the end.
      std::string text(76, 'A');
      text[place] = c;
      const auto result = decoded(text);
      REQUIRE(result.has_value() == known);
      if (!known) REQUIRE(result == offhook::base::fail(Base64Error::BadCharacter));
    }
  }
}

TEST_CASE("base64 decoding accepts padding only at the end, and only as many characters as the length allows [RFC 4648 section 4]") {
  CHECK(decoded("AA==")->size() == 1);
  CHECK(decoded("AAA=")->size() == 2);
  for (const auto* text : {"A===", "====", "=AAA", "A=AA", "AA=A", "AA==AAAA", "AAA=AAAA", "AAAA====", "AAAAA==="})
    CHECK(decoded(text) == fail(Base64Error::BadCharacter));
  for (const auto* text : {"A", "AA", "AAA", "AAAAA", "AA=", "Zg==\n", "="}) CHECK(decoded(text) == fail(Base64Error::BadLength));
}

TEST_CASE("base64 decoding refuses a text with bits set after its last octet [RFC 4648 section 3.5]") {
  for (const auto* text : {"Zh==", "Z/==", "Zm9="}) CHECK(decoded(text) == fail(Base64Error::BadPadding));
  CHECK(decoded("Zm8=").has_value());
}

TEST_CASE("base64 writes into a buffer of exactly the needed size, and writes nothing into a smaller one") {
  for (std::size_t size = 1; size <= 300; ++size) {
    const Octets octets = some_octets(size, static_cast<std::uint32_t>(size));
    std::vector<char> text(base64_encoded_size(size));
    REQUIRE(encode_base64(octets, text) == text.size());
    std::vector<char> short_of_one(text.size() - 1, '#');
    REQUIRE(encode_base64(octets, short_of_one) == fail(Base64Error::OutputTooSmall));
    REQUIRE(std::all_of(short_of_one.begin(), short_of_one.end(), [](char c) { return c == '#'; }));

    Octets room(size + 1, 0xEE);  // One octet more than needed; the decoder does not write it.
    REQUIRE(decode_base64({text.data(), text.size()}, room) == size);
    REQUIRE(room.back() == 0xEE);
    Octets too_small(size - 1, 0xEE);
    REQUIRE(decode_base64({text.data(), text.size()}, too_small) == fail(Base64Error::OutputTooSmall));
    REQUIRE(std::all_of(too_small.begin(), too_small.end(), [](std::uint8_t octet) { return octet == 0xEE; }));
  }
}

TEST_CASE("append_base64 keeps the text before the appended part") {
  std::string text = "{\"audio\":\"";
  append_base64(text, octets_of("foobar"));
  CHECK(text == "{\"audio\":\"Zm9vYmFy");
}

TEST_CASE("The base64 kernel of this machine encodes and decodes all but the last few octets, and leaves only these to the scalar code") {
  const auto& kernel = detail::base64_chosen();
  MESSAGE("base64 by ", std::string(kernel.name));
  if (&kernel == &detail::kBase64Scalar) return offhook_test::skip("this machine uses the scalar code alone");
  const Octets octets = some_octets(480, 1);  // 20 ms of audio at 24 kHz are 960 octets, and 20 ms of G.711 are 160.
  std::string text(640, '#');
  const std::size_t taken = kernel.encode(octets.data(), octets.size(), text.data());
  CHECK(taken > 440);
  CHECK(text.substr(0, taken / 3 * 4) == plainly_encoded(octets).substr(0, taken / 3 * 4));
  const std::string whole = plainly_encoded(octets);
  Octets back(480);
  CHECK(kernel.decode(whole.data(), whole.size(), back.data()) == 640);
  CHECK(back == octets);
}
