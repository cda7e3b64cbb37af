// The input is a file that may be Opus in Ogg. If the first octet is odd, the target corrects the checksum of each page, so that the input
// reaches the code behind the check.
#include <offhook/fuzz/require.hpp>
#include <offhook/media/files/ogg_opus.hpp>

#include <array>
#include <vector>

using namespace offhook;

namespace {

constexpr std::size_t kMaxSamples = 16000;

void put_checksum(std::span<std::uint8_t> page) {
  for (std::size_t i = 22; i < 26; ++i) page[i] = 0;
  std::uint32_t crc = 0;
  for (const std::uint8_t octet : page) {
    crc ^= static_cast<std::uint32_t>(octet) << 24;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80000000U) != 0 ? (crc << 1) ^ 0x04C11DB7U : crc << 1;
  }
  for (std::size_t i = 0; i < 4; ++i) page[22 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
}

void put_checksums(std::span<std::uint8_t> file) {
  while (file.size() >= 27) {
    std::size_t size = 27 + std::size_t{file[26]};
    if (file.size() < size) return;
    for (std::size_t i = 27; i < 27 + std::size_t{file[26]}; ++i) size += file[i];
    if (file.size() < size) return;
    put_checksum(file.first(size));
    file = file.subspan(size);
  }
}

/// Writes the packets of the file to a new file, and checks that the reader returns the same packets.
void read_and_write(base::Bytes file) {
  media::OggReader reader(file);
  media::OggWriter writer(1);
  std::vector<std::vector<std::uint8_t>> packets;
  std::vector<std::uint8_t> copy;
  std::size_t octets = 0;
  for (;;) {
    const auto packet = reader.next();
    if (!packet || !*packet) break;
    fuzz::require((*packet)->octets.size() <= media::kMaxOggReadPacket);
    octets += (*packet)->octets.size();
    if (!writer.add((*packet)->octets, 0, copy)) continue;
    packets.emplace_back((*packet)->octets.begin(), (*packet)->octets.end());
  }
  fuzz::require(octets <= file.size());
  writer.finish(0, copy);
  media::OggReader again(copy);
  for (const auto& expected : packets) {
    const auto packet = again.next();
    fuzz::require(packet && *packet && std::vector<std::uint8_t>((*packet)->octets.begin(), (*packet)->octets.end()) == expected);
  }
  const auto end = again.next();
  fuzz::require(end && !*end);
}

void split_and_join(base::Bytes packet) {
  std::array<std::uint8_t, media::kMaxOpusPayload> room{};
  const auto pair = media::split_opus(packet, room);
  if (!pair) return;
  std::vector<std::uint8_t> joined;
  if (pair->left.size() - 1 > media::kMaxOpusFrameOctets) return;
  fuzz::require(media::join_opus(pair->left, pair->right, joined).has_value());
  fuzz::require(joined.size() == packet.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::vector<std::uint8_t> file(data + 1, data + size);
  if (data[0] % 2 == 1) put_checksums(file);
  read_and_write(file);
  split_and_join(file);
  if (const auto head = media::parse_opus_head(file)) fuzz::require(media::parse_opus_head(media::write_opus_head(*head)) == head);
  const auto decoded = media::decode_ogg_opus(file, 8000, kMaxSamples);
  if (!decoded) return 0;
  const std::size_t samples = decoded->channels[0].size();
  for (const auto& channel : decoded->channels) fuzz::require(channel.size() <= kMaxSamples && channel.size() == samples);
  return 0;
}
