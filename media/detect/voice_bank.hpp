#pragma once

#include <offhook/media/detect/heard_voice.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace offhook::inline v0::media::detail {
struct VoiceKernels;
}

namespace offhook::inline v0::media {

/// Detects voice in many calls at once: eight calls side by side in the lanes of vectors, with the best kernel of the machine. Its verdicts equal
/// those of VoiceActivity for the same frames. In each tick, use hear() for each call, then run(), then voiced(). One thread; only the constructor
/// allocates. The rate is 8000, 16000 or 24000 Hz; it uses only frequencies below 4 kHz.
class VoiceBank {
 public:
  /// Makes a bank for calls 0 to `calls` - 1.
  explicit VoiceBank(std::size_t calls);
  ~VoiceBank();
  VoiceBank(VoiceBank&&) noexcept;
  VoiceBank& operator=(VoiceBank&&) noexcept;

  [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
  /// Resets the state of place `call` for another call.
  void reset(std::size_t call) noexcept;
  /// Moves a call here: copies the state of the call at place `theirs` of the bank `other` to place `call` of this bank.
  void take_over(std::size_t call, const VoiceBank& other, std::size_t theirs) noexcept;
  /// Takes 20 ms of a call: 160, 320 or 480 samples, which must stay valid until run(). Any other length counts as silence. `sent` is
  /// EchoGuard::sent_line() of the call, and must also stay valid until run(), which measures its powers.
  void hear(std::size_t call, std::span<const std::int16_t> frame, std::span<const std::int16_t> sent = {}) noexcept;
  /// Judges the frames since the last run(). A call without a frame counts as silent. A group of eight neighbours
  /// without any frame costs nothing, and its state does not change.
  void run() noexcept;
  /// Prefetches an eighth of the data that run() uses for the group of eight calls around `call`. Call it for each call of the group to prefetch all.
  void prefetch(std::size_t call) const noexcept;
  /// Returns the verdict of the last run().
  [[nodiscard]] bool voiced(std::size_t call) const noexcept { return found(call).voiced; }
  /// Returns the verdict of the last run() and the powers that led to it. The powers are borrowed until the next run().
  [[nodiscard]] HeardVoice found(std::size_t call) const noexcept;

 private:
  struct Group;
  static void measure_sent(Group& group, const detail::VoiceKernels& kernels) noexcept;
  std::size_t calls_;
  std::size_t groups_;
  std::unique_ptr<Group[]> group_;
};

}  // namespace offhook::inline v0::media
