#include <offhook/agent/capture/pcapng.hpp>
#include <offhook/tests/agent/capture/packets.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using namespace offhook::agent::capture;
using sip::Transport;

namespace {

std::string message(std::string_view method) {
  return std::string(method) + " sip:6001@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:6001@b>\r\nCall-ID: " + std::string(method) +
         "\r\nCSeq: 1 " + std::string(method) + "\r\nContent-Length: 0\r\n\r\n";
}

Packet packet(Transport transport, Direction direction, std::string_view method, std::int64_t nanoseconds = 0) {
  return {direction, agent::WallTime(std::chrono::seconds(1795747165) + std::chrono::nanoseconds(nanoseconds)), transport, test::address("192.0.2.1", 5070), test::address("192.0.2.7", 443), message(method)};
}

std::string file_with(const std::vector<Packet>& packets) {
  PcapngWriter writer;
  std::string file = writer.begin();
  for (const Packet& each : packets) file += writer.add(each);
  return file;
}

std::uint32_t u32(const std::string& file, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<unsigned char>(file.at(at + i));
  return value;
}

std::string hex(const std::string& octets) {
  std::string text;
  for (const char octet : octets) text += fmt::format("{:02x}", static_cast<unsigned char>(octet));
  return text;
}

/// Returns the types of the blocks. Checks that both size fields of each block are equal, and that the file ends with a whole block.
std::vector<std::uint32_t> blocks_of(const std::string& file) {
  std::vector<std::uint32_t> types;
  for (std::size_t i = 0; i < file.size();) {
    const std::uint32_t size = u32(file, i + 4);
    REQUIRE(size % 4 == 0);
    REQUIRE(size >= 12);
    REQUIRE(u32(file, i + size - 4) == size);
    types.push_back(u32(file, i));
    i += size;
  }
  return types;
}

/// Returns the output of tshark with these arguments for the file; nullopt if there is no tshark.
std::optional<std::string> tshark(const std::string& file, const std::string& arguments) {
  if (std::system("command -v tshark >/dev/null") != 0) return std::nullopt;
  const test::Folder folder;
  folder.put("capture", file);
  FILE* pipe = ::popen(("tshark -r " + folder.path + "/capture " + arguments + " 2>/dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> part;
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), pipe)) out.append(part.data(), got);
  CHECK(::pclose(pipe) == 0);
  return out;
}

}  // namespace

TEST_CASE("A capture begins with a section header block, and the first packet of each transport begins the interface of this transport") {
  const auto udp = packet(Transport::Udp, Direction::Sent, "OPTIONS"), tls = packet(Transport::Tls, Direction::Sent, "OPTIONS");
  CHECK(is_pcapng(file_with({})));
  CHECK_FALSE(is_pcapng("\n\r"));
  CHECK(blocks_of(file_with({})) == std::vector<std::uint32_t>{0x0a0d0d0a});
  CHECK(blocks_of(file_with({udp, udp, tls, udp, tls})) == std::vector<std::uint32_t>{0x0a0d0d0a, 1, 6, 6, 1, 6, 6, 6});
}

TEST_CASE("If a PcapngWriter begins a second file, this file has its own interfaces") {
  PcapngWriter writer;
  (void)writer.begin();
  (void)writer.add(packet(Transport::Tls, Direction::Sent, "OPTIONS"));
  std::string second = writer.begin();
  second += writer.add(packet(Transport::Udp, Direction::Sent, "OPTIONS"));
  CHECK(second == file_with({packet(Transport::Udp, Direction::Sent, "OPTIONS")}));
}

TEST_CASE("PcapngWriter writes packets over UDP and over a stream with the octets that the specifications require [RFC 768, RFC 791, RFC 8200]") {
  PcapngWriter writer;
  (void)writer.begin();
  Packet each = packet(Transport::Udp, Direction::Sent, "");
  each.octets = "abc";
  CHECK(hex(writer.add(each)) ==
        "01000000" "28000000" "6500" "0000" "00000400" "02000300" "75647000" "09000100" "09000000" "00000000" "28000000"     // Interface "udp", in nanoseconds.
        "06000000" "4c000000" "00000000" "88c6eb18" "00623d44" "1f000000" "1f000000"                                         // Interface 0, time, sizes.
        "4500001f" "00000000" "4011f6c5" "c0000201" "c0000207" "13ce" "01bb" "000b" "a1e3" "616263" "00"                     // IPv4, UDP, abc, padding.
        "02000400" "02000000" "00000000" "4c000000");                                                                        // Sent.
  each.local = test::address("2001:db8::1", 5070);
  each.remote = test::address("2001:db8::2", 443);
  CHECK(hex(writer.add(each)) ==
        "06000000" "60000000" "00000000" "88c6eb18" "00623d44" "33000000" "33000000"
        "60000000" "000b1140" "20010db8000000000000000000000001" "20010db8000000000000000000000002" "13ce" "01bb" "000b" "ca77" "616263" "00"
        "02000400" "02000000" "00000000" "60000000");
  each = packet(Transport::Tls, Direction::Received, "");
  each.octets = "abc";
  CHECK(hex(writer.add(each)) ==
        "01000000" "28000000" "fc00" "0000" "00000400" "02000300" "746c7300" "09000100" "09000000" "00000000" "28000000"     // Interface "tls".
        "06000000" "64000000" "01000000" "88c6eb18" "00623d44" "37000000" "37000000"
        "000c0004" "73697000" "00140004" "c0000207" "00150004" "c0000201"                                                    // Dissector "sip", addresses.
        "00180004" "00000002" "00190004" "000001bb" "001a0004" "000013ce" "00000000" "616263" "00"                           // TCP, ports, end, abc.
        "02000400" "01000000" "00000000" "64000000");                                                                        // Received.
}

