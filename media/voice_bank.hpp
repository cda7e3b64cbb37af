#pragma once

#include <offhook/media/heard_voice.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace offhook::inline v0::media::detail {
struct VoiceKernels;
}

namespace offhook::inline v0::media {

/// Voice activity of many calls at once: eight side by side in the lanes of vectors, chosen once by what the machine has. A verdict is
/// that of VoiceActivity for the same frames. A tick of it: hear() for each call, run(), then voiced(). One thread; allocates only when
/// it is made. 8000 Hz, or 16000 Hz of which the lower half is looked at.
class VoiceBank {
 public:
  /// For calls 0 to `calls` - 1.
  explicit VoiceBank(std::size_t calls);
  ~VoiceBank();
  VoiceBank(VoiceBank&&) noexcept;
  VoiceBank& operator=(VoiceBank&&) noexcept;

  [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
  /// Another call begins there.
  void reset(std::size_t call) noexcept;
  /// The call goes on here that was `theirs` in another bank, with all that is known of it.
  void take_over(std::size_t call, const VoiceBank& other, std::size_t theirs) noexcept;
  /// 20 ms of a call: 160, 320 or 480 samples, which stay where they are until run(); anything else is silence. The same with `sent`,
  /// EchoGuard::sent_line() of the call: its powers are measured along.
  void hear(std::size_t call, std::span<const std::int16_t> frame, std::span<const std::int16_t> sent = {}) noexcept;
  /// Judges what was heard since the last run(). Who was not heard was silent; eight neighbours who were all not heard cost nothing and
  /// stay as they are.
  void run() noexcept;
  /// Asks for an eighth of what run() touches for this call and its neighbours to be in the cache soon: for each of them, for all of it.
  void prefetch(std::size_t call) const noexcept;
  /// As of the last run().
  [[nodiscard]] bool voiced(std::size_t call) const noexcept { return found(call).voiced; }
  /// The same, with the powers that led there. Borrowed until the next run().
  [[nodiscard]] HeardVoice found(std::size_t call) const noexcept;

 private:
  struct Group;
  static void measure_sent(Group& group, const detail::VoiceKernels& kernels) noexcept;
  std::size_t calls_;
  std::size_t groups_;
  std::unique_ptr<Group[]> group_;
};

}  // namespace offhook::inline v0::media
