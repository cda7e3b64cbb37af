#include <offhook/agent/capture/hep3.hpp>

#include <offhook/agent/capture/network_octets.hpp>

namespace offhook::inline v0::agent::capture {

namespace {

// A packet is "HEP3", its whole size in 16 bits, and chunks of this form:
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |          vendor (0)           |             type              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   size, with these 6 octets   |             value             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
constexpr std::string_view kBegin = "HEP3";
constexpr std::size_t kHead = 6;

enum Chunk : std::uint16_t {
  kFamily = 1, kProtocol = 2, kSource4 = 3, kDestination4 = 4, kSource6 = 5, kDestination6 = 6, kSourcePort = 7, kDestinationPort = 8,
  kSeconds = 9, kMicroseconds = 10, kPayloadType = 11, kCaptureId = 12, kKey = 14, kPayload = 15, kCorrelationId = 17,
};
enum Family : std::uint8_t { kV4 = 2, kV6 = 10 };  // The values of AF_INET and AF_INET6 on Linux.

class Writer {
 public:
  void text(Chunk type, std::string_view value) { out_.u16(0).u16(type).u16(kHead + value.size()).bytes(value); }
  void u8(Chunk type, std::uint8_t value) { out_.u16(0).u16(type).u16(kHead + 1).u8(value); }
  void u16(Chunk type, std::uint16_t value) { out_.u16(0).u16(type).u16(kHead + 2).u16(value); }
  void u32(Chunk type, std::uint32_t value) { out_.u16(0).u16(type).u16(kHead + 4).u32(value); }
  void address(Chunk v4, Chunk v6, const base::IpAddress& ip) { text(ip.is_v6() ? v6 : v4, octets_of(ip)); }
  [[nodiscard]] std::size_t packet_octets() const { return kBegin.size() + 2 + out_.text().size(); }
  [[nodiscard]] std::string packet() const { return NetworkOctets().bytes(kBegin).u16(packet_octets()).bytes(out_.text()).text(); }

 private:
  NetworkOctets out_;
};

}  // namespace

std::optional<std::string> write_hep3(const Hep3& packet) {
  if (packet.key.size() + packet.correlation_id.size() > kMaxHep3Octets) return std::nullopt;
  Writer out;
  out.u8(kFamily, packet.source.ip.is_v6() ? kV6 : kV4);
  out.u8(kProtocol, packet.ip_protocol);
  out.address(kSource4, kSource6, packet.source.ip);
  out.address(kDestination4, kDestination6, packet.destination.ip);
  out.u16(kSourcePort, packet.source.port);
  out.u16(kDestinationPort, packet.destination.port);
  out.u32(kSeconds, packet.seconds);
  out.u32(kMicroseconds, packet.microseconds);
  out.u8(kPayloadType, packet.payload_type);
  out.u32(kCaptureId, packet.capture_id);
  if (!packet.key.empty()) out.text(kKey, packet.key);
  if (!packet.correlation_id.empty()) out.text(kCorrelationId, packet.correlation_id);
  const std::size_t without_payload = out.packet_octets() + kHead;
  if (without_payload > kMaxHep3Octets) return std::nullopt;
  out.text(kPayload, packet.payload.substr(0, kMaxHep3Octets - without_payload));
  return out.packet();
}

}  // namespace offhook::inline v0::agent::capture
