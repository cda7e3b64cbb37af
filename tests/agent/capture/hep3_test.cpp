#include <offhook/agent/capture/hep3.hpp>
#include <offhook/tests/agent/capture/hep3_reader.hpp>
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

}  // namespace

TEST_CASE("write_hep3() writes a packet with the octets that the specification of HEP3 requires") {
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

TEST_CASE("A reader of HEP3 gets the packet that write_hep3() wrote, for IPv4 and IPv6, with and without key and correlation ID") {
  Hep3 six = hep3_packet();
  six.source = test::address("2001:db8::1", 1);
  six.destination = test::address("2001:db8::2", 65535);
  six.ip_protocol = Hep3::kTcp;
  six.key = "secret";
  six.correlation_id = "";
  six.payload = std::string_view("\0\1\2", 3);
  for (const Hep3& each : {hep3_packet(), six}) {
    const std::string datagram = written(each);
    const auto read = test::read_hep3(datagram);
    REQUIRE(read.has_value());
    CHECK(*read == each);
  }
}

TEST_CASE("write_hep3() cuts a payload that does not fit into a UDP datagram, and writes nothing if the other chunks alone do not fit") {
  Hep3 large = hep3_packet();
  const std::size_t others = written(large).size() - large.payload.size();
  const std::string payload(kMaxHep3Octets - others, 'a');
  large.payload = payload;
  CHECK(written(large).size() == kMaxHep3Octets);
  const std::string longer = payload + "a";
  large.payload = longer;
  const std::string cut = written(large);
  CHECK(cut.size() == kMaxHep3Octets);
  REQUIRE(test::read_hep3(cut).has_value());
  CHECK(test::read_hep3(cut)->payload == payload);
  Hep3 keyed = hep3_packet();
  keyed.payload = "";
  const std::string key(kMaxHep3Octets - written(keyed).size() - 6, 'k'), longer_key = key + "k";
  keyed.key = key;
  CHECK(written(keyed).size() == kMaxHep3Octets);
  keyed.key = longer_key;
  CHECK_FALSE(write_hep3(keyed).has_value());
}
