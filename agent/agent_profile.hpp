#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/prompts/prompt_template.hpp>
#include <offhook/agent/provider_profile.hpp>
#include <offhook/agent/sessions/fixed_sentences.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/media/prompt.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What the configuration says of one agent, checked and resolved: what its sessions, its tools and its limits are made from.
/// Immutable once it is in an AgentBook; a call keeps the one that it began with.
namespace offhook::inline v0::agent {

/// A model that hears and speaks itself.
struct RealtimeWay { ProviderPtr provider; };
/// Three parts; of each the providers in the order in which they are tried. None of the lists is empty.
struct CascadeWay { std::vector<ProviderPtr> listen, think, speak; };
/// One way to hold the conversation.
using SessionWay = std::variant<RealtimeWay, CascadeWay>;

enum class BuiltInTool : std::uint8_t { HangUp, Transfer, Hold, SendDigits, Note, PauseRecording };
/// "hang_up", "transfer", "hold", "send_digits", "note", "pause_recording"
[[nodiscard]] std::string_view to_string(BuiltInTool tool);
/// Who must agree before a tool acts.
enum class Confirm : std::uint8_t { Never, Caller };

/// A tool that the agent's model may ask for. What is not granted does not exist for it.
struct ToolGrant {
  struct Destination { std::string name, target; };  ///< "sales", "6002" or "sip:6002@pbx.example"

  BuiltInTool tool{};
  Confirm confirm = Confirm::Never;
  unsigned max_per_call = 1;
  std::vector<Destination> destinations;             ///< Transfer: nothing else can be reached; never empty there
  std::vector<std::string> keys = {};                ///< SendDigits: patterns of codes with `*`, `#` or A to D; empty: digits alone
};

/// A tool of one of /tool_servers. What is not granted does not exist for the agent's model, whatever its server says.
struct ServerToolGrant {
  std::string name;                                  ///< "shop__find_order"
  ToolClass what = ToolClass::Write;
  Confirm confirm = Confirm::Never;
  unsigned max_per_call = 10, max_per_minute = 10;
  std::string question;                              ///< "": made from its name
  std::string arguments;                             ///< a JSON Schema that they must fit beside the tool's own; "": none. Checked already

  [[nodiscard]] std::string server() const { return name.substr(0, name.find("__")); }
};

/// When no way is left.
struct Fallback {
  std::string transfer_to;                           ///< "": say goodbye and hang up
};

/// Where a call's {{context.NAME}} comes from; asked while it rings.
struct ContextSource {
  std::string file;                                  ///< a JSON object, read at each call; or
  std::string url;                                   ///< GET gives one; ?caller= and &called= are put behind it
  std::chrono::milliseconds timeout{800};            ///< then the call goes on without
  bool verified = false;                             ///< asked only where the caller's number is verified
};

struct ProfileLimits {
  std::chrono::seconds call{1800};
  std::chrono::seconds silence{8};                   ///< until a silent caller is asked
  unsigned silences = 3;                             ///< so often; then the call ends
  std::chrono::seconds hold{600};                    ///< the caller's side may hold the agent
  std::chrono::milliseconds end_of_turn{500};        ///< silence that ends the caller's turn
  std::chrono::milliseconds interruption{240};       ///< so long a voice is no cough
  std::chrono::milliseconds listen{4000}, think{8000}, speak{5000};  ///< deadlines of the stages
};

struct AgentProfile {
  std::string name;                                  ///< "agent" for the one that takes what no other does
  std::vector<SessionWay> sessions;                  ///< in the order in which they are tried; never empty
  prompts::PromptTemplate prompt;                    ///< who the agent is
  prompts::PromptTemplate instructions;              ///< rules that are appended to it
  prompts::PromptTemplate greeting;                  ///< empty: the model, or the dialogue, begins in its own words
  std::shared_ptr<const media::Prompt> recorded_greeting;  ///< played in its place; null: it is spoken
  std::string dialogue;                              ///< path: of the embedded thinker
  std::string voice;                                 ///< "": each provider's own. Of one that lacks it, the nearest (providers/voices)
  std::string language;                              ///< BCP 47; "": detect and follow
  std::vector<std::string> languages;                ///< that callers may speak, the likeliest first, where `language` is ""; empty: any
  std::vector<std::string> phrases;                  ///< names and words that callers are likely to say
  FixedSentences sentences;                          ///< "" in it: the usual one of its language
  std::vector<ToolGrant> tools;
  std::vector<ServerToolGrant> server_tools;
  std::vector<std::string> regions;                  ///< where its providers may stand; empty: anywhere. Checked already
  Fallback fallback;
  std::optional<ContextSource> context;
  ProfileLimits limits;
  std::vector<media::AudioCodec> codecs;             ///< best first; never empty
  bool transcripts = false;
  bool recordings = false;
  std::string recording_notice;                      ///< said before anything else in a call that is recorded; "": none
  std::shared_ptr<const media::Prompt> hold_music;   ///< null: silence
};

/// As a configuration names them, and has checked: "PCMU", "PCMA", "G722", "opus", and "L16", which is that of 16 kHz and then of 8.
[[nodiscard]] std::vector<media::AudioCodec> codecs_named(const std::vector<std::string>& names);

/// Persona and rules with the call's values in them: SessionContext::prompt. When values of the network are in it, it begins with
/// a sentence that says what <data> means.
[[nodiscard]] std::string prompt_for(const AgentProfile& profile, const prompts::CallVariables& call);
/// The greeting to be spoken; "" when there is none.
[[nodiscard]] std::string greeting_for(const AgentProfile& profile, const prompts::CallVariables& call);
/// True when a language model hears of the prompt, and of tools, in any of its ways.
[[nodiscard]] bool has_language_model(const AgentProfile& profile);
/// True when any of its ways needs `kind`.
[[nodiscard]] bool uses(const AgentProfile& profile, ProviderKind kind);

}  // namespace offhook::inline v0::agent
