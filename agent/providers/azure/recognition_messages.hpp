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

/// What a recogniser is asked for.
struct RecognitionShape {
  std::uint32_t rate_hz = 8000;      ///< 8000 or 16000
  std::string language = "en-US";    ///< a locale, as locale_of() makes one
  std::vector<std::string> phrases;  ///< names and words that are likely to be said
  /// Locales, as candidate_locales() makes them: two or more are told apart at the start of each turn, and `language` is not used.
  std::vector<std::string> candidates{};

  [[nodiscard]] bool detects_language() const { return candidates.size() > 1; }
};

inline constexpr std::size_t kMaxPhrases = 500;           ///< what the service takes; those beyond are not sent
inline constexpr std::size_t kMaxRecognisedText = 16U << 10U;  ///< octets of one answer: two minutes of anybody's speech

/// Times on the wire, of 100 ns each.
inline constexpr std::uint64_t kTicksPerSecond = 10'000'000;

[[nodiscard]] std::string write_speech_config(std::uint32_t rate_hz);
/// Of one turn of the service.
[[nodiscard]] std::string write_speech_context(const RecognitionShape& shape);

/// `speech.hypothesis` and `speech.phrase`, of the simple form and the detailed one. Without `status` it is a hypothesis.
struct Recognised {
  enum class Status : std::uint8_t { Success, Nothing, Error, TooManyRequests, BadRequest, Forbidden };
  std::optional<Status> status;
  std::string text;              ///< without blanks around it; "" unless Success
  double confidence = 1;
  std::uint64_t end_ticks = 0;   ///< where it ends in the audio of the service's turn
  std::string language;          ///< the locale that was detected, as the service writes it; "" where none was, or of more than kMaxLanguageTag
};
/// Of those that are neither Success nor Nothing.
[[nodiscard]] FailureKind kind_of(Recognised::Status status);
[[nodiscard]] std::string_view to_string(Recognised::Status status);

class RecognitionReader {
 public:
  RecognitionReader();
  ~RecognitionReader();
  /// Nothing when it is no such JSON, or a status that nobody knows. Text beyond kMaxRecognisedText is cut off.
  [[nodiscard]] std::optional<Recognised> read(std::string_view body);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace offhook::inline v0::agent::azure
