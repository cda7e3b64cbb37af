#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace offhook::inline v0::agent::deepgram {

/// How a turn of the server's stands. Its transcript is that of the whole turn so far.
struct TurnInfo {
  enum class Event : std::uint8_t { Update, StartOfTurn, EagerEndOfTurn, TurnResumed, EndOfTurn };
  /// Of EndOfTurn. Timeout: it heard nothing for long; Other: nobody knows.
  enum class Trigger : std::uint8_t { Model, Manual, Timeout, Other };
  Event event{};
  Trigger trigger = Trigger::Other;
  std::uint64_t index = 0;   ///< of the turn: one more after each EndOfTurn
  double heard_to = 0;       ///< seconds of the socket's audio
  std::string transcript;
  double confidence = 0;     ///< 0..1: the mean of its words'
  std::string language{};    ///< BCP 47: which it is for the most part; "": not told
};
/// ForceEndTurn came when no turn was under way: there is nothing to be ended.
struct NoTurnToEnd {};
/// The server gives up. `code` is a name of its own, or "".
struct FluxError { std::string code; };
/// What nothing has to be done about: Connected, answers to Configure, other warnings, and what nobody knows.
struct FluxPassed {};
using FluxMessage = std::variant<TurnInfo, NoTurnToEnd, FluxError, FluxPassed>;

/// Reads what comes over /v2/listen. Pure.
class FluxReader {
 public:
  static constexpr std::size_t kMaxTranscript = 16U << 10U;  ///< octets of a turn
  static constexpr double kMaxSeconds = 1e6;                 ///< of audio on one socket

  FluxReader();
  ~FluxReader();
  /// Nothing when it cannot be understood: no JSON, or a TurnInfo without its place, its turn or its text, or of an event that nobody knows.
  [[nodiscard]] std::optional<FluxMessage> parse(std::string_view frame);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

}  // namespace offhook::inline v0::agent::deepgram
