#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// An utterance that one voice begins and another voice may have to finish. Holds the rest of its text, and the positions of its
/// words in the whole utterance. Pure.
class HalfSpoken {
 public:
  HalfSpoken(std::uint32_t id, std::string text) : id_(id), text_(std::move(text)) {}

  /// Takes the next audio of this utterance; `audio.rate_hz` must be set. Replaces `audio.words` by the words whose audio is complete, with positions
  /// in the whole utterance. A word whose audio is not complete comes later, because another voice may have to repeat it.
  void hear(SpeechAudio& audio);
  /// Returns the words that hear() has not returned yet, without samples; nullopt if there are none. Call it when the whole text was
  /// spoken.
  [[nodiscard]] std::optional<SpeechAudio> last_words();
  /// Changes to another voice. Returns the text that it must speak, from the word at which the present voice stopped; "" if all was spoken.
  const std::string& go_on();

  [[nodiscard]] std::uint32_t id() const { return id_; }

 private:
  [[nodiscard]] std::vector<SpokenWord> take_words(bool whole);

  std::uint32_t id_;
  std::string text_;                // text for the present voice
  std::uint32_t rate_hz_ = 0;       // sample rate of the last audio; 0: no audio came
  std::size_t samples_ = 0;         // samples that the present voice has spoken
  base::Duration before_{};         // duration of the audio of earlier voices
  std::vector<SpokenWord> words_;   // their positions count from the present voice's first sample
  std::size_t words_told_ = 0;
};

}  // namespace offhook::inline v0::agent
