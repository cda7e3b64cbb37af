#include <offhook/agent/capture/hep3.hpp>

#include <offhook/agent/capture/network_octets.hpp>
#include <offhook/base/bytes.hpp>

#include <algorithm>
#include <array>
#include <bitset>

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
constexpr std::size_t kChunks = 18;
enum Family : std::uint8_t { kV4 = 2, kV6 = 10 };  // The values of AF_INET and AF_INET6 on Linux.

class Writer {
 public:
  void text(Chunk type, std::string_view value) { out_.u16(0).u16(type).u16(kHead + value.size()).bytes(value); }
  void u8(Chunk type, std::uint8_t value) { out_.u16(0).u16(type).u16(kHead + 1).u8(value); }
  void u16(Chunk type, std::uint16_t value) { out_.u16(0).u16(type).u16(kHead + 2).u16(value); }
  void u32(Chunk type, std::uint32_t value) { out_.u16(0).u16(type).u16(kHead + 4).u32(value); }
  void address(Chunk v4, Chunk v6, const base::IpAddress& ip) {
    text(ip.is_v6() ? v6 : v4, {reinterpret_cast<const char*>(ip.octets().data()), ip.is_v6() ? std::size_t{16} : std::size_t{4}});
  }
  [[nodiscard]] std::size_t packet_octets() const { return kBegin.size() + 2 + out_.text().size(); }
  [[nodiscard]] std::string packet() const { return NetworkOctets().bytes(kBegin).u16(packet_octets()).bytes(out_.text()).text(); }

 private:
  NetworkOctets out_;
};

template <std::size_t Size>
std::array<std::uint8_t, Size> octets_of(base::Bytes value) {
  std::array<std::uint8_t, Size> octets{};
  std::copy_n(value.begin(), Size, octets.begin());
  return octets;
}

/// Collects the chunks of a packet.
class Collector {
 public:
  /// Returns false if the value does not have the size of its type.
  bool add(std::uint16_t type, base::Bytes value) {
    base::ByteReader number(value);
    switch (type) {
      case kProtocol: packet_.ip_protocol = number.u8(); break;
      case kSource4: return set_address(type, packet_.source.ip, value, 4);
      case kDestination4: return set_address(type, packet_.destination.ip, value, 4);
      case kSource6: return set_address(type, packet_.source.ip, value, 16);
      case kDestination6: return set_address(type, packet_.destination.ip, value, 16);
      case kSourcePort: packet_.source.port = number.u16(); break;
      case kDestinationPort: packet_.destination.port = number.u16(); break;
      case kSeconds: packet_.seconds = number.u32(); break;
      case kMicroseconds: packet_.microseconds = number.u32(); break;
      case kPayloadType: packet_.payload_type = number.u8(); break;
      case kCaptureId: packet_.capture_id = number.u32(); break;
      case kKey: return set_text(type, packet_.key, value);
      case kPayload: return set_text(type, packet_.payload, value);
      case kCorrelationId: return set_text(type, packet_.correlation_id, value);
      default: return true;
    }
    seen_.set(type);
    return number.ok() && number.remaining() == 0;
  }
  [[nodiscard]] bool is_complete() const {
    const bool has_numbers = seen_[kProtocol] && seen_[kSourcePort] && seen_[kDestinationPort] && seen_[kSeconds] && seen_[kMicroseconds] && seen_[kPayloadType];
    return has_numbers && seen_[kPayload] && seen_[kSource4] != seen_[kSource6] && seen_[kDestination4] != seen_[kDestination6] && seen_[kSource4] == seen_[kDestination4];
  }
  [[nodiscard]] const Hep3& packet() const { return packet_; }

 private:
  bool set_text(std::uint16_t type, std::string_view& into, base::Bytes value) {
    seen_.set(type);
    into = {reinterpret_cast<const char*>(value.data()), value.size()};
    return true;
  }
  bool set_address(std::uint16_t type, base::IpAddress& into, base::Bytes value, std::size_t size) {
    if (value.size() != size) return false;
    seen_.set(type);
    into = size == 4 ? base::IpAddress::v4(octets_of<4>(value)) : base::IpAddress::v6(octets_of<16>(value));
    return true;
  }

  Hep3 packet_;
  std::bitset<kChunks> seen_;
};

}  // namespace

std::string_view to_string(Hep3Error error) {
  switch (error) {
    case Hep3Error::NotHep3: return "not a packet of HEP3";
    case Hep3Error::WrongLength: return "a wrong length";
    case Hep3Error::Missing: return "a necessary chunk is missing";
  }
  return "";
}

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

base::Result<Hep3, Hep3Error> parse_hep3(std::string_view datagram) {
  if (!datagram.starts_with(kBegin)) return base::fail(Hep3Error::NotHep3);
  base::ByteReader in({reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size()});
  (void)in.take(kBegin.size());
  if (in.u16() != datagram.size() || !in.ok()) return base::fail(Hep3Error::WrongLength);
  Collector chunks;
  while (in.remaining() > 0) {
    const auto vendor = in.u16(), type = in.u16(), size = in.u16();
    const base::Bytes value = in.take(size < kHead ? in.remaining() + 1 : size - kHead);
    if (!in.ok()) return base::fail(Hep3Error::WrongLength);
    if (vendor == 0 && !chunks.add(type, value)) return base::fail(Hep3Error::WrongLength);
  }
  if (!chunks.is_complete()) return base::fail(Hep3Error::Missing);
  return chunks.packet();
}

}  // namespace offhook::inline v0::agent::capture
