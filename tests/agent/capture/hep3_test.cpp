#include <offhook/agent/capture/hep3.hpp>
#include <offhook/tests/agent/capture/packets.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace offhook;
using namespace offhook::agent::capture;

namespace {

Hep3 hep3_packet() {
  Hep3 packet;
  packet.source = test::address("192.0.2.1", 5060);
  packet.destination = test::address("192.0.2.7", 5070);
  packet.seconds = 0x01020304;
  packet.microseconds = 999999;
  packet.capture_id = 2001;
  packet.correlation_id = "call-1";
  packet.payload = "OPTIONS sip:a SIP/2.0\r\n\r\n";
  return packet;
}

std::string written(const Hep3& packet) {
  const auto datagram = write_hep3(packet);
  REQUIRE(datagram.has_value());
  return *datagram;
}

/// Returns the datagram without the chunk of that type.
std::string without(std::string datagram, unsigned type) {
  for (std::size_t i = 6; i + 6 <= datagram.size();) {
    const auto octet = [&](std::size_t k) { return static_cast<unsigned char>(datagram[i + k]); };
    const std::size_t size = octet(4) * 256U + octet(5);
    if (octet(3) == type) datagram.erase(i, size);
    else i += size;
  }
  datagram[4] = static_cast<char>(datagram.size() / 256);
  datagram[5] = static_cast<char>(datagram.size() % 256);
  return datagram;
}

}  // namespace

TEST_CASE("A packet of HEP3 has the octets of the specification") {
  Hep3 small = hep3_packet();
  small.payload = "P";
  small.correlation_id = "";
  const std::string expected =
      std::string("HEP3\0\x6d", 6) + std::string("\0\0\0\1\0\7\2", 7) + std::string("\0\0\0\2\0\7\x11", 7) + std::string("\0\0\0\3\0\x0a\xc0\0\2\1", 10) +
      std::string("\0\0\0\4\0\x0a\xc0\0\2\7", 10) + std::string("\0\0\0\7\0\x08\x13\xc4", 8) + std::string("\0\0\0\x08\0\x08\x13\xce", 8) +
      std::string("\0\0\0\x09\0\x0a\1\2\3\4", 10) + std::string("\0\0\0\x0a\0\x0a\0\x0f\x42\x3f", 10) + std::string("\0\0\0\x0b\0\7\1", 7) +
      std::string("\0\0\0\x0c\0\x0a\0\0\x07\xd1", 10) + std::string("\0\0\0\x0e\0\x09key", 9) + std::string("\0\0\0\x0f\0\7P", 7);
  small.key = "key";
  CHECK(written(small) == expected);
}

TEST_CASE("A written packet parses to the same packet, over IPv4 and IPv6, with and without key and correlation") {
  Hep3 six = hep3_packet();
  six.source = test::address("2001:db8::1", 1);
  six.destination = test::address("2001:db8::2", 65535);
  six.ip_protocol = Hep3::kTcp;
  six.key = "secret";
  six.correlation_id = "";
  six.payload = std::string_view("\0\1\2", 3);
  for (const Hep3& each : {hep3_packet(), six}) {
    const std::string datagram = written(each);
    const auto parsed = parse_hep3(datagram);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == each);
  }
}

TEST_CASE("A packet fills a UDP datagram, a longer payload is cut, and a packet that is too long without payload is not written") {
  Hep3 large = hep3_packet();
  const std::size_t others = written(large).size() - large.payload.size();
  const std::string payload(kMaxHep3Octets - others, 'a');
  large.payload = payload;
  CHECK(written(large).size() == kMaxHep3Octets);
  const std::string longer = payload + "a";
  large.payload = longer;
  const std::string cut = written(large);
  CHECK(cut.size() == kMaxHep3Octets);
  REQUIRE(parse_hep3(cut).has_value());
  CHECK(parse_hep3(cut)->payload == payload);
  Hep3 keyed = hep3_packet();
  keyed.payload = "";
  const std::string key(kMaxHep3Octets - written(keyed).size() - 6, 'k'), longer_key = key + "k";
  keyed.key = key;
  CHECK(written(keyed).size() == kMaxHep3Octets);
  keyed.key = longer_key;
  CHECK_FALSE(write_hep3(keyed).has_value());
}

TEST_CASE("The parser ignores chunks of other vendors and of unknown types") {
  std::string datagram = written(hep3_packet()) + std::string("\0\1\0\3\0\6", 6) + std::string("\0\0\0\x63\0\x07z", 7);
  datagram[5] = static_cast<char>(datagram.size());
  const auto parsed = parse_hep3(datagram);
  REQUIRE(parsed.has_value());
  CHECK(*parsed == hep3_packet());
}

TEST_CASE("The parser refuses other datagrams, wrong lengths, and packets without a necessary chunk") {
  const std::string good = written(hep3_packet());
  CHECK(parse_hep3("") == base::fail(Hep3Error::NotHep3));
  CHECK(parse_hep3("HEP2\0\6") == base::fail(Hep3Error::NotHep3));
  CHECK(parse_hep3("HEP3") == base::fail(Hep3Error::WrongLength));
  for (std::size_t size = 4; size < good.size(); ++size) {
    std::string cut = good.substr(0, size);
    CHECK(parse_hep3(cut) == base::fail(Hep3Error::WrongLength));
    if (size < 6) continue;
    cut[4] = static_cast<char>(size / 256);
    cut[5] = static_cast<char>(size % 256);
    CHECK_FALSE(parse_hep3(cut).has_value());
  }
  CHECK(parse_hep3(good + "x") == base::fail(Hep3Error::WrongLength));
  std::string short_chunk = good;
  short_chunk[11] = 5;
  CHECK(parse_hep3(short_chunk) == base::fail(Hep3Error::WrongLength));
  for (const unsigned type : {2U, 3U, 4U, 7U, 8U, 9U, 10U, 11U, 12U}) {
    CAPTURE(type);
    std::string longer = good + std::string("\0\0\0\0\0\x0b" "abcde", 11);  // No number and no address has five octets.
    longer[good.size() + 3] = static_cast<char>(type);
    longer[5] = static_cast<char>(longer.size());
    CHECK(parse_hep3(longer) == base::fail(Hep3Error::WrongLength));
  }
  for (const unsigned type : {2U, 3U, 4U, 7U, 8U, 9U, 10U, 11U, 15U}) {
    CAPTURE(type);
    const auto parsed = parse_hep3(without(good, type));
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed == base::fail(Hep3Error::Missing));
  }
  for (const unsigned type : {1U, 12U, 17U}) CHECK(parse_hep3(without(good, type)).has_value());
}
