#include <offhook/media/codec/l16.hpp>

#include <bit>
#include <cstring>

namespace offhook::inline v0::media {
namespace {

using EightWords [[gnu::vector_size(16)]] = std::uint16_t;

/// Converts between the machine's order of octets and the network's; the same swap works in both directions.
void swap_octets(const void* in, void* out, std::size_t samples) noexcept {
  if (std::endian::native == std::endian::big) {
    if (samples != 0) std::memcpy(out, in, 2 * samples);
    return;
  }
  const auto* from = static_cast<const unsigned char*>(in);
  auto* to = static_cast<unsigned char*>(out);
  for (; samples >= 8; samples -= 8, from += 16, to += 16) {
    EightWords words;
    std::memcpy(&words, from, sizeof words);  // Payloads may start at any address.
    words = words << 8 | words >> 8;
    std::memcpy(to, &words, sizeof words);
  }
  for (std::size_t i = 0; i < samples; ++i) {
    to[2 * i] = from[2 * i + 1];
    to[2 * i + 1] = from[2 * i];
  }
}

}  // namespace

base::Result<std::size_t, CodecError> encode_l16(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept {
  if (out.size() / 2 < in.size()) return base::fail(CodecError::OutputTooSmall);
  swap_octets(in.data(), out.data(), in.size());
  return 2 * in.size();
}

base::Result<std::size_t, CodecError> decode_l16(std::span<const std::uint8_t> in, std::span<std::int16_t> out) noexcept {
  if (in.size() % 2 != 0) return base::fail(CodecError::OddInput);
  if (out.size() < in.size() / 2) return base::fail(CodecError::OutputTooSmall);
  swap_octets(in.data(), out.data(), in.size() / 2);
  return in.size() / 2;
}

}  // namespace offhook::inline v0::media
