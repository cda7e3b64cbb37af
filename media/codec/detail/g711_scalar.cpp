#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>

#include <algorithm>

namespace offhook::inline v0::media::detail {
namespace {

void encode_mulaw(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  std::transform(in, in + count, out, [](std::int16_t sample) { return mulaw_of(sample); });
}
void encode_alaw(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  std::transform(in, in + count, out, [](std::int16_t sample) { return alaw_of(sample); });
}
void decode_mulaw(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  std::transform(in, in + count, out, [](std::uint8_t code) { return kFromMulaw[code]; });
}
void decode_alaw(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  std::transform(in, in + count, out, [](std::uint8_t code) { return kFromAlaw[code]; });
}

}  // namespace

const G711Kernels kG711Scalar{"scalar", encode_mulaw, encode_alaw, decode_mulaw, decode_alaw};

}  // namespace offhook::inline v0::media::detail
