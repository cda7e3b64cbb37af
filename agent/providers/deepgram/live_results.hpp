#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// What is understood of a window of the audio, in seconds from the socket's first sample on.
struct Results {
  struct Word {
    std::string text;
    double middle = 0;          ///< of its sound, as `start` counts
  };
  double start = 0, duration = 0;
  bool is_final = false;        ///< this window does not change any more
  bool from_finalize = false;   ///< the answer to Finalize
  std::string transcript;
  double confidence = 0;        ///< 0..1
  std::string language{};       ///< BCP 47: which it is for the most part; "": not told
  std::vector<Word> words{};    ///< those of the transcript; empty: the server does not send them
};
/// What nothing has to be done about: SpeechStarted, UtteranceEnd, Metadata, and what nobody knows.
struct Passed {};
using LiveMessage = std::variant<Results, Passed>;

/// Reads what comes over /v1/listen. Pure.
class LiveReader {
 public:
  static constexpr std::size_t kMaxTranscript = 16U << 10U;  ///< octets; a window is seconds long
  static constexpr double kMaxSeconds = 1e6;                 ///< of audio on one socket

  LiveReader();
  ~LiveReader();
  /// Nothing when it cannot be understood: no JSON, or no place or no text in a result.
  [[nodiscard]] std::optional<LiveMessage> parse(std::string_view frame);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace offhook::inline v0::agent::deepgram
