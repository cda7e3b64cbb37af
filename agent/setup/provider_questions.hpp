#pragma once

#include <array>
#include <span>
#include <string_view>

/// What a person is asked of the provider that they chose.
namespace offhook::inline v0::agent::setup {

struct ProviderQuestion {
  std::string_view provider, variable;
  std::string_view pointer;  ///< of its setting, from the provider's object on: "/speech/key"
  std::string_view text, why;
  std::string_view usual{};
  bool is_secret = false;
};

inline constexpr std::array kProviderQuestions{
    ProviderQuestion{"openai", "OPENAI_API_KEY", "/api_key", "Key of an OpenAI project",
                     "It begins with sk-. A call costs money for each minute: docs/openai.md.", "", true},
    ProviderQuestion{"azure", "AZURE_SPEECH_KEY", "/speech/key", "Key of the Speech resource", "In the portal: the resource, Keys and Endpoint.", "", true},
    ProviderQuestion{"azure", "AZURE_SPEECH_REGION", "/speech/region", "Region of the Speech resource", "Such as westeurope, beside the key."},
    ProviderQuestion{"azure", "AZURE_OPENAI_ENDPOINT", "/base_url", "Endpoint of the Azure OpenAI resource", "Such as https://NAME.openai.azure.com: the model that thinks."},
    ProviderQuestion{"azure", "AZURE_OPENAI_KEY", "/api_key", "Key of the Azure OpenAI resource", "It is another one than that of the Speech resource.", "", true},
    ProviderQuestion{"azure", "AZURE_OPENAI_DEPLOYMENT", "/deployment", "Deployment of a chat model", "Its name, as you gave it when you deployed the model."},
    ProviderQuestion{"deepgram", "DEEPGRAM_API_KEY", "/api_key", "Key of a Deepgram project", "Its Voice Agent costs money for each minute: docs/deepgram.md.", "", true},
    ProviderQuestion{"ollama", "OLLAMA_BASE_URL", "/base_url", "Where Ollama runs", "On this machine it is as it stands here.", "http://127.0.0.1:11434"},
    ProviderQuestion{"ollama", "OLLAMA_MODEL", "/models/chat", "Model of Ollama", "One that `ollama list` shows, such as llama3.2."},
};
/// Those that can be chosen; `local` needs nothing.
inline constexpr std::array<std::string_view, 5> kProviderChoices{"local", "openai", "azure", "deepgram", "ollama"};

}  // namespace offhook::inline v0::agent::setup
