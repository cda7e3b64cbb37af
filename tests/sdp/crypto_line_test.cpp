#include <offhook/sdp/crypto_line.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using sdp::CryptoLineError;
using sdp::parse_crypto_line;

namespace {

constexpr std::string_view kKey = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

std::string line(std::string_view rest) { return "1 AES_CM_128_HMAC_SHA1_80 " + std::string(rest); }

}  // namespace

TEST_CASE("parse_crypto_line reads tag, suite, key and MKI, and ignores the lifetime [RFC 4568 section 6.1]") {
  const auto read = parse_crypto_line("7 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32");
  CHECK(read == base::fail(CryptoLineError::BadMki));  // 32 octets
  for (const std::string_view lifetime : {"", "|2^20", "|1048576"}) {
    CAPTURE(lifetime);
    const auto short_mki = parse_crypto_line(line(std::string(kKey) + std::string(lifetime) + "|258:4"));
    REQUIRE(short_mki);
    CHECK(short_mki->tag == 1);
    CHECK(short_mki->suite == "AES_CM_128_HMAC_SHA1_80");
    CHECK(short_mki->secret.size() == 30);
    CHECK(short_mki->secret.front() == 'w');
    CHECK(short_mki->mki == std::vector<std::uint8_t>{0, 0, 1, 2});
  }
  CHECK(parse_crypto_line(line(kKey))->mki.empty());
}

TEST_CASE("parse_crypto_line refuses an MKI whose number does not fit its length, or whose length is over 16 octets [RFC 4568 section 6.1]") {
  const auto mki_of = [](std::string_view mki) { return parse_crypto_line(line(std::string(kKey) + "|" + std::string(mki))); };
  CHECK(mki_of("255:1")->mki == std::vector<std::uint8_t>{255});
  CHECK(mki_of("1:16")->mki.size() == 16);
  CHECK(mki_of("340282366920938463463374607431768211455:16")->mki == std::vector<std::uint8_t>(16, 255));
  for (const std::string_view bad : {"256:1", "1:17", "1:0", ":4", "1:", "x:4", "1:4:4", "340282366920938463463374607431768211456:16",
                                     "1000000000000000000000000000000000000000:16", "1:4|1:4"}) {
    CAPTURE(bad);
    CHECK(mki_of(bad) == base::fail(CryptoLineError::BadMki));
  }
}

TEST_CASE("parse_crypto_line accepts base64 without padding, and refuses other text as a key [RFC 4568 section 6.1]") {
  const std::string_view padded = "1 AEAD_AES_128_GCM inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
  CHECK(parse_crypto_line(padded)->secret.size() == 28);
  CHECK(parse_crypto_line(padded.substr(0, padded.size() - 2)) == parse_crypto_line(padded));
  CHECK(parse_crypto_line(line("inline:" + std::string(84, 'A')))->secret.size() == 63);
  for (const std::string& bad : {std::string("inline:"), std::string("inline:A"), std::string("inline:AAAA*AAA"), "inline:" + std::string(88, 'A')}) {
    CAPTURE(bad);
    CHECK(parse_crypto_line(line(bad)) == base::fail(CryptoLineError::BadKey));
  }
}

TEST_CASE("parse_crypto_line refuses lines with several keys, and with session parameters that change the packets [RFC 4568 section 6.3]") {
  const std::string key(kKey);
  CHECK(parse_crypto_line(line(key + ";" + key)) == base::fail(CryptoLineError::SeveralKeys));
  for (const std::string_view harmless : {"KDR=0", "WSH=64", "-FUTURE", "wsh=1024 kdr=0"}) CHECK(parse_crypto_line(line(key + " " + std::string(harmless))));
  for (const std::string_view other : {"UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP", "KDR=1", "FEC_ORDER=FEC_SRTP", "FUTURE", "WSH=64 FUTURE"})
    CHECK(parse_crypto_line(line(key + " " + std::string(other))) == base::fail(CryptoLineError::UnknownParameter));
}

TEST_CASE("parse_crypto_line refuses a malformed line, and a tag of more than nine digits [RFC 4568 section 9.2]") {
  const std::string key(kKey);
  for (const std::string& bad : {std::string(), std::string("1"), std::string("1 AES_CM_128_HMAC_SHA1_80"), "x AES_CM_128_HMAC_SHA1_80 " + key, "-1 AES_CM_128_HMAC_SHA1_80 " + key,
                                 "1000000000 AES_CM_128_HMAC_SHA1_80 " + key, line("outline:AAAA")}) {
    CAPTURE(bad);
    CHECK(parse_crypto_line(bad) == base::fail(CryptoLineError::Malformed));
  }
  CHECK(parse_crypto_line("999999999 AES_CM_128_HMAC_SHA1_80 " + key)->tag == sdp::CryptoLine::kMaxTag);
}

TEST_CASE("parse_crypto_line reads the result of write_crypto_line back") {
  const sdp::CryptoLine written{3, "AEAD_AES_256_GCM", std::vector<std::uint8_t>(44, 0xfe), {}};
  CHECK(parse_crypto_line(sdp::write_crypto_line(written)) == written);
}
