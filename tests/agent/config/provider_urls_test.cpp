#include <offhook/agent/config/provider_urls.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent;

TEST_CASE("A known path of the provider's interface is removed from the end of its base URL") {
  struct Row { ProviderKind kind; const char* pasted; const char* base; };
  using Kind = ProviderKind;
  for (const Row& row : {
           Row{Kind::Ollama, "http://h:11434/v1", "http://h:11434"},
           Row{Kind::Ollama, "http://h:11434/api", "http://h:11434"},
           Row{Kind::Ollama, "http://h:11434/api/chat", "http://h:11434"},
           Row{Kind::Ollama, "http://h/ollama/v1", "http://h/ollama"},
           Row{Kind::Ollama, "http://h/ollama", "http://h/ollama"},
           Row{Kind::Ollama, "http://v1", "http://v1"},
           Row{Kind::AzureOpenAi, "https://x.openai.azure.com/openai/v1", "https://x.openai.azure.com"},
           Row{Kind::Azure, "https://x.openai.azure.com/openai/v1/chat/completions", "https://x.openai.azure.com"},
           Row{Kind::Azure, "https://gateway.example/ai/openai", "https://gateway.example/ai"},
           Row{Kind::Deepgram, "https://api.deepgram.com/v1", "https://api.deepgram.com"},
           Row{Kind::Deepgram, "https://agent.deepgram.com/v1/agent/converse", "https://agent.deepgram.com"},
           Row{Kind::Deepgram, "https://api.deepgram.com/v2/listen", "https://api.deepgram.com"},
           Row{Kind::OpenAiCompatible, "http://h:8000/v1/chat/completions", "http://h:8000/v1"},
           Row{Kind::OpenAiCompatible, "http://h:8000/v1", "http://h:8000/v1"},
           Row{Kind::OpenAi, "https://api.openai.com/v1/responses", "https://api.openai.com/v1"},
           Row{Kind::OpenAi, "https://api.openai.com/v1//", "https://api.openai.com/v1"},
           Row{Kind::Local, "http://h/v1", "http://h/v1"},
       }) {
    CAPTURE(row.pasted);
    CHECK(config::base_of_url(row.kind, row.pasted) == row.base);
    CHECK_FALSE(config::complain_of_base(row.kind, row.base));
  }
}

TEST_CASE("A target URI of Azure is refused once, with the part to remove; the own path of a gateway is accepted") {
  const auto found = [](ProviderKind kind, const char* url) {
    const auto complaint = config::complain_of_base(kind, url);
    return complaint ? complaint->found : std::string();
  };
  const std::string target = "the address of one interface, such as a target URI";
  const char* const pasted = "https://x.openai.azure.com/openai/deployments/mini/chat/completions?api-version=2025-01-01-preview";
  CHECK(found(ProviderKind::AzureOpenAi, pasted) == target);
  CHECK(found(ProviderKind::Azure, pasted) == target);
  CHECK(found(ProviderKind::Azure, "https://x.openai.azure.com/openai/deployments/mini") == target);
  CHECK(found(ProviderKind::Azure, "https://X.Services.AI.Azure.com:443/api/projects/p") == target);
  CHECK(found(ProviderKind::Azure, "https://gateway.example/ai/openai/deployments/mini") == target);
  CHECK(found(ProviderKind::Azure, "https://gateway.example/ai").empty());
  CHECK(found(ProviderKind::Azure, "https://x.openai.azure.com").empty());
  CHECK(found(ProviderKind::Azure, "https://x.openai.azure.com/openai/v1?api-version=preview") == "a URL with a query");
  CHECK(found(ProviderKind::Ollama, "http://h/openai/x").empty());
  CHECK(config::complain_of_base(ProviderKind::Azure, pasted)->allowed == "a URL such as \"https://NAME.openai.azure.com\"");
}
