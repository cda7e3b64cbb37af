#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/ops/work_pool.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Listening, thinking and speaking without any service: PocketSphinx, a dialogue file and flite (docs/embedded-speech.md).
namespace offhook::inline v0::agent::embedded {

struct EmbeddedOptions {
  std::string dialogue_path;  ///< JSON, as share/dialogues/receptionist.json
  std::string model_path = "/usr/share/pocketsphinx/model/en-us/en-us";
  std::string dictionary_path = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict";
  std::string voice = "slt";            ///< "slt" or "rms"
  std::shared_ptr<WorkPool> pool;       ///< where decoding and synthesis run; shared with others
  std::size_t warm_decoders = 2;        ///< decoders built ahead, so that a call finds one ready (about 17 MB each)
  std::size_t max_decoders = 64;        ///< calls beyond it get ListenFailed
  std::size_t voice_cache_bytes = 32U << 20U;
};

/// Error::code of the domain "embedded".
enum class EmbeddedError { BadOption = 1, Dialogue, Model, Dictionary, Voice, Memory };

/// What all calls share: the dialogue, its language models, warmed decoders, the voice and its cache. Thread-safe.
class EmbeddedProvider {
 public:
  /// Loads and checks everything; takes some 100 ms. The greeting and the other fixed sentences are synthesised on the pool
  /// afterwards, and so are the warm decoders.
  [[nodiscard]] static base::Result<std::shared_ptr<EmbeddedProvider>, base::Error> make(EmbeddedOptions options);
  ~EmbeddedProvider();
  EmbeddedProvider(const EmbeddedProvider&) = delete;
  EmbeddedProvider& operator=(const EmbeddedProvider&) = delete;

  /// One of each per call; quick, never blocking. The parts may outlive the provider; without the
  /// pool they fail each turn.
  [[nodiscard]] std::unique_ptr<Listener> make_listener(Wake wake) const;
  [[nodiscard]] std::unique_ptr<Thinker> make_thinker(Wake wake) const;
  [[nodiscard]] std::unique_ptr<Speaker> make_speaker(Wake wake) const;

  /// One sentence each, for the log: words without a pronunciation and the like.
  [[nodiscard]] const std::vector<std::string>& warnings() const;
  /// True from the moment when the greeting is synthesised, for good. The first decoder is there before, and calls may then use all of them.
  [[nodiscard]] bool is_warm() const;

 private:
  struct Shared;
  explicit EmbeddedProvider(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
};

/// A voice alone, without a dialogue: what a test caller speaks with. `voice` as in EmbeddedOptions. The speaker does not keep the
/// pool alive; once that has ended, every utterance fails.
[[nodiscard]] base::Result<std::unique_ptr<Speaker>, base::Error> make_flite_speaker(std::shared_ptr<WorkPool> pool,
                                                                                    std::string_view voice, Wake wake);

}  // namespace offhook::inline v0::agent::embedded
