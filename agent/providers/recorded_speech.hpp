#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/prompt.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Said in the place of words that nobody wrote down: what the record shows, and a model is told.
inline constexpr std::string_view kRecordedGreeting = "(recorded greeting)";

/// A sound from a file, yielded as a speaker yields an utterance. All calls share the sound: each is given its frames as they are
/// needed, and no copy of the whole. Where its words are in it nobody knows: each is taken to last as long as it has letters.
class RecordedSpeech {
 public:
  static constexpr base::Duration kLead = std::chrono::seconds(2);  ///< ahead of what the port's ring took, which holds 1.28 s more that nobody heard
  static constexpr std::size_t kFramesAtOnce = 10;

  /// `rate_hz`: 8000, 16000 or 24000, in which `sound` must be. `words` not empty, such as kRecordedGreeting, which counts as one.
  RecordedSpeech(std::shared_ptr<const media::Prompt> sound, std::uint32_t rate_hz, std::string words);

  [[nodiscard]] const std::string& words() const { return words_; }
  /// Begins anew.
  void speak(std::uint32_t utterance);
  void cancel() { utterance_ = 0; }
  [[nodiscard]] bool is_speaking() const { return utterance_ != 0; }
  /// So much of what was given out, of this and of what was said before it, is not in the port's ring yet. None is, while a call rings.
  void on_unheard(base::Duration unheard) { unheard_ = unheard; }
  /// Nothing: all that is due was given out. Audio without samples: there is more, but not yet.
  [[nodiscard]] std::optional<SpeakEvent> poll(base::TimePoint now);

 private:
  [[nodiscard]] std::vector<SpokenWord> placed_words() const;

  std::shared_ptr<const media::Prompt> sound_;
  std::uint32_t rate_hz_;
  std::string words_;
  std::uint32_t utterance_ = 0;  // 0: none
  std::size_t frame_ = 0;        // of the next piece
  base::Duration unheard_{};
  std::optional<base::TimePoint> told_;  // when the last piece went
};

}  // namespace offhook::inline v0::agent
