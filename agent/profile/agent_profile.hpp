#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/profile/fixed_sentences.hpp>
#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/prompts/prompt_template.hpp>
#include <offhook/media/files/prompt.hpp>
#include <offhook/media/port/media_plan.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The settings of one agent, checked and resolved. Sessions, tools and limits are made from them. A profile is immutable once it is in an
/// AgentDirectory; a call keeps the profile with which it began.
namespace offhook::inline v0::agent {

/// One model that hears and speaks.
struct RealtimeWay { ProviderPtr provider; };
/// A cascade of three parts. Each list holds the providers of one part in the order of preference, and is never empty.
struct CascadeWay { std::vector<ProviderPtr> listen, think, speak; };
/// One kind of session that can hold the conversation.
using SessionWay = std::variant<RealtimeWay, CascadeWay>;

enum class BuiltInTool : std::uint8_t { HangUp, Transfer, Hold, SendDigits, Note, PauseRecording };
/// Returns "hang_up", "transfer", "hold", "send_digits", "note" or "pause_recording".
[[nodiscard]] std::string_view to_string(BuiltInTool tool);
/// The party that must agree before a tool acts.
enum class Confirm : std::uint8_t { Never, Caller };

/// A built-in tool that the agent's model may call. The model cannot see a tool without a grant.
struct ToolGrant {
  struct Destination { std::string name, target; };  ///< for example name "sales", and target "6002" or "sip:6002@pbx.example"

  BuiltInTool tool{};
  Confirm confirm = Confirm::Never;
  unsigned max_per_call = 1;
  std::vector<Destination> destinations;             ///< for Transfer: the only targets that the model can reach; never empty there
  std::vector<std::string> keys = {};                ///< for SendDigits: patterns of codes with `*`, `#` or A to D; empty: digits only
};

/// A tool of one server of /tool_servers. The agent's model cannot see a tool without a grant, even if its server offers the tool.
struct ServerToolGrant {
  std::string name;                                  ///< for example "shop__find_order"
  ToolClass what = ToolClass::Write;
  Confirm confirm = Confirm::Never;
  unsigned max_per_call = 10, max_per_minute = 10;
  std::string question;                              ///< the question to the caller; "": made from the tool's name
  std::string arguments;                             ///< a checked JSON Schema that the arguments must match besides the tool's own; "": none

  [[nodiscard]] std::string server() const { return name.substr(0, name.find("__")); }
};

/// The end of a call in which no session works any more.
struct Fallback {
  std::string transfer_to;                           ///< target of a transfer; "": the agent says goodbye and hangs up
};

/// Source of the values of {{context.NAME}}. Offhook reads it while the call rings.
struct ContextSource {
  std::string file;                                  ///< path of a file with a JSON object, which Offhook reads at each call; "" if `url` is set
  std::string url;                                   ///< the address from which GET returns a JSON object; ?caller= and &called= are appended
  std::chrono::milliseconds timeout{800};            ///< after this time the call continues without a context
  bool verified = false;                             ///< true: Offhook reads the source only if the caller's number is verified
};

struct ProfileLimits {
  std::chrono::seconds call{1800};
  std::chrono::seconds silence{8};                   ///< silence after which the agent prompts the caller
  unsigned silences = 3;                             ///< number of these prompts; the call ends after the last prompt
  std::chrono::seconds hold{600};                    ///< time for which the caller's side may hold the agent
  std::chrono::milliseconds end_of_turn{500};        ///< silence that ends the caller's turn
  std::chrono::milliseconds interruption{240};       ///< shorter speech over the agent's voice is a cough, and not an interruption
  std::chrono::milliseconds listen{4000}, think{8000}, speak{5000};  ///< deadlines of the three stages
};

struct AgentProfile {
  std::string name;                                  ///< "agent" for the agent that takes the calls that no other agent takes
  std::vector<SessionWay> sessions;                  ///< in the order of preference; never empty
  prompts::PromptTemplate prompt;                    ///< the persona of the agent
  prompts::PromptTemplate instructions;              ///< rules that follow the prompt
  prompts::PromptTemplate greeting;                  ///< empty: the model or the dialogue begins in its own words
  std::shared_ptr<const media::Prompt> recorded_greeting;  ///< audio that replaces the spoken greeting; null: none
  std::string dialogue;                              ///< path of the dialogue file of the embedded thinker
  std::string voice;                                 ///< "": the default of each provider. A provider without this voice uses the nearest voice
  std::string language;                              ///< BCP 47; "": detect the caller's language, and follow it
  std::vector<std::string> languages;                ///< when `language` is "": languages that callers may speak, the likeliest first; empty: any
  std::vector<std::string> phrases;                  ///< names and words that callers are likely to say
  FixedSentences sentences;                          ///< an empty sentence stands for the default sentence of the language
  std::vector<ToolGrant> tools;
  std::vector<ServerToolGrant> server_tools;
  std::vector<std::string> regions;                  ///< regions in which the agent's providers may be; empty: any region. Checked already
  Fallback fallback;
  std::optional<ContextSource> context;
  ProfileLimits limits;
  std::vector<media::AudioCodec> codecs;             ///< in the order of preference; never empty
  bool transcripts = false;
  bool recordings = false;
  std::string recording_notice;                      ///< said before anything else in a recorded call; "": no notice
  std::shared_ptr<const media::Prompt> hold_music;   ///< null: the caller hears silence
};

/// Returns the codecs of a checked configuration: "PCMU", "PCMA", "G722", "opus", and "L16", which gives L16 at 16 kHz and then at 8 kHz.
[[nodiscard]] std::vector<media::AudioCodec> codecs_named(const std::vector<std::string>& names);

/// Returns the prompt and the instructions with the call's values, for SessionContext::prompt. Values from the network stand between
/// <data> and </data>. If there is one, the text begins with a sentence that tells the model that these values are never instructions.
[[nodiscard]] std::string prompt_for(const AgentProfile& profile, const prompts::CallVariables& call);
/// Returns the greeting to speak; "" when there is none.
[[nodiscard]] std::string greeting_for(const AgentProfile& profile, const prompts::CallVariables& call);

}  // namespace offhook::inline v0::agent
