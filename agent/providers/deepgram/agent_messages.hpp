#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The text frames of a Voice Agent, but for Settings (agent_settings.hpp). Audio travels in binary frames both ways.
namespace offhook::inline v0::agent::deepgram {

struct FunctionAsked { std::string id, name, arguments; };

/// What a server says. Which members mean something goes by `kind`.
struct AgentMessage {
  enum class Kind : std::uint8_t {
    Welcome, SettingsApplied, UserText, AgentText, UserStartedSpeaking, AgentThinking, AgentStartedSpeaking, FunctionCallRequest,
    FunctionCallCancelled, AgentAudioDone, InjectionRefused, Error, Warning,
    Passed,  ///< well formed, and nothing to us
  };
  Kind kind = Kind::Passed;
  std::string text;                      ///< UserText, AgentText
  std::string code;                      ///< Error, Warning: a name of the server's, else ""
  std::vector<FunctionAsked> functions;  ///< those that are ours to call (client_side), or cancelled
  std::size_t functions_dropped = 0;     ///< too many, or nameless
};

class AgentMessageReader {
 public:
  static constexpr std::size_t kMaxText = 16U << 10U;       ///< octets of a statement; the rest is cut off
  static constexpr std::size_t kMaxFunctions = 16;          ///< of one request
  static constexpr std::size_t kMaxName = 256;              ///< octets of an id or a name; longer ones are not called
  static constexpr std::size_t kMaxArguments = 64U << 10U;  ///< octets

  AgentMessageReader();
  ~AgentMessageReader();
  /// Nothing when `frame` is no message.
  [[nodiscard]] std::optional<AgentMessage> read(std::string_view frame);

 private:
  struct Json;
  std::unique_ptr<Json> json_;
};

inline constexpr std::string_view kKeepAlive = R"({"type":"KeepAlive"})";
inline constexpr std::string_view kForceEndTurn = R"({"type":"ForceEndTurn"})";
/// The result of a function that was not called, for nobody waits for its result any more.
inline constexpr std::string_view kNothingDone = R"({"error":"the caller interrupted: nothing was done"})";
[[nodiscard]] std::string write_user_message(std::string_view text);
/// Is added to the prompt, and replaces none of it.
[[nodiscard]] std::string write_prompt(std::string_view text);
[[nodiscard]] std::string write_function_response(const FunctionAsked& call, std::string_view content);

}  // namespace offhook::inline v0::agent::deepgram
