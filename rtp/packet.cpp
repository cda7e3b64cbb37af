#include <offhook/rtp/packet.hpp>

namespace offhook::inline v0::rtp {

std::string_view to_string(PacketError error) {
  switch (error) {
    case PacketError::TooShort: return "the packet is shorter than its header says";
    case PacketError::BadVersion: return "the packet is not RTP version 2";
    case PacketError::BadPadding: return "the padding count of the packet is 0, or reaches into the header";
    case PacketError::BadField: return "a field of the packet is out of range";
    case PacketError::OutputTooSmall: return "the output has too little space for the packet";
  }
  return "unknown";
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                           timestamp                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           synchronization source (SSRC) identifier            |
// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
// |            contributing source (CSRC) identifiers             |
// |                             ....                              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |      defined by profile       |           length              |  X set: RFC 3550 section 5.3.1, length in words of
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  32 bits behind these four octets
base::Result<Packet, PacketError> parse_packet(base::Bytes datagram) {
  base::ByteReader reader(datagram);
  Packet packet;
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  packet.sequence = reader.u16();
  packet.timestamp = reader.u32();
  packet.ssrc = reader.u32();
  if (!reader.ok()) return base::fail(PacketError::TooShort);
  if (first >> 6 != 2) return base::fail(PacketError::BadVersion);

  packet.marker = (second & 0x80) != 0;
  packet.payload_type = second & 0x7F;
  packet.csrc_count = first & 0x0F;
  for (std::size_t i = 0; i < packet.csrc_count; ++i) packet.csrc[i] = reader.u32();
  packet.has_extension = (first & 0x10) != 0;
  if (packet.has_extension) {
    packet.extension_profile = reader.u16();
    const std::size_t words = reader.u16();
    packet.extension = reader.take(words * 4);
  }
  if (!reader.ok()) return base::fail(PacketError::TooShort);

  packet.payload = reader.rest();
  if ((first & 0x20) != 0) {
    if (packet.payload.empty()) return base::fail(PacketError::BadPadding);
    packet.padding = packet.payload.back();
    if (packet.padding == 0 || packet.padding > packet.payload.size()) return base::fail(PacketError::BadPadding);
    packet.payload = packet.payload.first(packet.payload.size() - packet.padding);
  }
  return packet;
}

base::Result<std::size_t, PacketError> write_packet(const Packet& packet, std::span<std::uint8_t> out) {
  constexpr std::size_t kMaxExtensionWords = 0xFFFF;
  if (packet.payload_type > kMaxPayloadType || packet.csrc_count > kMaxCsrc) return base::fail(PacketError::BadField);
  if (packet.extension.size() % 4 != 0 || packet.extension.size() / 4 > kMaxExtensionWords)
    return base::fail(PacketError::BadField);
  if (!packet.has_extension && !packet.extension.empty()) return base::fail(PacketError::BadField);

  base::ByteWriter writer(out);
  writer.u8(
      static_cast<std::uint8_t>(0x80 | (packet.padding != 0 ? 0x20 : 0) | (packet.has_extension ? 0x10 : 0) | packet.csrc_count));
  writer.u8(static_cast<std::uint8_t>((packet.marker ? 0x80 : 0) | packet.payload_type));
  writer.u16(packet.sequence);
  writer.u32(packet.timestamp);
  writer.u32(packet.ssrc);
  for (std::size_t i = 0; i < packet.csrc_count; ++i) writer.u32(packet.csrc[i]);
  if (packet.has_extension) {
    writer.u16(packet.extension_profile);
    writer.u16(static_cast<std::uint16_t>(packet.extension.size() / 4));
    writer.bytes(packet.extension);
  }
  writer.bytes(packet.payload);
  for (int i = 1; i < packet.padding; ++i) writer.u8(0);
  if (packet.padding != 0) writer.u8(packet.padding);
  if (!writer.ok()) return base::fail(PacketError::OutputTooSmall);
  return writer.size();
}

bool is_rtcp(base::Bytes datagram) {
  constexpr std::uint8_t kFirstType = 192, kLastType = 223;  // RFC 5761 section 4
  return datagram.size() >= 2 && datagram[1] >= kFirstType && datagram[1] <= kLastType;
}

}  // namespace offhook::inline v0::rtp
