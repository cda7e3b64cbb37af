#include <offhook/agent/providers/openai/realtime_options.hpp>

#include <offhook/agent/providers/openai/realtime_events.hpp>

#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {
namespace {

/// http to ws, https to wss; without slashes at the end.
std::string socket_url(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.starts_with("http")) return "ws" + std::string(url.substr(4));
  return std::string(url);
}

/// A value in a query: RFC 3986 section 3.4, with all but unreserved characters escaped.
std::string query_value(std::string_view value) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const auto octet = static_cast<unsigned char>(c);
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
    } else {
      out += '%';
      out += kHex[octet >> 4U];
      out += kHex[octet & 0x0FU];
    }
  }
  return out;
}

std::string azure_url(const AzureRealtime& azure) {
  std::string resource = socket_url(azure.endpoint);
  for (const std::string_view path : {"/v1", "/openai"}) {  // Some write the whole of the base.
    if (resource.ends_with(path)) resource.resize(resource.size() - path.size());
  }
  // The GA address answers 401 to an api-version.
  if (azure.api_version.empty()) return resource + "/openai/v1/realtime?model=" + query_value(azure.deployment);
  return resource + "/openai/realtime?api-version=" + query_value(azure.api_version) + "&deployment=" + query_value(azure.deployment);
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
  request.url = socket_url(options.base_url) + "/realtime?model=" + query_value(options.model);
  if (!options.api_key.empty()) request.headers.emplace_back("Authorization", "Bearer " + options.api_key.reveal());
  if (!options.organization.empty()) request.headers.emplace_back("OpenAI-Organization", options.organization);
  if (!options.project.empty()) request.headers.emplace_back("OpenAI-Project", options.project);
  return request;
}

}  // namespace offhook::inline v0::agent::openai::realtime
