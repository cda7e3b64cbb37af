#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// The questions to a person about the chosen providers.
namespace offhook::inline v0::agent::setup {

/// Whether an answer is required.
enum class Need : std::uint8_t {
  Always,
  Optional,  ///< "none" omits it
  IfSet,     ///< asked only when its variable is set, because it is rarely needed
};
/// The use of the answer. Azure has one resource for speech, and another for models.
enum class Use : std::uint8_t { All, Speech, Model };

struct ProviderQuestion {
  std::string_view provider, variable;
  std::string_view pointer;  ///< of the setting, within the provider's object: "/speech/key"
  std::string_view text, why;
  std::string_view example{};
  std::string_view usual{};
  bool is_secret = false;
  Need need = Need::Always;
  Use use = Use::All;
};

inline constexpr std::array kProviderQuestions{
    ProviderQuestion{.provider = "openai", .variable = "OPENAI_API_KEY", .pointer = "/api_key", .text = "Key of an OpenAI project",
                     .why = "It begins with sk-. OpenAI charges for each minute of a call: docs/openai.md.",
                     .example = "sk-proj-...", .is_secret = true},
    ProviderQuestion{.provider = "openai", .variable = "OPENAI_BASE_URL", .pointer = "/base_url", .text = "Address of OpenAI",
                     .why = "OPENAI_BASE_URL is set: Offhook sends the key to this address.",
                     .example = "https://api.openai.com/v1", .need = Need::IfSet},
    ProviderQuestion{.provider = "azure", .variable = "AZURE_SPEECH_KEY", .pointer = "/speech/key", .text = "Key of the Speech resource",
                     .why = "In the portal: the resource, Keys and Endpoint.",
                     .example = "0a1b2c3d...", .is_secret = true, .use = Use::Speech},
    ProviderQuestion{.provider = "azure", .variable = "AZURE_SPEECH_REGION", .pointer = "/speech/region", .text = "Region of the Speech resource",
                     .why = "In the portal: beside the key.",
                     .example = "westeurope", .use = Use::Speech},
    ProviderQuestion{.provider = "azure", .variable = "AZURE_OPENAI_ENDPOINT", .pointer = "/base_url", .text = "Endpoint of the Azure OpenAI resource",
                     .why = "In the portal: the resource, Keys and Endpoint. Its model thinks.",
                     .example = "https://NAME.openai.azure.com", .use = Use::Model},
    ProviderQuestion{.provider = "azure", .variable = "AZURE_OPENAI_KEY", .pointer = "/api_key", .text = "Key of the Azure OpenAI resource",
                     .why = "It is not the key of the Speech resource.",
                     .example = "0a1b2c3d...", .is_secret = true, .use = Use::Model},
    ProviderQuestion{.provider = "azure", .variable = "AZURE_OPENAI_DEPLOYMENT", .pointer = "/deployment", .text = "Deployment of a chat model",
                     .why = "Its name, as you gave it when you deployed the model.",
                     .example = "gpt-4o-mini", .use = Use::Model},
    ProviderQuestion{.provider = "deepgram", .variable = "DEEPGRAM_API_KEY", .pointer = "/api_key", .text = "Key of a Deepgram project",
                     .why = "Deepgram charges for each minute: docs/deepgram.md.",
                     .example = "0a1b2c3d...", .is_secret = true},
    ProviderQuestion{.provider = "ollama", .variable = "OLLAMA_BASE_URL", .pointer = "/base_url", .text = "Address of Ollama",
                     .why = "If Ollama runs on this machine, keep this address.",
                     .example = "http://127.0.0.1:11434", .usual = "http://127.0.0.1:11434"},
    ProviderQuestion{.provider = "ollama", .variable = "OLLAMA_MODEL", .pointer = "/models/chat", .text = "Model of Ollama",
                     .why = "A model that `ollama list` shows.",
                     .example = "llama3.2"},
    ProviderQuestion{.provider = "azure_openai", .variable = "AZURE_OPENAI_ENDPOINT", .pointer = "/base_url", .text = "Endpoint of the Azure OpenAI resource",
                     .why = "In the portal: the resource, Keys and Endpoint.",
                     .example = "https://NAME.openai.azure.com"},
    ProviderQuestion{.provider = "azure_openai", .variable = "AZURE_OPENAI_KEY", .pointer = "/api_key", .text = "Key of the Azure OpenAI resource",
                     .why = "In the portal: the resource, Keys and Endpoint.",
                     .example = "0a1b2c3d...", .is_secret = true},
    ProviderQuestion{.provider = "azure_openai", .variable = "AZURE_OPENAI_DEPLOYMENT", .pointer = "/deployment", .text = "Deployment of a Realtime model",
                     .why = "Its name, as you gave it when you deployed the model: docs/azure.md.",
                     .example = "gpt-realtime"},
    ProviderQuestion{.provider = "openai_compatible", .variable = "OPENAI_BASE_URL", .pointer = "/base_url", .text = "Address of the server",
                     .why = "Its base URL: docs/compatible.md.",
                     .example = "http://127.0.0.1:8000/v1"},
    ProviderQuestion{.provider = "openai_compatible", .variable = "OPENAI_API_KEY", .pointer = "/api_key", .text = "Key of the server",
                     .why = "`none` if the server needs no key.", .is_secret = true, .need = Need::Optional},
    ProviderQuestion{.provider = "openai_compatible", .variable = "OPENAI_MODEL", .pointer = "/models/chat", .text = "Model of the server",
                     .why = "The name of a model that the server has.",
                     .example = "qwen3-8b"},
};

/// The providers that a person can choose; `local` needs no answers.
inline constexpr auto kProviderChoices =
    std::to_array<std::string_view>({"local", "openai", "azure", "deepgram", "ollama", "azure_openai", "openai_compatible"});
/// The providers that can think, or listen and speak, for another provider, with only the answers above.
inline constexpr auto kThinkers = std::to_array<std::string_view>({"local", "openai", "azure", "ollama", "openai_compatible"});
inline constexpr auto kSpeakers = std::to_array<std::string_view>({"local", "openai", "azure", "deepgram"});

}  // namespace offhook::inline v0::agent::setup
