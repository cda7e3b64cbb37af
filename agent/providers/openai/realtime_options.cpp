#include <offhook/agent/providers/openai/realtime_options.hpp>

#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/agent/support/url_text.hpp>

namespace offhook::inline v0::agent::openai::realtime {
namespace {

std::string azure_url(const AzureRealtime& azure) {
  const std::string resource = socket_url(azure.endpoint);
  // The GA address answers 401 if there is an api-version.
  if (azure.api_version.empty()) return resource + "/openai/v1/realtime?model=" + percent_encoded(azure.deployment);
  return resource + "/openai/realtime?api-version=" + percent_encoded(azure.api_version) + "&deployment=" + percent_encoded(azure.deployment);
}

}  // namespace

net::WebSocketRequest socket_request(const RealtimeOptions& options) {
  net::WebSocketRequest request;
  request.max_message = kMaxFrame;
  if (options.azure) {
    request.url = azure_url(*options.azure);
    request.headers.emplace_back("api-key", options.api_key.reveal());
    return request;
  }
  request.url = socket_url(options.base_url) + "/realtime?model=" + percent_encoded(options.model);
  if (!options.api_key.empty()) request.headers.emplace_back("Authorization", "Bearer " + options.api_key.reveal());
  if (!options.organization.empty()) request.headers.emplace_back("OpenAI-Organization", options.organization);
  if (!options.project.empty()) request.headers.emplace_back("OpenAI-Project", options.project);
  return request;
}

}  // namespace offhook::inline v0::agent::openai::realtime
