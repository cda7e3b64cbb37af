#include <offhook/media/detect/model_voice.hpp>

#include <offhook/media/detect/detail/narrow_frame.hpp>

#include <algorithm>
#include <bit>

namespace offhook::inline v0::media {

std::uint64_t ModelVoice::pack(Answer answer) noexcept {
  return std::uint64_t{answer.chunk} << 32 | std::bit_cast<std::uint32_t>(answer.likely);
}

ModelVoice::Answer ModelVoice::unpack(std::uint64_t word) noexcept {
  return {static_cast<std::uint32_t>(word >> 32), std::bit_cast<float>(static_cast<std::uint32_t>(word))};
}

void ModelVoice::reset() noexcept {
  held_ = 0;
  heard_of_ = forget_up_to_ = asked_;
  waited_ = kPatience;
  plain_none_ = 0;
  begins_ = true;
  going_on_ = false;
}

bool ModelVoice::hear(std::span<const std::int16_t> frame) noexcept {
  if (held_ >= kChunk) let_go(false);
  detail::each_narrow_sample(frame, [this](std::size_t i, std::int16_t sample) { samples_[held_ + i] = sample; });
  held_ += kFrame;
  return held_ >= kChunk;
}

void ModelVoice::let_go(bool taken) noexcept {
  held_ -= kChunk;
  std::copy_n(samples_.begin() + kChunk, held_, samples_.begin());
  begins_ = !taken;
  if (taken) ++asked_;
}

bool ModelVoice::judge(bool plain, Answer newest) noexcept {
  plain_none_ = plain ? 0 : std::min(plain_none_ + 1, kBridge);
  // The numbers wrap after four years of a call.
  const bool ours = static_cast<std::int32_t>(newest.chunk - forget_up_to_) > 0 && static_cast<std::int32_t>(newest.chunk - asked_) <= 0;
  if (ours && newest.chunk != heard_of_) {
    heard_of_ = newest.chunk;
    likely_ = newest.likely;
    waited_ = 0;
  } else {
    waited_ = std::min(waited_ + 1, kPatience);
  }
  if (alone()) {
    going_on_ = false;
    return plain;
  }
  going_on_ = likely_ >= (going_on_ ? kStillLikely : kLikely);
  if (plain) return likely_ >= kPossible;
  return going_on_ && plain_none_ < kBridge;
}

}  // namespace offhook::inline v0::media
