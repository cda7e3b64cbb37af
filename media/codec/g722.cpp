#include <offhook/media/codec/g722.hpp>

#include <cstdlib>

extern "C" {
#include <spandsp/telephony.h>
#include <spandsp/g722.h>
}

namespace offhook::inline v0::media {
namespace {

constexpr int kBitRate = 64000;

template <class State>
State* or_abort(State* state) {
  if (state == nullptr) std::abort();  // Out of memory while a call is set up, as operator new would end it.
  return state;
}

}  // namespace

void G722Encoder::Release::operator()(g722_encode_state_s* state) const noexcept { g722_encode_free(state); }
void G722Decoder::Release::operator()(g722_decode_state_s* state) const noexcept { g722_decode_free(state); }

G722Encoder::G722Encoder() : state_(or_abort(g722_encode_init(nullptr, kBitRate, 0))) {}
G722Decoder::G722Decoder() : state_(or_abort(g722_decode_init(nullptr, kBitRate, 0))) {}

base::Result<std::size_t, CodecError> G722Encoder::encode(std::span<const std::int16_t> in,
                                                          std::span<std::uint8_t> out) noexcept {
  if (in.size() % 2 != 0) return base::fail(CodecError::OddInput);
  if (out.size() < in.size() / 2) return base::fail(CodecError::OutputTooSmall);
  if (in.empty()) return std::size_t{0};
  return static_cast<std::size_t>(g722_encode(state_.get(), out.data(), in.data(), static_cast<int>(in.size())));
}

base::Result<std::size_t, CodecError> G722Decoder::decode(std::span<const std::uint8_t> in,
                                                          std::span<std::int16_t> out) noexcept {
  if (out.size() < in.size() * 2) return base::fail(CodecError::OutputTooSmall);
  if (in.empty()) return std::size_t{0};
  return static_cast<std::size_t>(g722_decode(state_.get(), out.data(), in.data(), static_cast<int>(in.size())));
}

void G722Encoder::reset() noexcept { g722_encode_init(state_.get(), kBitRate, 0); }
void G722Decoder::reset() noexcept { g722_decode_init(state_.get(), kBitRate, 0); }

}  // namespace offhook::inline v0::media
