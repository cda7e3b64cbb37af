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

/// An utterance that one voice begins and another may have to end: what is left of its text, and where its words are in all of it. Pure.
class HalfSpoken {
 public:
  /// `rate_hz`: of the voice that is asked first.
  HalfSpoken(std::uint32_t id, std::string text, std::uint32_t rate_hz) : id_(id), text_(std::move(text)), rate_hz_(rate_hz) {}

  /// `audio` of this utterance, with its rate. Its words become those whose sound is whole, counted from the utterance's very beginning: the
  /// one that is being spoken is told when it is over, because another voice may have to say it again.
  void hear(SpeechAudio& audio);
  /// All is spoken: the words that were not told yet, without a sample; nothing where there are none.
  [[nodiscard]] std::optional<SpeechAudio> last_words();
  /// Another voice, of that rate, goes on where this one broke off, at a word: with what text. "" when all was spoken.
  const std::string& go_on(std::uint32_t rate_hz);

  [[nodiscard]] std::uint32_t id() const { return id_; }

 private:
  [[nodiscard]] std::vector<SpokenWord> take_words(bool whole);

  std::uint32_t id_;
  std::string text_;                // for the present voice
  std::uint32_t rate_hz_;
  std::size_t samples_ = 0;         // spoken of it by the present voice
  base::Duration before_{};         // ... and by those before
  std::vector<SpokenWord> words_;   // as the present voice counts them
  std::size_t words_told_ = 0;
};

}  // namespace offhook::inline v0::agent
