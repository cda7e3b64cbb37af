#pragma once

#include <offhook/agent/support/secret.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// The settings of one provider, from the configuration, the environment and the defaults.
namespace offhook::inline v0::agent {

enum class ProviderKind : std::uint8_t {
  Local, OpenAi, AzureOpenAi, OpenAiCompatible,
  Azure,     ///< hears and speaks by Azure Speech; thinks by Azure OpenAI when a deployment is configured
  Deepgram,  ///< hears and speaks; its Voice Agent holds the whole conversation
  Ollama,    ///< thinks
};
/// Returns the name in the configuration: "local", "openai", "azure_openai", "openai_compatible", "azure", "deepgram" or "ollama".
[[nodiscard]] std::string_view to_string(ProviderKind kind);

enum class ChatApi : std::uint8_t { Chat, Responses };

/// Differences between OpenAI's API and a server that claims compatibility. The defaults are OpenAI's own.
struct ProviderQuirks {
  std::string max_tokens = "max_completion_tokens";  ///< name of the field for the token limit; "": the field is not sent
  bool stream_options = true;                        ///< true: the server understands the field stream_options
  bool tool_choice = true;                           ///< true: the server understands the field tool_choice
  bool developer_role = true;                        ///< false: rules are sent with the role "system"
  bool starts_in_thought = false;                    ///< true: replies begin within a thought, and contain only its closing tag

  friend bool operator==(const ProviderQuirks&, const ProviderQuirks&) = default;
};

/// Limits of a language model's reasoning and replies.
struct ReplyTuning {
  std::int64_t max_tokens = 0;                       ///< tokens of one reply; 0: Offhook sets no limit
  std::string reasoning_effort, service_tier;        ///< "": not sent

  friend bool operator==(const ReplyTuning&, const ReplyTuning&) = default;
};

/// Settings of a model that hears and speaks itself.
struct RealtimeTuning {
  enum class TurnEnd : std::uint8_t { Ours, ServerVad, SemanticVad };
  enum class Eagerness : std::uint8_t { Auto, Low, Medium, High };
  enum class NoiseReduction : std::uint8_t { None, NearField, FarField };
  TurnEnd turn_end = TurnEnd::Ours;                  ///< the side that detects the end of the caller's turn
  Eagerness eagerness = Eagerness::Auto;             ///< for SemanticVad
  NoiseReduction noise_reduction = NoiseReduction::None;
  std::int64_t speed_percent = 100;                  ///< 25..150
  std::int64_t max_tokens = 0;                       ///< tokens of one response, 1..4096; 0: Offhook sets no limit
  /// How the server shortens a conversation that exceeds its limit. Usual: Offhook sends no setting.
  enum class Truncation : std::uint8_t { Usual, Auto, Disabled, RetentionRatio };
  bool transcription = true;                         ///< true: the model `transcription` transcribes the caller's words
  std::string reasoning_effort{};                    ///< "minimal" to "xhigh"; "": not sent
  Truncation truncation = Truncation::Usual;
  std::int64_t retention_percent = 80;               ///< for RetentionRatio: share of the conversation that the server keeps
  std::int64_t context_tokens = 0;                   ///< for RetentionRatio: longest conversation after the instructions, in tokens; 0: the model's own limit

  friend bool operator==(const RealtimeTuning&, const RealtimeTuning&) = default;
};

/// Azure's speech service, a resource of its own beside Azure OpenAI.
struct SpeechResource {
  std::string region, url;                           ///< for example "westeurope"; the URL, without a slash at the end, of a resource's own host or a container
  Secret key;                                ///< may be empty when `url` is set
};

/// Settings of Deepgram's recognition, and limits on its use of the audio.
struct DeepgramTuning {
  enum class TurnEnd : std::uint8_t { Ours, Flux };
  std::optional<std::int64_t> endpointing_ms;        ///< silence after which words are final; 0: never; nullopt: Deepgram's default
  bool smart_format = false, numerals = false;
  bool mip_opt_out = false;                          ///< true: Deepgram may not use the audio to improve its models
  std::string tag;                                   ///< label for the account's usage reports
  std::string agent_url = "https://agent.deepgram.com";  ///< address of the Voice Agent
  std::string thinks_by;                             ///< provider of the model that thinks in the Voice Agent: "open_ai", "anthropic"; "": Deepgram's default
  TurnEnd turn_end = TurnEnd::Flux;                  ///< when Flux listens: the side that ends the caller's turn
  std::int64_t eot_threshold_percent = 70;           ///< for Flux: 50..90
  std::int64_t eager_eot_threshold_percent = 0;      ///< for Flux: 30..90; 0: Flux reports no eager end of a turn
  std::int64_t eot_timeout_ms = 2500;                ///< for Flux: 500..60000

  friend bool operator==(const DeepgramTuning&, const DeepgramTuning&) = default;
};

/// Settings of Ollama's model.
struct OllamaTuning {
  std::int64_t context_tokens = 8192;                ///< tokens of prompt, history and answer together
  std::chrono::minutes keep_alive{30};               ///< time that the model stays loaded after each answer

  friend bool operator==(const OllamaTuning&, const OllamaTuning&) = default;
};

struct ProviderProfile {
  std::string name;                                  ///< the name in the configuration; also used in records and logs
  ProviderKind kind = ProviderKind::Local;
  std::string base_url;                              ///< "https://api.openai.com/v1": no slash at the end; "" for Local. For Azure: the address of Azure OpenAI
  Secret api_key;                            ///< may be empty for OpenAiCompatible and Ollama
  std::string region;                                ///< any word, such as "eu"; "": not configured
  struct Models { std::string realtime, chat, transcription, speech; } models;  ///< never empty when the kind has a default
  ChatApi api = ChatApi::Chat;
  ProviderQuirks quirks;
  ReplyTuning reply;
  RealtimeTuning realtime;
  std::string deployment, api_version;               ///< for AzureOpenAi; for Azure: of its chat model, `deployment` is "" when it does not think
  SpeechResource speech;                             ///< for Azure
  DeepgramTuning deepgram;
  OllamaTuning ollama;
  std::string voice;                                 ///< replaces a voice of the agent that this provider lacks; "": the nearest voice
  std::string ca_file;                               ///< "": the system's certificate authorities
};
using ProviderPtr = std::shared_ptr<const ProviderProfile>;

}  // namespace offhook::inline v0::agent
