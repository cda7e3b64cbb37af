#include <offhook/agent/providers/openai/profile_options.hpp>

#include <offhook/agent/providers/openai/provider.hpp>

namespace offhook::inline v0::agent::openai {

namespace {

bool is_azure(const ProviderProfile& provider) { return provider.kind == &kAzureOpenAi; }

}  // namespace

Server server_of(const ProviderProfile& provider, const std::string& model) {
  Server server;
  server.base_url = provider.base_url;
  server.key = provider.api_key;
  if (!is_azure(provider)) return server;
  server.auth = Server::Auth::ApiKey;
  // The current interface has the deployment in the request, as the model. The older interfaces, each with a date, have it in the address.
  server.base_url += provider.api_version.empty() ? "/openai/v1" : "/openai/deployments/" + model;
  if (!provider.api_version.empty()) server.query = "api-version=" + provider.api_version;
  return server;
}

ModelOptions model_options(const ProviderProfile& provider) {
  ModelOptions options;
  options.model = provider.models.chat;
  options.prompt_role = provider.quirks.developer_role ? "developer" : "system";
  options.legacy_max_tokens = provider.quirks.max_tokens == "max_tokens";
  options.send_stream_options = provider.quirks.stream_options;
  options.send_tool_choice = provider.quirks.tool_choice;
  options.starts_in_thought = provider.quirks.starts_in_thought;
  if (provider.reply.max_tokens > 0 && !provider.quirks.max_tokens.empty()) options.max_tokens = provider.reply.max_tokens;
  options.reasoning_effort = provider.reply.reasoning_effort;
  options.service_tier = provider.reply.service_tier;
  return options;
}

realtime::RealtimeOptions realtime_options(const ProviderProfile& provider) {
  realtime::RealtimeOptions options;
  options.api_key = provider.api_key;
  options.model = provider.models.realtime;
  options.transcription_model = provider.realtime.transcription ? provider.models.transcription : std::string();
  if (is_azure(provider)) {
    options.azure = realtime::AzureRealtime{provider.base_url, provider.deployment, provider.api_version};
  } else {
    options.base_url = provider.base_url;
  }
  options.turn_detection.kind = provider.realtime.turn_end;
  options.turn_detection.eagerness = provider.realtime.eagerness;
  options.noise_reduction = provider.realtime.noise_reduction;
  options.speed = static_cast<double>(provider.realtime.speed_percent) / 100;
  options.max_output_tokens = static_cast<std::uint32_t>(provider.realtime.max_tokens);
  options.reasoning_effort = provider.realtime.reasoning_effort;
  options.truncation.kind = provider.realtime.truncation;
  options.truncation.retention_ratio = static_cast<double>(provider.realtime.retention_percent) / 100;
  options.truncation.post_instructions = static_cast<std::uint32_t>(provider.realtime.context_tokens);
  return options;
}

}  // namespace offhook::inline v0::agent::openai
