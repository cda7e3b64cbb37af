#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The events of a language model's answer, the same for each server and interface.
namespace offhook::inline v0::agent::chat {

struct ModelText { std::string text; };
/// A complete function call. `call_id` is "" if the server sent no id; `arguments` is JSON text, "{}" if the server sent none.
struct ModelCall { std::string call_id, name, arguments; };
struct ModelUsage { std::uint64_t input = 0, output = 0, cached_input = 0; };
struct ModelFinished {
  enum class Why : std::uint8_t { Stop, Length, Calls, Filtered };
  Why why = Why::Stop;
};
struct ModelFailed { FailureKind kind{}; std::string why; };
using ModelEvent = std::variant<ModelText, ModelCall, ModelUsage, ModelFinished, ModelFailed>;

inline constexpr std::size_t kMaxAnswerText = 64U << 10U;   ///< longest text of one answer, in octets: an hour of speech
inline constexpr std::size_t kMaxCalls = 16;                ///< maximum number of calls in one answer
inline constexpr std::size_t kMaxArguments = 64U << 10U;    ///< longest arguments of one call, in octets
inline constexpr std::size_t kMaxNameOctets = 128;          ///< longest name of a function and longest id of a call, in octets
inline constexpr std::size_t kMaxWholeBody = 1U << 20U;     ///< longest answer that does not come as a stream, in octets

/// Turns the bytes of one answer (status 200) into events. Exactly one of ModelFinished and ModelFailed ends it. A ModelUsage may
/// follow ModelFinished, or a ModelFailed of the kind Empty; nothing follows any other ModelFailed. Pure.
class ModelAnswer {
 public:
  virtual ~ModelAnswer() = default;
  virtual void on_bytes(std::string_view bytes, std::vector<ModelEvent>& out) = 0;
  /// Handles the end of a complete body. It is not called after a broken transfer.
  virtual void on_end(std::vector<ModelEvent>& out) = 0;
};

}  // namespace offhook::inline v0::agent::chat
