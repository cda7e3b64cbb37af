#include <offhook/agent/config/provider_urls.hpp>
#include <offhook/agent/providers/azure/provider.hpp>
#include <offhook/agent/providers/deepgram/provider.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/ollama/provider.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent;

TEST_CASE("A known path of the provider's interface is removed from the end of its base URL") {
  struct Row { const Provider& kind; const char* pasted; const char* base; };
  for (const Row& row : {
           Row{ollama::kOllama, "http://h:11434/v1", "http://h:11434"},
           Row{ollama::kOllama, "http://h:11434/api", "http://h:11434"},
           Row{ollama::kOllama, "http://h:11434/api/chat", "http://h:11434"},
           Row{ollama::kOllama, "http://h/ollama/v1", "http://h/ollama"},
           Row{ollama::kOllama, "http://h/ollama", "http://h/ollama"},
           Row{ollama::kOllama, "http://v1", "http://v1"},
           Row{openai::kAzureOpenAi, "https://x.openai.azure.com/openai/v1", "https://x.openai.azure.com"},
           Row{azure::kAzure, "https://x.openai.azure.com/openai/v1/chat/completions", "https://x.openai.azure.com"},
           Row{azure::kAzure, "https://gateway.example/ai/openai", "https://gateway.example/ai"},
           Row{deepgram::kDeepgram, "https://api.deepgram.com/v1", "https://api.deepgram.com"},
           Row{deepgram::kDeepgram, "https://agent.deepgram.com/v1/agent/converse", "https://agent.deepgram.com"},
           Row{deepgram::kDeepgram, "https://api.deepgram.com/v2/listen", "https://api.deepgram.com"},
           Row{openai::kOpenAiCompatible, "http://h:8000/v1/chat/completions", "http://h:8000/v1"},
           Row{openai::kOpenAiCompatible, "http://h:8000/v1", "http://h:8000/v1"},
           Row{openai::kOpenAi, "https://api.openai.com/v1/responses", "https://api.openai.com/v1"},
           Row{openai::kOpenAi, "https://api.openai.com/v1//", "https://api.openai.com/v1"},
           Row{embedded::kLocal, "http://h/v1", "http://h/v1"},
       }) {
    CAPTURE(row.pasted);
    CHECK(config::base_of_url(row.kind, row.pasted) == row.base);
    CHECK_FALSE(config::complain_of_base(row.kind, row.base));
  }
}

TEST_CASE("complain_of_base() refuses a target URI of Azure, with the form of a correct URL, and accepts the own path of a gateway") {
  const auto found = [](const Provider& kind, const char* url) {
    const auto complaint = config::complain_of_base(kind, url);
    return complaint ? complaint->found : std::string();
  };
  const std::string target = "the address of one interface, such as a target URI";
  const char* const pasted = "https://x.openai.azure.com/openai/deployments/mini/chat/completions?api-version=2025-01-01-preview";
  CHECK(found(openai::kAzureOpenAi, pasted) == target);
  CHECK(found(azure::kAzure, pasted) == target);
  CHECK(found(azure::kAzure, "https://x.openai.azure.com/openai/deployments/mini") == target);
  CHECK(found(azure::kAzure, "https://X.Services.AI.Azure.com:443/api/projects/p") == target);
  CHECK(found(azure::kAzure, "https://gateway.example/ai/openai/deployments/mini") == target);
  CHECK(found(azure::kAzure, "https://gateway.example/ai").empty());
  CHECK(found(azure::kAzure, "https://x.openai.azure.com").empty());
  CHECK(found(azure::kAzure, "https://x.openai.azure.com/openai/v1?api-version=preview") == "a URL with a query");
  CHECK(found(ollama::kOllama, "http://h/openai/x").empty());
  CHECK(config::complain_of_base(azure::kAzure, pasted)->allowed == "a URL such as \"https://NAME.openai.azure.com\"");
}
