#pragma once

#include <offhook/agent/support/secret.hpp>

#include <any>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// The settings of one provider, from the configuration, the environment and the defaults.
namespace offhook::inline v0::agent {

struct Provider;

enum class ChatApi : std::uint8_t { Chat, Responses };

/// The ways in which a server that claims compatibility with an interface differs from it. The defaults are those of the interface's own server.
struct ProviderQuirks {
  std::string max_tokens = "max_completion_tokens";  ///< name of the field for the token limit; "": the field is not sent
  bool stream_options = true;                        ///< true: the server understands the field stream_options
  bool tool_choice = true;                           ///< true: the server understands the field tool_choice
  bool developer_role = true;                        ///< false: rules are sent with the role "system"
  bool starts_in_thought = false;                    ///< true: replies begin within a thought, and contain only the closing tag of that thought

  friend bool operator==(const ProviderQuirks&, const ProviderQuirks&) = default;
};

/// Limits of a language model's reasoning and replies.
struct ReplyTuning {
  std::int64_t max_tokens = 0;                       ///< tokens of one reply; 0: Offhook sets no limit
  std::string reasoning_effort, service_tier;        ///< "": Offhook does not send the setting

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
  std::string reasoning_effort{};                    ///< "minimal" to "xhigh"; "": Offhook does not send the setting
  Truncation truncation = Truncation::Usual;
  std::int64_t retention_percent = 80;               ///< for RetentionRatio: share of the conversation that the server keeps
  std::int64_t context_tokens = 0;                   ///< for RetentionRatio: longest conversation after the instructions, in tokens; 0: the model's own limit

  friend bool operator==(const RealtimeTuning&, const RealtimeTuning&) = default;
};

struct ProviderProfile {
  std::string name;                                  ///< the name in the configuration; also used in records and logs
  const Provider* kind = nullptr;                    ///< the description of the provider's kind; never null in a configuration
  std::string base_url;                              ///< no slash at the end; "": not configured
  Secret api_key;                            ///< may be empty
  std::string region;                                ///< any word, such as "eu"; "": not configured
  struct Models { std::string realtime, chat, transcription, speech; } models;  ///< a model is never empty if the kind has a default for it
  ChatApi api = ChatApi::Chat;
  ProviderQuirks quirks;
  ReplyTuning reply;
  RealtimeTuning realtime;
  std::string deployment, api_version;               ///< deployment and API version, for a service that deploys models; "": not configured
  std::any own;                                      ///< settings that only this kind has, of a type that its folder defines; empty: the defaults
  std::string voice;                                 ///< replaces a voice of the agent that this provider lacks; "": the nearest voice
  std::string ca_file;                               ///< "": the system's certificate authorities
};
using ProviderPtr = std::shared_ptr<const ProviderProfile>;

}  // namespace offhook::inline v0::agent
