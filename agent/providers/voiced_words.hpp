#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Where the words of a spoken item lie in its audio. The server does not say, so it is estimated by proportion: a word's place is to
/// the audio as its characters are to the text. While the text runs ahead of the audio, as it mostly does, an average speed of speech
/// stands in for the proportion, so that no word counts as heard too early; the end of both settles what is left. A word is given
/// out when the audio that it is in has come, never before.
class VoicedWords {
 public:
  static constexpr std::uint32_t kCharactersPerSecond = 15;  ///< of unhurried speech
  static constexpr std::size_t kLongestWord = 24;            ///< octets; scripts without blanks are cut into pieces so long

  explicit VoicedWords(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  void add_text(std::string_view text);
  void add_samples(std::size_t count) { samples_ += count; }
  /// No more of either. What was broken off ends with its audio: its text may have run ahead.
  void finish(bool whole);
  /// How much of the audio goes with the first so many characters: for who knows what was heard in words alone.
  [[nodiscard]] std::uint64_t samples_of(std::uint64_t characters) const;
  [[nodiscard]] std::uint64_t characters() const { return characters_; }
  /// Those whose audio has come since the last call, in order.
  [[nodiscard]] std::vector<SpokenWord> take();
  /// All words whose audio has come, whether taken or not.
  [[nodiscard]] std::string said() const;

 private:
  struct Word { std::string text; std::uint64_t at = 0; };  // in characters from the beginning
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
