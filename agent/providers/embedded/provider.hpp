#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/support/work_pool.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Listens, thinks and speaks without a service, by PocketSphinx, a dialogue file and flite (docs/embedded-speech.md).
namespace offhook::inline v0::agent::embedded {

struct EmbeddedOptions {
  std::string dialogue_path;  ///< JSON, like share/dialogues/receptionist.json
  std::string model_path = "/usr/share/pocketsphinx/model/en-us/en-us";
  std::string dictionary_path = "/usr/share/pocketsphinx/model/en-us/cmudict-en-us.dict";
  std::string voice = "slt";            ///< "slt" or "rms"
  std::shared_ptr<WorkPool> pool;       ///< runs decoding and synthesis; other objects may share it
  std::size_t warm_decoders = 2;        ///< decoders that are built in advance (about 17 MB each), so that calls do not wait for their decoders
  std::size_t max_decoders = 64;        ///< most decoders; further calls get ListenFailed
  std::size_t voice_cache_bytes = 32U << 20U;
};

/// Error::code in the domain "embedded".
enum class EmbeddedError { BadOption = 1, Dialogue, Model, Dictionary, Voice, Memory };

/// Owns the objects that all calls share: the dialogue, its language models, decoders built in advance, the voice and its cache.
/// Thread-safe.
class EmbeddedProvider {
 public:
  /// Loads and checks all files, which takes some 100 ms. After that, the pool synthesises the greeting and the other fixed sentences,
  /// and builds decoders in advance.
  [[nodiscard]] static base::Result<std::shared_ptr<EmbeddedProvider>, base::Error> make(EmbeddedOptions options);
  ~EmbeddedProvider();
  EmbeddedProvider(const EmbeddedProvider&) = delete;
  EmbeddedProvider& operator=(const EmbeddedProvider&) = delete;

  /// These functions make the parts of one telephone call, without blocking. The parts may outlive the provider. After the end of the pool, they fail
  /// each turn.
  [[nodiscard]] std::unique_ptr<Listener> make_listener(Wake wake) const;
  [[nodiscard]] std::unique_ptr<Thinker> make_thinker(Wake wake) const;
  [[nodiscard]] std::unique_ptr<Speaker> make_speaker(Wake wake) const;

  /// Returns one sentence for each problem, for the log, such as a word without a pronunciation.
  [[nodiscard]] const std::vector<std::string>& warnings() const;
  /// Returns true after the greeting and the first decoder are ready. It does not mean that a decoder is free.
  [[nodiscard]] bool is_warm() const;

 private:
  struct Shared;
  explicit EmbeddedProvider(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
};

/// Makes a speaker without a dialogue, for a test caller. `voice` is EmbeddedOptions::voice. The speaker does not keep the pool alive;
/// after the end of the pool, every utterance fails.
[[nodiscard]] base::Result<std::unique_ptr<Speaker>, base::Error> make_flite_speaker(std::shared_ptr<WorkPool> pool,
                                                                                    std::string_view voice, Wake wake);

}  // namespace offhook::inline v0::agent::embedded
