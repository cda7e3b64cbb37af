#pragma once

#include <offhook/agent/providers/embedded/flite_voice.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::services::openai {

/// The speech of a text.
struct Sentence {
  std::vector<std::int16_t> pcm;         ///< samples at 16 kHz
  std::vector<agent::SpokenWord> words;  ///< the words of the text, with the first sample of each
};

/// Returns the words of `text`, each with 0 as its first sample.
[[nodiscard]] std::vector<agent::SpokenWord> words_of(const std::string& text);

/// Keeps speech in files, so that the simulators of all scenarios synthesise a text only once. Under AddressSanitizer, the start of a simulator with a voice
/// would take 2.7 s of processor time. The environment variable OFFHOOK_SPEECH_FOLDER names the folder; without it, store_speech() does nothing.
/// stored_speech() returns nullopt if no complete file has this voice and text.
[[nodiscard]] std::optional<Sentence> stored_speech(const std::string& voice, const std::string& text);
void store_speech(const std::string& voice, const std::string& text, const Sentence& sentence);

}  // namespace offhook::services::openai
