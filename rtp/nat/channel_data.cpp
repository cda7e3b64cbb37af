#include <offhook/rtp/nat/channel_data.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Channel Number        |            Length             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// /                       Application Data                        /
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

namespace {

constexpr std::size_t kHeader = 4;

}  // namespace

std::optional<ChannelData> read_channel_data(base::Bytes message) {
  base::ByteReader reader(message);
  ChannelData data;
  data.number = reader.u16();
  data.octets = reader.take(reader.u16());
  return reader.ok() ? std::optional(data) : std::nullopt;
}

std::optional<std::size_t> wrap_as_channel_data(std::uint16_t number, bool pads, std::span<std::uint8_t> room, std::size_t size) {
  const std::size_t padding = pads ? (kHeader - size % kHeader) % kHeader : 0;
  if (size > 0xffff || kHeader + size + padding > room.size()) return std::nullopt;
  std::copy_backward(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size), room.begin() + static_cast<std::ptrdiff_t>(kHeader + size));
  base::ByteWriter writer(room.first(kHeader));
  writer.u16(number);
  writer.u16(static_cast<std::uint16_t>(size));
  std::fill_n(room.begin() + static_cast<std::ptrdiff_t>(kHeader + size), padding, std::uint8_t{0});
  return kHeader + size + padding;
}

}  // namespace offhook::inline v0::rtp
