#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/files/prompt.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// The text of a recorded greeting whose words are not configured, for the call record and the model.
inline constexpr std::string_view kRecordedGreeting = "(recorded greeting)";

/// Plays a recording: poll() returns the same events as a speaker does for an utterance. All telephone calls share the sound, and each copies only its
/// next frames. The positions of the words are estimated in proportion to their letters.
class RecordedSpeech {
 public:
  static constexpr base::Duration kLead = std::chrono::seconds(2);  ///< longest returned audio that is not in the port's ring yet; the ring holds 1.28 s more
  static constexpr std::size_t kFramesAtOnce = 10;

  /// `sound` must have the rate `rate_hz`, which is 8000, 16000 or 24000. `words` must not be empty; kRecordedGreeting counts as
  /// one word.
  RecordedSpeech(std::shared_ptr<const media::Prompt> sound, std::uint32_t rate_hz, std::string words);

  [[nodiscard]] const std::string& words() const { return words_; }
  /// Plays the recording from its beginning, as `utterance`.
  void speak(std::uint32_t utterance);
  void cancel() { utterance_ = 0; }
  [[nodiscard]] bool is_speaking() const { return utterance_ != 0; }
  /// Sets the length of the audio of this recording and of earlier speech that was returned, but is not in the port's ring yet. While a
  /// call rings, the ring accepts no audio.
  void on_unheard(base::Duration unheard) { unheard_ = unheard; }
  /// Returns the next audio; nullopt if none is due. An event without samples means that more audio follows later.
  [[nodiscard]] std::optional<SpeakEvent> poll(base::TimePoint now);

 private:
  [[nodiscard]] std::vector<SpokenWord> placed_words() const;

  std::shared_ptr<const media::Prompt> sound_;
  std::uint32_t rate_hz_;
  std::string words_;
  std::uint32_t utterance_ = 0;  // 0: there is none
  std::size_t frame_ = 0;        // first frame of the next piece
  base::Duration unheard_{};
  std::optional<base::TimePoint> told_;  // time of the last event
};

}  // namespace offhook::inline v0::agent
