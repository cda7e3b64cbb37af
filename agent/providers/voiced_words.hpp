#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Estimates the positions of words in the audio of a spoken item, because the server does not send them. A word's position in the
/// audio is proportional to its position in the text. Usually text comes faster than audio; the estimate then uses an average speed of
/// speech, so that no word counts as heard too early. After the end of the text and the audio, the remaining positions are proportional
/// again. A word is returned only after the audio that contains it has come.
class VoicedWords {
 public:
  static constexpr std::uint32_t kCharactersPerSecond = 15;  ///< average speed of speech
  static constexpr std::size_t kLongestWord = 24;            ///< longest word, in octets; text without blanks is cut into pieces of this length

  explicit VoicedWords(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  void add_text(std::string_view text);
  void add_samples(std::size_t count) { samples_ += count; }
  /// Ends the text and the audio. If `whole` is false, the item was broken off: drops the words after the end of its audio.
  void finish(bool whole);
  /// Returns the number of samples in which the first `characters` characters are spoken, for code that knows only the heard text.
  [[nodiscard]] std::uint64_t samples_of(std::uint64_t characters) const;
  [[nodiscard]] std::uint64_t characters() const { return characters_; }
  /// Returns the words whose audio has come since the last invocation, in order.
  [[nodiscard]] std::vector<SpokenWord> take();
  /// Returns all words whose audio has come, including those that take() returned.
  [[nodiscard]] std::string said() const;

 private:
  struct Word { std::string text; std::uint64_t at = 0; };  // position in characters from the beginning
  [[nodiscard]] std::uint64_t place_of(std::uint64_t character) const;
  void close_word();

  std::uint32_t rate_hz_;
  std::deque<Word> words_;
  Word open_;
  std::string taken_;
  std::uint64_t characters_ = 0, samples_ = 0, last_place_ = 0;
  bool finished_ = false;
};

}  // namespace offhook::inline v0::agent
