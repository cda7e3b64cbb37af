#pragma once

#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/tests/services/openai/speech_folder.hpp>

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

/// A text and its speech, which all sessions share.
struct Spoken {
  struct Chunk {
    std::string base64;
    std::size_t octets = 0;
    std::string text;  ///< the words that start in this chunk; each word except the first of the text follows a space
  };
  std::string octets;         ///< the whole audio in the format
  std::vector<Chunk> chunks;  ///< the same audio in pieces, as base64
  std::size_t samples = 0;
};

/// Keeps the texts that have been spoken. All objects of one thread with the same voice and the same chunk lengths share them. Use an
/// object only on the thread that made it.
///
/// Synthesis takes a fortieth of the duration of its audio, and more on a busy machine. All sessions of a simulator wait for it, and a
/// caller would hear a pause in a sentence of another session. Therefore a simulator calls prepare() before it opens its port.
class RecordedVoices {
 public:
  /// Returns the recordings of the voice `name` (Scenario::voice), or nullopt if this voice does not exist.
  [[nodiscard]] static std::optional<RecordedVoices> make(std::string_view name, std::vector<int> chunk_ms);
  [[nodiscard]] std::shared_ptr<const Spoken> say(const std::string& text, AudioFormat format);
  /// Synthesises `text`, so that say() takes little time.
  void prepare(const std::string& text);
  /// Synthesises the agent's own English sentences, which each agent requests when it starts. Does nothing for beeps.
  void prepare_fixed_sentences();

 private:
  struct Store {
    std::string name;  // of the voice
    std::optional<agent::embedded::FliteVoice> voice;  // nullopt if the voice consists of beeps
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
