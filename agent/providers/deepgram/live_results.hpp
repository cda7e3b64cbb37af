#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// The transcript of a window of the audio. Positions are in seconds from the socket's first sample.
struct Results {
  struct Word {
    std::string text;
    double middle = 0;          ///< position of the middle of the word
  };
  double start = 0, duration = 0;
  bool is_final = false;        ///< true: the text of the window does not change any more
  bool from_finalize = false;   ///< true: the window is the answer to Finalize
  std::string transcript;
  double confidence = 0;        ///< 0..1
  std::string language{};       ///< BCP 47: the main language; "": the server sent none
  std::vector<Word> words{};    ///< words of the transcript; empty if the server does not send them
};
/// A message that needs no action: SpeechStarted, UtteranceEnd, Metadata, unknown messages.
struct Passed {};
using LiveMessage = std::variant<Results, Passed>;

/// Parses the messages of /v1/listen. Pure.
class LiveReader {
 public:
  static constexpr std::size_t kMaxTranscript = 16U << 10U;  ///< longest transcript of a window, in octets; a window lasts seconds
  static constexpr double kMaxSeconds = 1e6;                 ///< longest audio on one socket

  LiveReader();
  ~LiveReader();
  /// Parses a frame. Returns nullopt if it is not JSON, or if it is a result without position or text.
  [[nodiscard]] std::optional<LiveMessage> parse(std::string_view frame);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace offhook::inline v0::agent::deepgram
