#pragma once

#include <offhook/agent/config/secret.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// Who is asked, and how: what the configuration says of one provider, with what the environment and our defaults fill in.
namespace offhook::inline v0::agent {

enum class ProviderKind : std::uint8_t { Local, OpenAi, AzureOpenAi, OpenAiCompatible };
/// "local", "openai", "azure_openai", "openai_compatible": as in the configuration.
[[nodiscard]] std::string_view to_string(ProviderKind kind);

enum class ChatApi : std::uint8_t { Chat, Responses };

/// Where servers that call themselves compatible are not. The defaults are OpenAI's own.
struct ProviderQuirks {
  std::string max_tokens = "max_completion_tokens";  ///< the field's name; "": the field is not sent
  bool stream_options = true;                        ///< they are understood
  bool tool_choice = true;                           ///< so is this field
  bool developer_role = true;                        ///< false: rules go by the role "system"

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

  friend bool operator==(const RealtimeTuning&, const RealtimeTuning&) = default;
};

struct ProviderProfile {
  std::string name;                                  ///< as the configuration calls it; it stands in records and logs
  ProviderKind kind = ProviderKind::Local;
  std::string base_url;                              ///< "https://api.openai.com/v1": no slash at the end; "" for Local
  config::Secret api_key;                            ///< may be empty for OpenAiCompatible
  std::string region;                                ///< a free word such as "eu"; "": not said
  struct Models { std::string realtime, chat, transcription, speech; } models;  ///< never empty where the kind has a default
  ChatApi api = ChatApi::Chat;
  ProviderQuirks quirks;
  ReplyTuning reply;
  RealtimeTuning realtime;
  std::string deployment, api_version;               ///< AzureOpenAi
  std::string ca_file;                               ///< "": the system's authorities
};
using ProviderPtr = std::shared_ptr<const ProviderProfile>;

}  // namespace offhook::inline v0::agent
