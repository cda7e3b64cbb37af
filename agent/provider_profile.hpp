#pragma once

#include <offhook/agent/config/secret.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// Who is asked, and how: what the configuration says of one provider, with what the environment and our defaults fill in.
namespace offhook::inline v0::agent {

enum class ProviderKind : std::uint8_t {
  Local, OpenAi, AzureOpenAi, OpenAiCompatible,
  Azure,     ///< hears and speaks by Azure Speech; thinks by Azure OpenAI where a deployment is named
  Deepgram,  ///< hears and speaks; by its Voice Agent it holds the whole conversation
  Ollama,    ///< thinks
};
/// "local", "openai", "azure_openai", "openai_compatible", "azure", "deepgram", "ollama": as in the configuration.
[[nodiscard]] std::string_view to_string(ProviderKind kind);

enum class ChatApi : std::uint8_t { Chat, Responses };

/// Where servers that call themselves compatible are not. The defaults are OpenAI's own.
struct ProviderQuirks {
  std::string max_tokens = "max_completion_tokens";  ///< the field's name; "": the field is not sent
  bool stream_options = true;                        ///< they are understood
  bool tool_choice = true;                           ///< so is this field
  bool developer_role = true;                        ///< false: rules go by the role "system"
  bool starts_in_thought = false;                    ///< answers begin within a thought, and only its closing tag comes

  friend bool operator==(const ProviderQuirks&, const ProviderQuirks&) = default;
};

/// How much a language model thinks, and says.
struct ReplyTuning {
  std::int64_t max_tokens = 0;                       ///< of one reply; 0: no limit of ours
  std::string reasoning_effort, service_tier;        ///< "": not sent

  friend bool operator==(const ReplyTuning&, const ReplyTuning&) = default;
};

/// How a model that hears and speaks by itself does so.
struct RealtimeTuning {
  enum class TurnEnd : std::uint8_t { Ours, ServerVad, SemanticVad };
  enum class Eagerness : std::uint8_t { Auto, Low, Medium, High };
  enum class NoiseReduction : std::uint8_t { None, NearField, FarField };
  TurnEnd turn_end = TurnEnd::Ours;                  ///< who finds the end of the caller's turn
  Eagerness eagerness = Eagerness::Auto;             ///< of SemanticVad
  NoiseReduction noise_reduction = NoiseReduction::None;
  std::int64_t speed_percent = 100;                  ///< 25..150
  std::int64_t max_tokens = 0;                       ///< of one response, 1..4096; 0: no limit of ours
  /// What the server does with a conversation that is longer than it may be. Usual: nothing is said of it.
  enum class Truncation : std::uint8_t { Usual, Auto, Disabled, RetentionRatio };
  bool transcription = true;                         ///< the model `transcription` writes the caller's words down
  std::string reasoning_effort{};                    ///< "minimal" to "xhigh"; "": not sent
  Truncation truncation = Truncation::Usual;
  std::int64_t retention_percent = 80;               ///< of RetentionRatio: so much of the conversation is kept
  std::int64_t context_tokens = 0;                   ///< of RetentionRatio: the longest conversation behind the instructions; 0: the model's own

  friend bool operator==(const RealtimeTuning&, const RealtimeTuning&) = default;
};

/// Of Azure: its speech service, a resource besides that of Azure OpenAI.
struct SpeechResource {
  std::string region, url;                           ///< "westeurope"; a resource's own host or a container instead, without a slash at the end
  config::Secret key;                                ///< may be empty where there is a url
};

/// How Deepgram listens, and what it may do with what it hears.
struct DeepgramTuning {
  enum class TurnEnd : std::uint8_t { Ours, Flux };
  std::optional<std::int64_t> endpointing_ms;        ///< silence after which words are final; 0: never; nothing: the usual
  bool smart_format = false, numerals = false;
  bool mip_opt_out = false;                          ///< nothing of it may be used to make models better
  std::string tag;                                   ///< for the account's own books
  std::string agent_url = "https://agent.deepgram.com";  ///< of its Voice Agent
  std::string thinks_by;                             ///< whose model thinks in the Voice Agent: "open_ai", "anthropic"; "": the usual
  TurnEnd turn_end = TurnEnd::Flux;                  ///< which side ends the caller's turn where Flux listens
  std::int64_t eot_threshold_percent = 70;           ///< of Flux: 50..90
  std::int64_t eager_eot_threshold_percent = 0;      ///< of Flux: 30..90; 0: it tells no eager ends
  std::int64_t eot_timeout_ms = 2500;                ///< of Flux: 500..60000

  friend bool operator==(const DeepgramTuning&, const DeepgramTuning&) = default;
};

/// How Ollama keeps its model.
struct OllamaTuning {
  std::int64_t context_tokens = 8192;                ///< of prompt, history and answer together
  std::chrono::minutes keep_alive{30};               ///< loaded, after each answer

  friend bool operator==(const OllamaTuning&, const OllamaTuning&) = default;
};

struct ProviderProfile {
  std::string name;                                  ///< as the configuration calls it; it stands in records and logs
  ProviderKind kind = ProviderKind::Local;
  std::string base_url;                              ///< "https://api.openai.com/v1": no slash at the end; "" for Local. Of Azure its OpenAI
  config::Secret api_key;                            ///< may be empty for OpenAiCompatible and Ollama
  std::string region;                                ///< a free word such as "eu"; "": not said
  struct Models { std::string realtime, chat, transcription, speech; } models;  ///< never empty where the kind has a default
  ChatApi api = ChatApi::Chat;
  ProviderQuirks quirks;
  ReplyTuning reply;
  RealtimeTuning realtime;
  std::string deployment, api_version;               ///< AzureOpenAi; of Azure that of its chat model, "" when it does not think
  SpeechResource speech;                             ///< Azure
  DeepgramTuning deepgram;
  OllamaTuning ollama;
  std::string voice;                                 ///< in place of one that the agent names and this provider lacks; "": the nearest
  std::string ca_file;                               ///< "": the system's authorities
};
using ProviderPtr = std::shared_ptr<const ProviderProfile>;

}  // namespace offhook::inline v0::agent
