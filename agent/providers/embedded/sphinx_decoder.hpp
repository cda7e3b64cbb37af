#pragma once

#include <offhook/agent/providers/embedded/language_model.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/free_memory.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// The files from which decoders are built. The cut dictionary and the language models are in memory files (memfd_create), because
/// the library can only read them by name. They leave nothing on a disk, even after a crash.
class DecoderFiles {
 public:
  /// Checks the acoustic model, cuts the dictionary, and makes the language models.
  [[nodiscard]] static base::Result<std::shared_ptr<const DecoderFiles>, base::Error> make(
      const Dialogue& dialogue, const std::string& model_path, const std::string& dictionary_path);
  ~DecoderFiles();
  DecoderFiles(const DecoderFiles&) = delete;
  DecoderFiles& operator=(const DecoderFiles&) = delete;

  [[nodiscard]] const std::string& acoustic_model() const { return acoustic_model_; }
  [[nodiscard]] const std::string& dictionary() const { return dictionary_; }
  struct Model {
    std::string name, path;
  };
  [[nodiscard]] const std::vector<Model>& models() const { return models_; }
  /// Returns the words of the dialogue that have no pronunciation; the recogniser never recognises them.
  [[nodiscard]] const std::vector<std::string>& missing_words() const { return missing_; }

 private:
  DecoderFiles() = default;
  [[nodiscard]] std::string keep(const std::string& content);  // returns the file's name; "" if the system refuses the file

  std::string acoustic_model_, dictionary_;
  std::vector<Model> models_;
  std::vector<std::string> missing_;
  std::vector<int> memory_files_;
};

struct Recognised {
  std::string text;       ///< lower-case words without fillers
  double confidence = 0;  ///< 0..1
};

/// One PocketSphinx decoder, for one telephone call at a time. Not thread-safe. Each function may take a while, so its owner runs it on a Strand.
class SphinxDecoder {
 public:
  static constexpr std::uint32_t kRateHz = 16000;
  /// Octets that must be free for one more decoder. It is three times the need, because the library ends the process when memory runs out.
  static constexpr std::size_t kMemory = 32U << 20U;

  /// Builds a decoder. Fails with EmbeddedError::Memory if `memory_left` (octets) is less than kMemory.
  [[nodiscard]] static base::Result<std::unique_ptr<SphinxDecoder>, base::Error> make(std::shared_ptr<const DecoderFiles> files,
                                                                                     std::size_t memory_left = base::free_memory());
  ~SphinxDecoder();
  SphinxDecoder(const SphinxDecoder&) = delete;
  SphinxDecoder& operator=(const SphinxDecoder&) = delete;

  /// Prepares for a new caller: drops the adaptation to the last caller's line and voice.
  void reset();
  /// Begins an utterance with the language model `expect`. Drops an utterance that is still in progress.
  [[nodiscard]] bool try_start(std::string_view expect);
  [[nodiscard]] bool try_feed(std::span<const std::int16_t> pcm);
  /// Returns the words recognised so far, with the confidence 0.
  [[nodiscard]] Recognised partial() const;
  [[nodiscard]] Recognised finish();

 private:
  struct Engine;
  SphinxDecoder(std::shared_ptr<const DecoderFiles> files, std::unique_ptr<Engine> engine);
  std::shared_ptr<const DecoderFiles> files_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace offhook::inline v0::agent::embedded