TEST_CASE("PcapngWriter writes a message of the largest size of a datagram as one packet, and cuts a longer message to this size") {
  for (const std::size_t size : {std::size_t{65507}, std::size_t{65508}, std::size_t{70000}}) {
    Packet large = packet(Transport::Udp, Direction::Sent, "OPTIONS");
    large.octets = std::string(size, 'a');
    const std::string file = file_with({large});
    CHECK(blocks_of(file).size() == 3);
    const std::size_t begin = file.find("aaaa");
    CHECK(file.find_first_not_of('a', begin) - begin == std::min<std::size_t>(size, 65507));
    const std::size_t sizes = file.find(std::string("\x45\0", 2)) - 8;  // The captured size and the original size come before the IP packet.
    CHECK(u32(file, sizes) == 28 + std::min<std::size_t>(size, 65507));
    CHECK(u32(file, sizes + 4) == 28 + size);
  }
}

TEST_CASE("tshark reads messages of all transports, with addresses, ports, directions and times") {
  std::vector<Packet> packets;
  for (const Transport transport : {Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss})
    packets.push_back(packet(transport, transport == Transport::Tls ? Direction::Received : Direction::Sent, "OPTIONS", 123456789));
  packets.push_back(packet(Transport::Udp, Direction::Received, "REGISTER", 999999999));
  Packet six = packet(Transport::Udp, Direction::Sent, "MESSAGE");
  six.local = test::address("2001:db8::1", 5060);
  six.remote = test::address("2001:db8::2", 5061);
  packets.push_back(six);
  six.transport = Transport::Tls;
  packets.push_back(six);
  const auto told = tshark(file_with(packets),
                           "-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -E separator=' ' -e frame.interface_name -e frame.packet_flags_direction -e frame.time_epoch "
                           "-e _ws.col.Source -e udp.srcport -e exported_pdu.src_port -e _ws.col.Destination -e udp.dstport -e exported_pdu.dst_port -e sip.Method -e ip.checksum.status -e udp.checksum.status");
  if (!told) return offhook_test::skip("there is no tshark (apt-get install tshark)");
  CHECK(*told ==
        "udp 0x00000002 1795747165.123456789 192.0.2.1 5070  192.0.2.7 443  OPTIONS 1 1\n"
        "tcp 0x00000002 1795747165.123456789 192.0.2.1  5070 192.0.2.7  443 OPTIONS  \n"
        "tls 0x00000001 1795747165.123456789 192.0.2.7  443 192.0.2.1  5070 OPTIONS  \n"
        "ws 0x00000002 1795747165.123456789 192.0.2.1  5070 192.0.2.7  443 OPTIONS  \n"
        "wss 0x00000002 1795747165.123456789 192.0.2.1  5070 192.0.2.7  443 OPTIONS  \n"
        "udp 0x00000001 1795747165.999999999 192.0.2.7 443  192.0.2.1 5070  REGISTER 1 1\n"
        "udp 0x00000002 1795747165.000000000 2001:db8::1 5060  2001:db8::2 5061  MESSAGE  1\n"
        "tls 0x00000002 1795747165.000000000 2001:db8::1  5060 2001:db8::2  5061 MESSAGE  \n");
}

TEST_CASE("tshark reads the header of RTP without its audio, with the size that the packet had on the wire") {
  Packet rtp = packet(Transport::Udp, Direction::Sent, "");
  rtp.octets = std::string("\x80\x00\x12\x34\x00\x00\x00\x01\x00\x00\x00\x07", 12);
  rtp.size = 172;
  Packet six = rtp;
  six.local = test::address("2001:db8::1", 5070);
  six.remote = test::address("2001:db8::2", 443);
  const auto told = tshark(file_with({rtp, six}), "-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -d udp.port==5070,rtp -T fields -E separator=' ' -e frame.len -e frame.cap_len -e udp.length -e rtp.seq -e rtp.ssrc -e _ws.expert.message");
  if (!told) return offhook_test::skip("there is no tshark (apt-get install tshark)");
  CHECK(*told == "200 40 180 4660 0x00000007 \n220 60 180 4660 0x00000007 \n");
}
