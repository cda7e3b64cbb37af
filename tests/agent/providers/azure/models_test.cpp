#include <offhook/agent/providers/azure/parts.hpp>
#include <offhook/agent/providers/azure/provider.hpp>
#include <offhook/agent/providers/openai/profile_options.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("Azure's models use the interface of Azure OpenAI. A realtime session uses the deployment of the realtime model, not of the chat model") {
  ProviderProfile provider;
  provider.kind = &azure::kAzure;
  provider.base_url = "https://name.openai.azure.com";
  provider.deployment = "phone";  // `deployment` belongs to the chat model.
  provider.models.realtime = "rt";
  const ProviderProfile models = azure::models_of(provider);
  CHECK(openai::realtime_options(models).azure->deployment == "rt");
  CHECK(openai::server_of(models, "mini").base_url == "https://name.openai.azure.com/openai/v1");
  CHECK(openai::server_of(models, "mini").auth == openai::Server::Auth::ApiKey);
  provider.api_version = "2025-01-01";
  CHECK(openai::server_of(azure::models_of(provider), "mini").base_url == "https://name.openai.azure.com/openai/deployments/mini");
}
