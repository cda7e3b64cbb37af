#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// The sentences that the recogniser expects. Callers: the examples in the dialogue. Replies: the agent's texts.
enum class TranscribeExpect : std::uint8_t { Callers, Replies };

struct TranscribedUtterance {
  double begins_s = 0;
  double confidence = 0;
  std::string text;
};

/// Transcribes a whole recording (16 kHz), utterance by utterance, with the narrow language model of a dialogue. Blocking.
[[nodiscard]] base::Result<std::vector<TranscribedUtterance>, base::Error> transcribe(std::span<const std::int16_t> pcm,
                                                                                    const std::string& dialogue_path, TranscribeExpect expect);

}  // namespace offhook::inline v0::agent::embedded
