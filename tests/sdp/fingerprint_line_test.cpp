#include <offhook/sdp/fingerprint_line.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using sdp::FingerprintLine;
using sdp::FingerprintLineError;
using sdp::parse_fingerprint_line;

namespace {

std::string many_octets(std::size_t count) {
  std::string text = "AB";
  while (--count > 0) text += ":AB";
  return text;
}

}  // namespace

TEST_CASE("parse_fingerprint_line reads the hash function and its octets [RFC 8122 section 5]") {
  const auto read = parse_fingerprint_line("SHA-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB");
  REQUIRE(read);
  CHECK(read->hash == "sha-1");
  CHECK(read->octets.size() == 20);
  CHECK(read->octets.front() == 0x4a);
  CHECK(read->octets.back() == 0xab);
  CHECK(parse_fingerprint_line(" sha-256  0f:f0 ") == FingerprintLine{"sha-256", {0x0f, 0xf0}});
  CHECK(parse_fingerprint_line("future/1.0_x 00")->hash == "future/1.0_x");
}

TEST_CASE("parse_fingerprint_line refuses a text that is not the name of a hash and octets in hexadecimal, separated by colons [RFC 8122 section 5]") {
  for (const std::string_view bad : {"", " ", "sha-256", "sha-256 ", "AB:CD", "sha-256 A", "sha-256 ABC", "sha-256 AB:C", "sha-256 AB:",
                                     "sha-256 :AB", "sha-256 AB::CD", "sha-256 AB CD", "sha-256 AB,CD",
                                     "sha-256 AG", "sha-256 0x:AB", "sha 256 AB", "sha-256;AB"}) {
    CAPTURE(bad);
    CHECK(parse_fingerprint_line(bad) == base::fail(FingerprintLineError::Malformed));
  }
}

TEST_CASE("parse_fingerprint_line reads kMaxOctets octets and a name of kMaxHashBytes, and refuses more") {
  CHECK(parse_fingerprint_line("sha-512 " + many_octets(FingerprintLine::kMaxOctets))->octets.size() == 64);
  CHECK(parse_fingerprint_line("sha-512 " + many_octets(FingerprintLine::kMaxOctets + 1)) == base::fail(FingerprintLineError::TooLong));
  CHECK(parse_fingerprint_line(std::string(FingerprintLine::kMaxHashBytes, 'h') + " AB"));
  CHECK(parse_fingerprint_line(std::string(FingerprintLine::kMaxHashBytes + 1, 'h') + " AB") == base::fail(FingerprintLineError::TooLong));
}

TEST_CASE("write_fingerprint_line writes upper-case octets, which parse_fingerprint_line reads [RFC 8122 section 5]") {
  const FingerprintLine line{"sha-256", {0x00, 0x9f, 0xfe}};
  CHECK(sdp::write_fingerprint_line(line) == "sha-256 00:9F:FE");
  CHECK(parse_fingerprint_line(sdp::write_fingerprint_line(line)) == line);
}
