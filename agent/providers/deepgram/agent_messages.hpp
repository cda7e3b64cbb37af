#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The text frames of a Voice Agent, except Settings (agent_settings.hpp). Binary frames carry the audio in both directions.
namespace offhook::inline v0::agent::deepgram {

struct FunctionAsked { std::string id, name, arguments; };

/// A message of the server. `kind` decides which other members are set.
struct AgentMessage {
  enum class Kind : std::uint8_t {
    Welcome, SettingsApplied, UserText, AgentText, UserStartedSpeaking, AgentThinking, AgentStartedSpeaking, FunctionCallRequest,
    FunctionCallCancelled, AgentAudioDone, InjectionRefused, Error, Warning,
    Passed,  ///< well-formed, but needs no action
  };
  Kind kind = Kind::Passed;
  std::string text;                      ///< set for UserText and AgentText
  std::string code;                      ///< set for Error and Warning: the server's name for it; "" if it has none
  std::vector<FunctionAsked> functions;  ///< functions that Offhook must call (client_side), or functions that the server has cancelled
  std::size_t functions_dropped = 0;     ///< functions that were skipped: too many, without a name, or too long
};

class AgentMessageReader {
 public:
  static constexpr std::size_t kMaxText = 16U << 10U;       ///< longest statement, in octets; the rest is cut off
  static constexpr std::size_t kMaxFunctions = 16;          ///< maximum number of functions in one request
  static constexpr std::size_t kMaxName = 256;              ///< longest id or name, in octets; a function with a longer one is skipped
  static constexpr std::size_t kMaxArguments = 64U << 10U;  ///< longest arguments, in octets; a function with longer arguments is skipped

  AgentMessageReader();
  ~AgentMessageReader();
  /// Parses a frame. Returns nullopt if `frame` is not a message.
  [[nodiscard]] std::optional<AgentMessage> read(std::string_view frame);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

inline constexpr std::string_view kKeepAlive = R"({"type":"KeepAlive"})";
inline constexpr std::string_view kForceEndTurn = R"({"type":"ForceEndTurn"})";
/// The result that the server gets for a function that Offhook did not call, because its reply was cancelled.
inline constexpr std::string_view kNothingDone = R"({"error":"the caller interrupted: nothing was done"})";
[[nodiscard]] std::string write_user_message(std::string_view text);
/// Writes a message that adds `text` to the prompt.
[[nodiscard]] std::string write_prompt(std::string_view text);
[[nodiscard]] std::string write_function_response(const FunctionAsked& call, std::string_view content);

}  // namespace offhook::inline v0::agent::deepgram
