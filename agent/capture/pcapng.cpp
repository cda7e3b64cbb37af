#include <offhook/agent/capture/pcapng.hpp>

#include <offhook/agent/capture/ip_packet.hpp>
#include <offhook/agent/capture/network_octets.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace offhook::inline v0::agent::capture {

namespace {

enum Block : std::uint32_t { kSection = 0x0a0d0d0a, kInterface = 1, kPacket = 6 };
enum Option : std::uint16_t { kComment = 1, kInterfaceName = 2, kPacketFlags = 2, kApplication = 4, kTimeResolution = 9 };
enum LinkType : std::uint16_t { kRawIp = 101, kUpperPdu = 252 };
constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;
constexpr std::uint32_t kMostCaptured = 262144;

/// Octets in the order of a pcapng file: little-endian, padded to 32 bits.
class Octets {
 public:
  Octets& u16(std::size_t value) { return little(value, 2); }
  Octets& u32(std::size_t value) { return little(value, 4); }
  Octets& padded(std::string_view octets) {
    text_.append(octets);
    text_.append((4 - octets.size() % 4) % 4, '\0');
    return *this;
  }
  Octets& option(Option code, std::string_view value) { return u16(code).u16(value.size()).padded(value); }
  Octets& end_of_options() { return u32(0); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  Octets& little(std::size_t value, int octets) {
    for (int i = 0; i < octets; ++i) text_ += static_cast<char>(value >> (8 * i) & 0xff);
    return *this;
  }
  std::string text_;
};

std::string block(Block type, const std::string& body) {
  const std::size_t size = body.size() + 12;
  return Octets().u32(type).u32(size).padded(body).u32(size).text();
}

std::string interface(LinkType link, std::string_view name) {
  Octets body;
  body.u16(link).u16(0).u32(kMostCaptured).option(kInterfaceName, name).option(kTimeResolution, "\x09").end_of_options();  // 10^-9 s
  return block(kInterface, body.text());
}

/// Returns the message behind the tags of Wireshark's exported PDUs, which name its dissector and its addresses.
std::string upper_pdu(const base::SocketAddress& from, const base::SocketAddress& to, std::string_view message, std::size_t) {
  struct Tag { enum : unsigned { Dissector = 12, Source4 = 20, Destination4 = 21, Source6 = 22, Destination6 = 23, PortType = 24, SourcePort = 25, DestinationPort = 26 }; };
  constexpr std::size_t kTcpPort = 2;
  NetworkOctets out;
  const auto number = [&out](unsigned tag, std::size_t value) { out.u16(tag).u16(4).u32(value); };
  const auto address = [&out](unsigned v4, unsigned v6, const base::IpAddress& ip) {
    const std::string_view octets = octets_of(ip);
    out.u16(ip.is_v6() ? v6 : v4).u16(octets.size()).bytes(octets);
  };
  out.u16(Tag::Dissector).u16(4).bytes(std::string_view("sip\0", 4));
  address(Tag::Source4, Tag::Source6, from.ip);
  address(Tag::Destination4, Tag::Destination6, to.ip);
  number(Tag::PortType, kTcpPort);
  number(Tag::SourcePort, from.port);
  number(Tag::DestinationPort, to.port);
  return out.u32(0).bytes(message).text();
}

}  // namespace

std::string PcapngWriter::begin() {
  interfaces_ = {};
  count_ = 0;
  Octets body;
  body.u32(kByteOrder).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff);  // Version 1.0, of unknown length.
  body.option(kApplication, "Offhook").option(kComment, "Secrets in the messages are masked with the letter x.").end_of_options();
  return block(kSection, body.text());
}

std::string PcapngWriter::add(const Packet& packet) {
  const bool is_udp = packet.transport == sip::Transport::Udp;
  std::string out;
  auto& number = interfaces_.at(static_cast<std::size_t>(packet.transport));
  if (!number) {
    std::string name(sip::to_string(packet.transport));
    std::transform(name.begin(), name.end(), name.begin(), base::to_lower);
    out = interface(is_udp ? kRawIp : kUpperPdu, name);
    number = count_++;
  }
  const std::string_view octets = std::string_view(packet.octets).substr(0, is_udp ? kMostInDatagram : packet.octets.size());
  const std::size_t payload = std::max(packet.size, packet.octets.size());
  const std::string data = (is_udp ? ip_packet : upper_pdu)(packet.source(), packet.destination(), octets, payload);
  const std::size_t size_on_wire = data.size() - octets.size() + payload;
  const auto time = static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(packet.at.time_since_epoch()).count());
  Octets body;
  body.u32(*number).u32(time >> 32U).u32(time).u32(data.size()).u32(size_on_wire).padded(data);
  const std::string_view flags = packet.direction == Direction::Received ? std::string_view("\1\0\0\0", 4) : std::string_view("\2\0\0\0", 4);
  body.option(kPacketFlags, flags).end_of_options();
  return out + block(kPacket, body.text());
}

bool is_pcapng(std::string_view text) { return text.starts_with("\n\r\r\n"); }

}  // namespace offhook::inline v0::agent::capture
