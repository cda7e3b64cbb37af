#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Decides for each 20 ms whether one call has voice, with the help of a model. The model judges 32 ms at a time, on another thread and later. This
/// class collects the model's input, and combines the model's answers with the verdict of VoiceActivity. VoiceActivity is quick, but takes knocks and
/// music for voice. The model does not make this mistake, but answers one tick late, and is slow to detect the end of a voice. If the model gives no
/// answer for kPatience ticks, VoiceActivity alone decides. Reads no clock, allocates nothing.
class ModelVoice {
 public:
  static constexpr std::size_t kChunk = 256;       ///< samples, at 8000 Hz
  static constexpr unsigned kPatience = 4;         ///< ticks without an answer after which the model counts as late; a punctual model needs two
  static constexpr float kLikely = 0.5F;           ///< likelihood at which a voice starts
  static constexpr float kStillLikely = 0.35F;     ///< likelihood at which a voice continues
  static constexpr float kPossible = 0.3F;         ///< likelihood that is enough if VoiceActivity has found voice
  static constexpr unsigned kBridge = 3;           ///< ticks for which the model alone can find voice, while VoiceActivity finds none

  /// An answer of the model, and the chunk that it judges.
  struct Answer {
    std::uint32_t chunk = 0;
    float likely = 0;
  };
  /// Packs an answer into one word, to pass it between two threads.
  [[nodiscard]] static std::uint64_t pack(Answer answer) noexcept;
  [[nodiscard]] static Answer unpack(std::uint64_t word) noexcept;

  /// Resets the state for another call or other audio. Answers to earlier chunks do not count.
  void reset() noexcept;
  /// Takes 20 ms at 8, 16 or 24 kHz; frames of other lengths count as silence. Returns true if a chunk() is complete.
  [[nodiscard]] bool hear(std::span<const std::int16_t> frame) noexcept;
  /// Returns the oldest complete chunk.
  [[nodiscard]] std::span<const std::int16_t, kChunk> chunk() const noexcept { return std::span(samples_).first<kChunk>(); }
  /// Returns the number of that chunk. The first chunk of a call resets the model's state.
  [[nodiscard]] std::uint32_t number() const noexcept { return asked_ + 1; }
  [[nodiscard]] bool begins() const noexcept { return begins_; }
  /// Removes the chunk. `taken` is true if the model got the chunk. If not, no answer is expected, and the next chunk counts as the first of a call.
  void let_go(bool taken) noexcept;

  /// Call it once per tick, after hear(). Returns true if the tick has voice. `plain` is the verdict of VoiceActivity.
  [[nodiscard]] bool judge(bool plain, Answer newest) noexcept;
  /// Returns true if the last judge() used no answer, because the model is late or has not answered yet.
  [[nodiscard]] bool alone() const noexcept { return waited_ >= kPatience; }

 private:
  static constexpr std::size_t kFrame = 160;
  std::array<std::int16_t, kChunk + kFrame> samples_{};
  std::size_t held_ = 0;
  std::uint32_t asked_ = 0, heard_of_ = 0, forget_up_to_ = 0;   // numbers of the last chunks: for the model, with an answer, before reset()
  unsigned waited_ = kPatience;  // ticks since the last new answer, at most kPatience
  unsigned plain_none_ = 0;      // latest ticks in which VoiceActivity found no voice, at most kBridge
  float likely_ = 0;
  bool begins_ = true, going_on_ = false;
};

}  // namespace offhook::inline v0::media
