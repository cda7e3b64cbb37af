#pragma once

#include <offhook/agent/providers/embedded/flite_voice.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::services::openai {

enum class AudioFormat : std::uint8_t { Pcm24, Pcmu, Pcma };
[[nodiscard]] constexpr std::uint32_t rate_of(AudioFormat format) { return format == AudioFormat::Pcm24 ? 24000 : 8000; }
[[nodiscard]] constexpr std::size_t octets_per_sample(AudioFormat format) { return format == AudioFormat::Pcm24 ? 2 : 1; }

/// A text spoken, once for all who say it.
struct Spoken {
  struct Chunk {
    std::string base64;
    std::size_t octets = 0;
    std::string text;  ///< the words that begin in it, with a blank in front of each but the first
  };
  std::string octets;         ///< all of it, in the format
  std::vector<Chunk> chunks;  ///< the same, cut and encoded
  std::size_t samples = 0;
};

/// What has been said so far. Used from one thread; synthesis takes a fortieth of the time of what it makes, so that a scenario's
/// own sentences are made ahead.
class VoiceBook {
 public:
  /// `name` as in Scenario::voice. Empty when there is no such voice.
  [[nodiscard]] static std::optional<VoiceBook> make(std::string_view name, std::vector<int> chunk_ms);
  [[nodiscard]] std::shared_ptr<const Spoken> say(const std::string& text, AudioFormat format);

 private:
  struct Sentence {
    std::vector<std::int16_t> pcm;  ///< 16 kHz
    std::vector<agent::SpokenWord> words;
  };
  VoiceBook(std::optional<agent::embedded::FliteVoice> voice, std::vector<int> chunk_ms) : voice_(std::move(voice)), chunk_ms_(std::move(chunk_ms)) {}
  const Sentence& sentence(const std::string& text);
  [[nodiscard]] Spoken cut(const Sentence& sentence, AudioFormat format) const;

  std::optional<agent::embedded::FliteVoice> voice_;  // none: tones
  std::vector<int> chunk_ms_;
  std::map<std::string, Sentence> sentences_;
  std::map<std::pair<std::string, AudioFormat>, std::shared_ptr<const Spoken>> spoken_;
};

}  // namespace offhook::services::openai
