#pragma once

#include <offhook/media/audio_port.hpp>
#include <offhook/media/mix.hpp>
#include <offhook/media/shared_encoding.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// 20 ms of a member, as it goes to the others.
struct SaidFrame {
  std::span<const std::int16_t> pcm;   ///< at the conference's rate; borrowed until mix()
  bool voiced = false;                 ///< somebody speaks in it
  bool silent = true;                  ///< nothing came, and nothing was made up of what had come
  bool echo = false;                   ///< it is what we sent, come back
};

/// What a member is given to hear.
struct OthersFrame {
  std::span<const std::int16_t> pcm;   ///< at the conference's rate; good until the next mix()
  SharedEncoding* common = nullptr;    ///< what those hear who do not speak
  bool is_common = false;              ///< `pcm` is that
};

/// A member's place in a conference: its owner's, who says and hears through it.
class ConferenceSeat {
 public:
  static constexpr float kMaxGain = 4;   ///< 12 dB

  /// 0 is mute: such a member only listens. Brought into 0..kMaxGain; reached within 5 ms of the next frame. Any thread.
  void set_gain(float gain) noexcept { gain_.store(std::clamp(gain, 0.0F, kMaxGain), std::memory_order_relaxed); }

 private:
  friend class Conference;

  std::atomic<float> gain_{1};
  float level_ = 0;                      // of the last frame's end
  std::uint32_t open_ = 0;               // frames that it is still heard without a voice
  std::uint64_t turn_ = 0;               // in which it last said something
  Mixer::Hears hears_ = Mixer::kEveryone;
  bool voiced_ = false;
  std::array<std::int16_t, kMaxFrameSamples> leveled_;
};

/// A conference, a tick at a time: each member says 20 ms and hears the sum of all others, cut to 16 bits once. Pure, and no allocation
/// once it is made.
///
///   conference.begin();
///   for each member:  conference.say(seat, frame);
///   conference.mix();
///   for each member:  conference.others(seat)
///
/// Up to kAllOpen members are all heard, all the time, but for what is their own echo of the others. Of more, who has not spoken for half
/// a second is left out, or five hundred rooms would add up to a storm; all who are left out hear the same, and share one encoding.
///
/// cost    as Mixer's, and at the rates of those who hear the same; memory: Mixer's, for max_members
class Conference {
 public:
  static constexpr std::size_t kMinMembers = 2, kMaxMembers = Mixer::kMaxSpeakers;
  static constexpr std::size_t kAllOpen = 8;

  /// `max_members` is brought into kMinMembers..kMaxMembers. `rate_hz`: 8000, 16000 or 24000, of everybody's frames.
  Conference(std::uint32_t rate_hz, std::size_t max_members);

  /// False when it is full. Who is a member is not to join again.
  [[nodiscard]] bool join(ConferenceSeat& seat) noexcept;
  /// Between mix() and the next begin(), or before what it says is said.
  void leave(ConferenceSeat& seat) noexcept;
  [[nodiscard]] std::size_t members() const noexcept { return members_; }
  [[nodiscard]] std::size_t max_members() const noexcept { return mixer_.max_speakers(); }
  [[nodiscard]] std::size_t samples() const noexcept { return mixer_.samples(); }

  void begin() noexcept;
  /// At most once in a tick for a member; who says nothing listens. Frames of another length are not heard.
  void say(ConferenceSeat& seat, const SaidFrame& frame) noexcept;
  void mix() noexcept;
  [[nodiscard]] OthersFrame others(const ConferenceSeat& seat) noexcept;
  /// Any other member's voice is in this tick.
  [[nodiscard]] bool others_speak(const ConferenceSeat& seat) const noexcept;

  /// Who were in the sum of this tick.
  [[nodiscard]] std::size_t speakers() const noexcept { return mixer_.speakers(); }
  [[nodiscard]] const SharedEncoding& common() const noexcept { return common_; }

 private:
  [[nodiscard]] bool opens(ConferenceSeat& seat, const SaidFrame& frame) const noexcept;
  [[nodiscard]] std::span<const std::int16_t> level(ConferenceSeat& seat, std::span<const std::int16_t> pcm, float from, float to) const noexcept;

  Mixer mixer_;
  SharedEncoding common_;
  std::size_t ramp_samples_;
  std::size_t members_ = 0;
  std::size_t voices_ = 0;               // in this tick
  std::uint64_t turn_ = 1;
};

}  // namespace offhook::inline v0::media
