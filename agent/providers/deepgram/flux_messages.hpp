#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace offhook::inline v0::agent::deepgram {

/// The state of a turn of the server.
struct TurnInfo {
  enum class Event : std::uint8_t { Update, StartOfTurn, EagerEndOfTurn, TurnResumed, EndOfTurn };
  /// The cause of an EndOfTurn. Timeout: a long silence. Other: not known.
  enum class Trigger : std::uint8_t { Model, Manual, Timeout, Other };
  Event event{};
  Trigger trigger = Trigger::Other;
  std::uint64_t index = 0;   ///< number of the turn, which increases by one after each EndOfTurn
  double heard_to = 0;       ///< position in the socket's audio up to which the transcript reaches, in seconds
  std::string transcript;    ///< text of the whole turn so far
  double confidence = 0;     ///< 0..1: mean confidence of the words
  std::string language{};    ///< BCP 47: the main language; "": the server sent none
};
/// The answer to a ForceEndTurn that came while no turn was in progress.
struct NoTurnToEnd {};
/// The server ends the session. `code` is the server's name of the error, or "".
struct FluxError { std::string code; };
/// A message that needs no action: Connected, answers to Configure, most warnings, unknown messages.
struct FluxPassed {};
using FluxMessage = std::variant<TurnInfo, NoTurnToEnd, FluxError, FluxPassed>;

/// Parses the messages of /v2/listen. Pure.
class FluxReader {
 public:
  static constexpr std::size_t kMaxTranscript = 16U << 10U;  ///< longest transcript of a turn, in octets
  static constexpr double kMaxSeconds = 1e6;                 ///< longest audio on one socket

  FluxReader();
  ~FluxReader();
  /// Parses a frame. Returns nullopt if it is not JSON, or if it is a TurnInfo with an unknown event, or without position, turn or text.
  [[nodiscard]] std::optional<FluxMessage> parse(std::string_view frame);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace offhook::inline v0::agent::deepgram
