#pragma once

#include <offhook/media/dsp/mix.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/send/shared_encoding.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// 20 ms from one member, for the other members.
struct SaidFrame {
  std::span<const std::int16_t> pcm;   ///< at the conference's rate; borrowed until mix()
  bool voiced = false;                 ///< true if the frame contains a voice
  bool silent = true;                  ///< true if no audio came and none was concealed
  bool echo = false;                   ///< true if the frame is the echo of the audio sent to the member
};

/// 20 ms for one member.
struct OthersFrame {
  std::span<const std::int16_t> pcm;   ///< at the conference's rate; valid until the next mix()
  SharedEncoding* common = nullptr;    ///< the mix for all members that do not speak, encoded once for all of them
  bool is_common = false;              ///< true if `pcm` is the common mix
};

/// A member's place in a conference. The owner of the slot passes the member's audio to the conference, and gets the audio for the member.
class ConferenceSlot {
 public:
  static constexpr float kMaxGain = 4;   ///< 12 dB

  /// Sets the gain; any thread. 0 mutes the member. Clamps `gain` to 0..kMaxGain; the next frame reaches it within 5 ms.
  void set_gain(float gain) noexcept { gain_.store(std::clamp(gain, 0.0F, kMaxGain), std::memory_order_relaxed); }

 private:
  friend class Conference;

  std::atomic<float> gain_{1};
  float level_ = 0;                      // gain at the end of the last frame
  std::uint32_t open_ = 0;               // remaining frames for which the member stays in the mix without a voice
  std::uint64_t turn_ = 0;               // value of Conference::turn_ at the member's last say()
  Mixer::Hears hears_ = Mixer::kEveryone;
  bool voiced_ = false;
  std::array<std::int16_t, kMaxFrameSamples> leveled_;
};

/// Mixes a conference tick by tick: each member passes 20 ms, and gets the sum of all other members, saturated to 16
/// bits once. Pure; only the constructor allocates.
///
///   conference.begin();
///   for each member:  conference.say(slot, frame);
///   conference.mix();
///   for each member:  conference.others(slot)
///
/// With up to kAllOpen members, every member is always in the mix, except for frames that are echo. With more members, a member that has not spoken for half a
/// second is left out, because the background noise of 500 members would add up. All members that are left out get the same mix, and share one encoding.
///
/// cost    time and memory of a Mixer for max_members speakers
class Conference {
 public:
  static constexpr std::size_t kMinMembers = 2, kMaxMembers = Mixer::kMaxSpeakers;
  static constexpr std::size_t kAllOpen = 8;

  /// Clamps `max_members` to kMinMembers..kMaxMembers. `rate_hz`: 8000, 16000 or 24000, for all frames.
  Conference(std::uint32_t rate_hz, std::size_t max_members);

  /// Adds a member. Returns false if the conference is full. Do not add a member twice.
  [[nodiscard]] bool join(ConferenceSlot& slot) noexcept;
  /// Removes a member. Call it between mix() and the next begin(), or before the member's say().
  void leave(ConferenceSlot& slot) noexcept;
  [[nodiscard]] std::size_t members() const noexcept { return members_; }
  [[nodiscard]] std::size_t max_members() const noexcept { return mixer_.max_speakers(); }
  [[nodiscard]] std::size_t samples() const noexcept { return mixer_.samples(); }

  void begin() noexcept;
  /// Passes a member's audio. Call it at most once per tick for a member. A member without say() in a tick only listens. Ignores frames that do not
  /// have samples() samples.
  void say(ConferenceSlot& slot, const SaidFrame& frame) noexcept;
  void mix() noexcept;
  [[nodiscard]] OthersFrame others(const ConferenceSlot& slot) noexcept;
  /// Returns true if any other member has a voice in this tick.
  [[nodiscard]] bool others_speak(const ConferenceSlot& slot) const noexcept;

  /// Returns the number of members in the mix of this tick.
  [[nodiscard]] std::size_t speakers() const noexcept { return mixer_.speakers(); }
  [[nodiscard]] const SharedEncoding& common() const noexcept { return common_; }

 private:
  [[nodiscard]] bool opens(ConferenceSlot& slot, const SaidFrame& frame) const noexcept;
  [[nodiscard]] std::span<const std::int16_t> level(ConferenceSlot& slot, std::span<const std::int16_t> pcm, float from, float to) const noexcept;

  Mixer mixer_;
  SharedEncoding common_;
  std::size_t ramp_samples_;
  std::size_t members_ = 0;
  std::size_t voices_ = 0;               // members with a voice in this tick
  std::uint64_t turn_ = 1;
};

}  // namespace offhook::inline v0::media
