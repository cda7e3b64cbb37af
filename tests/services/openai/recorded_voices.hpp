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

/// A spoken text, which all sessions share.
struct Spoken {
  struct Chunk {
    std::string base64;
    std::size_t octets = 0;
    std::string text;  ///< the words that begin in it, each but the first after a space
  };
  std::string octets;         ///< the whole audio in the format
  std::vector<Chunk> chunks;  ///< the same audio in pieces, encoded
  std::size_t samples = 0;
};

/// Stores the texts that have been spoken. All objects of a thread with the same voice and the same chunks share them; use an object only on the thread
/// that made it. Synthesis takes a fortieth of the duration of its audio; therefore a scenario's own sentences are made in advance.
class RecordedVoices {
 public:
  /// Returns the recordings of a voice of Scenario::voice, or nullopt when this voice does not exist.
  [[nodiscard]] static std::optional<RecordedVoices> make(std::string_view name, std::vector<int> chunk_ms);
  [[nodiscard]] std::shared_ptr<const Spoken> say(const std::string& text, AudioFormat format);

 private:
  struct Sentence {
    std::vector<std::int16_t> pcm;  ///< 16 kHz
    std::vector<agent::SpokenWord> words;
  };
  struct Store {
    std::optional<agent::embedded::FliteVoice> voice;  // nullopt if the voice is beeps
    std::vector<int> chunk_ms;
    std::map<std::string, Sentence> sentences{};
    std::map<std::pair<std::string, AudioFormat>, std::shared_ptr<const Spoken>> spoken{};
  };
  explicit RecordedVoices(std::shared_ptr<Store> store) : store_(std::move(store)) {}
  const Sentence& sentence(const std::string& text);
  [[nodiscard]] Spoken cut(const Sentence& sentence, AudioFormat format) const;

  std::shared_ptr<Store> store_;
};

}  // namespace offhook::services::openai
