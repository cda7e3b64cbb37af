#include <offhook/media/codec/g711.hpp>

#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>

namespace offhook::inline v0::media {
namespace {

const detail::G711Kernels& chosen_g711() noexcept {
  static const detail::G711Kernels& chosen = detail::g711_chosen();  // Chosen once; later invocations cost one load and a branch.
  return chosen;
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

void detail::encode_mulaw(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  chosen_g711().encode_mulaw(in, out, count);
}
void detail::encode_alaw(const std::int16_t* in, std::uint8_t* out, std::size_t count) noexcept {
  chosen_g711().encode_alaw(in, out, count);
}
void detail::decode_mulaw(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  chosen_g711().decode_mulaw(in, out, count);
}
void detail::decode_alaw(const std::uint8_t* in, std::int16_t* out, std::size_t count) noexcept {
  chosen_g711().decode_alaw(in, out, count);
}

}  // namespace offhook::inline v0::media
