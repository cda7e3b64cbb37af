#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// 20 ms after 20 ms, one call's voice with the help of a model that hears 32 ms at a time, elsewhere and later: gathers what the model
/// is to hear, and joins its answers with the verdict of VoiceActivity. That one is quick, and takes knocks and music for voice; the
/// model is not deceived, but one tick late and slow to see that a voice has ended. Is the model late, or gone, the other's verdict
/// is the whole one, within kPatience. Reads no clock, allocates nothing.
class ModelVoice {
 public:
  static constexpr std::size_t kChunk = 256;       ///< samples, at 8000 Hz
  static constexpr unsigned kPatience = 4;         ///< ticks from one answer to the next; a punctual model needs two
  static constexpr float kLikely = 0.5F;           ///< a voice began
  static constexpr float kStillLikely = 0.35F;     ///< it goes on
  static constexpr float kPossible = 0.3F;         ///< enough where the other detector has found a voice
  static constexpr unsigned kBridge = 3;           ///< ticks that the model answers for alone, while the other finds none

  /// What the model said, and of which chunk.
  struct Answer {
    std::uint32_t chunk = 0;
    float likely = 0;
  };
  /// In one word, for two threads.
  [[nodiscard]] static std::uint64_t pack(Answer answer) noexcept;
  [[nodiscard]] static Answer unpack(std::uint64_t word) noexcept;

  /// Another call, or another sound, begins there. Answers to what was asked before count no more.
  void reset() noexcept;
  /// 20 ms at 8, 16 or 24 kHz; anything else is silence. True: a chunk() is whole, and waits for its number.
  [[nodiscard]] bool hear(std::span<const std::int16_t> frame) noexcept;
  /// The oldest samples that hear() found whole.
  [[nodiscard]] std::span<const std::int16_t, kChunk> chunk() const noexcept { return std::span(samples_).first<kChunk>(); }
  /// The number of that chunk; the first one of a call makes the model forget.
  [[nodiscard]] std::uint32_t number() const noexcept { return asked_ + 1; }
  [[nodiscard]] bool begins() const noexcept { return begins_; }
  /// It is on its way to the model, or nobody took it: then it is not missed, and what follows is like a call that begins.
  void let_go(bool taken) noexcept;

  /// Once a tick, after hear(): whether there is voice. `plain` is the other detector's verdict.
  [[nodiscard]] bool judge(bool plain, Answer newest) noexcept;
  /// As of the last judge(): the model has no say, for it is late, or has said nothing yet.
  [[nodiscard]] bool alone() const noexcept { return waited_ >= kPatience; }

 private:
  static constexpr std::size_t kFrame = 160;
  std::array<std::int16_t, kChunk + kFrame> samples_{};
  std::size_t held_ = 0;
  std::uint32_t asked_ = 0, heard_of_ = 0, forget_up_to_ = 0;   // chunks
  unsigned waited_ = kPatience;  // ticks since an answer
  unsigned plain_none_ = 0;      // ticks in which the other one found none
  float likely_ = 0;
  bool begins_ = true, going_on_ = false;
};

}  // namespace offhook::inline v0::media
