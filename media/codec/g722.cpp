#include <offhook/media/codec/g722.hpp>

#include <offhook/media/codec/detail/g722_kernels.hpp>

namespace offhook::inline v0::media {
namespace {

const detail::G722Kernels& chosen_g722() noexcept {
  static const detail::G722Kernels& chosen = *detail::g722_kernels().back();
  return chosen;
}

}  // namespace

base::Result<std::size_t, CodecError> G722Encoder::encode(std::span<const std::int16_t> in,
                                                          std::span<std::uint8_t> out) noexcept {
  if (in.size() % 2 != 0) return base::fail(CodecError::OddInput);
  if (out.size() < in.size() / 2) return base::fail(CodecError::OutputTooSmall);
  chosen_g722().encode(state_, in.data(), out.data(), in.size() / 2);
  return in.size() / 2;
}

base::Result<std::size_t, CodecError> G722Decoder::decode(std::span<const std::uint8_t> in,
                                                          std::span<std::int16_t> out) noexcept {
  if (out.size() < in.size() * 2) return base::fail(CodecError::OutputTooSmall);
  chosen_g722().decode(state_, in.data(), out.data(), in.size());
  return in.size() * 2;
}

}  // namespace offhook::inline v0::media
