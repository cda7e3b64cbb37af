#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What the answer of a language model comes to, whichever server it is and whatever its interface.
namespace offhook::inline v0::agent::chat {

struct ModelText { std::string text; };
/// Whole. `call_id` is "" when the server gave none; `arguments` is JSON text, "{}" when there were none.
struct ModelCall { std::string call_id, name, arguments; };
struct ModelUsage { std::uint64_t input = 0, output = 0, cached_input = 0; };
struct ModelFinished {
  enum class Why : std::uint8_t { Stop, Length, Calls, Filtered };
  Why why = Why::Stop;
};
struct ModelFailed { FailureKind kind{}; std::string why; };
using ModelEvent = std::variant<ModelText, ModelCall, ModelUsage, ModelFinished, ModelFailed>;

inline constexpr std::size_t kMaxAnswerText = 64U << 10U;   ///< octets of one answer's text: an hour of speech
inline constexpr std::size_t kMaxCalls = 16;                ///< of one answer
inline constexpr std::size_t kMaxArguments = 64U << 10U;    ///< octets of one call's arguments
inline constexpr std::size_t kMaxNameOctets = 128;          ///< of a function's name, and of a call's id
inline constexpr std::size_t kMaxWholeBody = 1U << 20U;     ///< octets of an answer that does not come as a stream

/// The bytes of one answer (status 200) become events. Exactly one of ModelFinished and ModelFailed ends it; after ModelFinished
/// there may be a ModelUsage, after ModelFailed nothing. Pure.
class ModelAnswer {
 public:
  virtual ~ModelAnswer() = default;
  virtual void on_bytes(std::string_view bytes, std::vector<ModelEvent>& out) = 0;
  /// The body is over, as the server meant it: a broken transfer is told elsewhere.
  virtual void on_end(std::vector<ModelEvent>& out) = 0;
};

}  // namespace offhook::inline v0::agent::chat
