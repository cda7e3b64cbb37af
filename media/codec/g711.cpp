#include <offhook/media/codec/g711.hpp>

#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>

namespace offhook::inline v0::media {
namespace {

const detail::G711Kernels& kernels() noexcept {
  static const detail::G711Kernels& chosen = detail::g711_chosen();  // Found once; after that one load and a branch.
  return chosen;
}

template <class In, class Out>
base::Result<std::size_t, CodecError> convert(std::span<const In> in, std::span<Out> out,
                                              void (*kernel)(const In*, Out*, std::size_t) noexcept) noexcept {
  if (out.size() < in.size()) return base::fail(CodecError::OutputTooSmall);
  kernel(in.data(), out.data(), in.size());
  return in.size();
}

}  // namespace

std::uint8_t encode_mulaw(std::int16_t sample) noexcept {
  return detail::mulaw_of(sample);
}
std::uint8_t encode_alaw(std::int16_t sample) noexcept {
  return detail::alaw_of(sample);
}
std::int16_t decode_mulaw(std::uint8_t code) noexcept {
  return detail::kFromMulaw[code];
}
std::int16_t decode_alaw(std::uint8_t code) noexcept {
  return detail::kFromAlaw[code];
}

base::Result<std::size_t, CodecError> encode_mulaw(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept {
  return convert(in, out, kernels().encode_mulaw);
}
base::Result<std::size_t, CodecError> encode_alaw(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept {
  return convert(in, out, kernels().encode_alaw);
}
base::Result<std::size_t, CodecError> decode_mulaw(std::span<const std::uint8_t> in, std::span<std::int16_t> out) noexcept {
  return convert(in, out, kernels().decode_mulaw);
}
base::Result<std::size_t, CodecError> decode_alaw(std::span<const std::uint8_t> in, std::span<std::int16_t> out) noexcept {
  return convert(in, out, kernels().decode_alaw);
}

}  // namespace offhook::inline v0::media
