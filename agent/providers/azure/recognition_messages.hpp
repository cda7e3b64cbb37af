#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::azure {

/// The parameters of a recognition.
struct RecognitionShape {
  std::uint32_t rate_hz = 8000;      ///< 8000 or 16000
  std::string language = "en-US";    ///< a locale, as locale_of() returns it
  std::vector<std::string> phrases;  ///< names and words that callers are likely to say
  /// Locales, as candidate_locales() returns them. If there are two or more, the service detects one of them at the start of each
  /// turn, and `language` is not used.
  std::vector<std::string> candidates{};
  bool takes_call_language = false;  ///< true: the language of the call, if it has one, replaces `language` and `candidates`

  [[nodiscard]] bool detects_language() const { return candidates.size() > 1; }
};

inline constexpr std::size_t kMaxPhrases = 500;           ///< limit of the service; further phrases are not sent
inline constexpr std::size_t kMaxRecognisedText = 16U << 10U;  ///< longest text of one answer, in octets: two minutes of speech

/// Times in messages have units of 100 ns.
inline constexpr std::uint64_t kTicksPerSecond = 10'000'000;

[[nodiscard]] std::string write_speech_config(std::uint32_t rate_hz);
/// Writes the message that begins a turn of the service (speech.context).
[[nodiscard]] std::string write_speech_context(const RecognitionShape& shape);

/// The content of `speech.hypothesis` or `speech.phrase`, in the simple form or the detailed one. A hypothesis has no `status`.
struct Recognised {
  enum class Status : std::uint8_t { Success, Nothing, Error, TooManyRequests, BadRequest, Forbidden };
  std::optional<Status> status;
  std::string text;              ///< trimmed; "" if the status is not Success
  double confidence = 1;
  std::uint64_t end_ticks = 0;   ///< end of the text in the audio of the service's turn
  std::string language;          ///< the detected locale as the service writes it; "" if there is none, or if it is longer than kMaxLanguageTag
};
/// Returns the kind of failure for `status`, which must be neither Success nor Nothing.
[[nodiscard]] FailureKind kind_of(Recognised::Status status);
[[nodiscard]] std::string_view to_string(Recognised::Status status);

class RecognitionReader {
 public:
  RecognitionReader();
  ~RecognitionReader();
  /// Reads a hypothesis or a phrase. Returns nullopt if `body` is not such a JSON object, or has an unknown status. Cuts text at kMaxRecognisedText.
  [[nodiscard]] std::optional<Recognised> read(std::string_view body);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace offhook::inline v0::agent::azure
