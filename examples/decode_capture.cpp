// Writes the audio of each RTP stream in a capture to a WAV file:     decode_capture CAPTURE.pcap FOLDER
#include <offhook/media/codec/g711.hpp>
#include <offhook/media/files/wav.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/sequence.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace base = offhook::base;
namespace media = offhook::media;
namespace rtp = offhook::rtp;

// The audio of one sender. Packets may be lost or out of order. Therefore the timestamp of each packet gives its position.
struct Voice {
  rtp::TimestampUnwrapper timestamps;
  std::map<std::int64_t, std::vector<std::int16_t>> pieces;

  void add(const rtp::Packet& packet) {
    std::vector<std::int16_t> pcm(packet.payload.size());
    const auto decoded = packet.payload_type == 0 ? media::decode_mulaw(packet.payload, pcm) : media::decode_alaw(packet.payload, pcm);
    if (decoded) pieces.emplace(timestamps.unwrap(packet.timestamp), std::move(pcm));
  }
  std::vector<std::int16_t> whole() const {
    constexpr std::int64_t kLongest = 8000 * 3600;  // One hour: a jump of the timestamp must not fill the disk with silence.
    std::vector<std::int16_t> all;
    for (const auto& [at, pcm] : pieces) {
      const auto begin = static_cast<std::size_t>(at - pieces.begin()->first);
      if (at - pieces.begin()->first > kLongest) break;
      all.resize(std::max(all.size(), begin + pcm.size()));
      std::copy(pcm.begin(), pcm.end(), all.begin() + static_cast<std::ptrdiff_t>(begin));
    }
    return all;
  }
};

// Returns the UDP payload of an Ethernet frame, or an empty value if the frame contains anything else.
base::Bytes udp_payload(base::Bytes frame) {
  base::ByteReader reader(frame);
  reader.take(12);
  if (reader.u16() != 0x0800) return {};  // IPv4
  const std::size_t header = std::size_t{4} * (reader.u8() & 15u);
  reader.take(8);
  const bool udp = reader.u8() == 17;
  reader.take(header < 20 ? 0 : header - 10);
  reader.take(4);
  const std::size_t length = reader.u16();  // includes the UDP header
  reader.u16();
  if (!udp || header < 20 || length < 8) return {};
  const auto payload = reader.take(length - 8);
  return reader.ok() ? payload : base::Bytes{};
}

std::uint32_t little_endian(base::Bytes four) {
  std::uint32_t value = 0;
  for (std::size_t i = four.size(); i-- > 0;) value = value << 8 | four[i];
  return value;
}

int main(int argc, char** argv) {
  if (argc != 3) return std::printf("usage: decode_capture CAPTURE.pcap FOLDER\n"), 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::vector<std::uint8_t> capture{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  base::ByteReader reader(capture);
  if (reader.u32() != 0xD4C3B2A1) return std::printf("the file is not a little-endian capture of libpcap\n"), 1;
  reader.take(20);

  std::map<std::uint32_t, Voice> voices;  // key: SSRC
  while (reader.ok() && reader.remaining() >= 16) {
    reader.take(8);  // This skips the time of the capture, which an offline decoder does not need.
    const auto size = little_endian(reader.take(4));
    reader.take(4);
    const auto packet = rtp::parse_packet(udp_payload(reader.take(size)));
    if (packet && (packet->payload_type == 0 || packet->payload_type == 8)) voices[packet->ssrc].add(*packet);
  }

  for (const auto& [ssrc, voice] : voices) {
    const auto wav = media::write_wav({.rate_hz = 8000}, voice.whole());
    const std::string name = std::string(argv[2]) + "/" + std::to_string(ssrc) + ".wav";
    std::ofstream(name, std::ios::binary).write(reinterpret_cast<const char*>(wav.data()), static_cast<std::streamsize>(wav.size()));
    std::printf("%s: %zu packets\n", name.c_str(), voice.pieces.size());
  }
  return voices.empty() ? 1 : 0;
}
