#include <offhook/agent/providers/openai/profile_options.hpp>
#include <offhook/agent/providers/openai/provider.hpp>


#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::openai;

TEST_CASE("model_options has the prompt role that the server supports, and only the configured options") {
  ProviderProfile provider;
  provider.models.chat = "m";
  CHECK(model_options(provider).prompt_role == "developer");
  CHECK_FALSE(model_options(provider).max_tokens);
  CHECK(model_options(provider).reasoning_effort.empty());
  provider.quirks.developer_role = false;
  provider.reply = {400, "low", "priority"};
  const ModelOptions told = model_options(provider);
  CHECK(told.prompt_role == "system");
  CHECK(told.max_tokens == 400);
  CHECK(told.reasoning_effort == "low");
  CHECK(told.service_tier == "priority");
  provider.quirks.max_tokens = "";
  CHECK_FALSE(model_options(provider).max_tokens);
}

TEST_CASE("realtime_options has the configured options for listening and speaking") {
  ProviderProfile provider;
  provider.base_url = "https://host.example/v1";
  CHECK(realtime_options(provider).turn_detection.kind == realtime::TurnDetection::Kind::Ours);
  CHECK(realtime_options(provider).speed == 1.0);
  CHECK(realtime_options(provider).max_output_tokens == 0);
  provider.realtime = {RealtimeTuning::TurnEnd::SemanticVad, RealtimeTuning::Eagerness::High, RealtimeTuning::NoiseReduction::FarField, 125, 4096};
  const auto told = realtime_options(provider);
  CHECK(told.base_url == provider.base_url);
  CHECK(told.turn_detection.kind == realtime::TurnDetection::Kind::SemanticVad);
  CHECK(told.turn_detection.eagerness == realtime::TurnDetection::Eagerness::High);
  CHECK(told.noise_reduction == realtime::NoiseReduction::FarField);
  CHECK(told.speed == 1.25);
  CHECK(told.max_output_tokens == 4096);
}

TEST_CASE("realtime_options has the configured options that limit the cost: transcription, reasoning and truncation") {
  ProviderProfile provider;
  provider.models.transcription = "ears";
  CHECK(realtime_options(provider).transcription_model == "ears");
  CHECK(realtime_options(provider).truncation.kind == realtime::Truncation::Kind::Usual);
  provider.realtime.transcription = false;
  provider.realtime.reasoning_effort = "low";
  provider.realtime.truncation = RealtimeTuning::Truncation::RetentionRatio;
  provider.realtime.retention_percent = 50;
  provider.realtime.context_tokens = 8000;
  const auto told = realtime_options(provider);
  CHECK(told.transcription_model.empty());
  CHECK(told.reasoning_effort == "low");
  CHECK(told.truncation.kind == realtime::Truncation::Kind::RetentionRatio);
  CHECK(told.truncation.retention_ratio == 0.5);
  CHECK(told.truncation.post_instructions == 8000);
}

TEST_CASE("For Azure, server_of uses the api-key header. It uses the v1 interface, or if api_version is set, the interface of the deployment") {
  ProviderProfile provider;
  provider.base_url = "https://name.openai.azure.com";
  provider.deployment = "phone";
  provider.kind = &openai::kAzureOpenAi;
  CHECK(server_of(provider, "mini").base_url == "https://name.openai.azure.com/openai/v1");
  CHECK(server_of(provider, "mini").query.empty());
  provider.api_version = "2025-01-01";
  const Server server = server_of(provider, "mini");
  CHECK(server.base_url == "https://name.openai.azure.com/openai/deployments/mini");
  CHECK(server.query == "api-version=2025-01-01");
  CHECK(server.auth == Server::Auth::ApiKey);
  REQUIRE(realtime_options(provider).azure);
  CHECK(realtime_options(provider).azure->deployment == "phone");
}
