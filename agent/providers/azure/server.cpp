#include <offhook/agent/providers/azure/server.hpp>

#include <offhook/agent/providers/azure/usp_frame.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::azure {

namespace {

std::string_view domain_of(std::string_view region) {
  if (region.starts_with("china")) return "azure.cn";
  if (region.starts_with("usgov")) return "azure.us";
  return "microsoft.com";
}

/// Returns the headers of each request. The HTTP client adds User-Agent, without which the synthesis over HTTP refuses requests.
net::Headers headers_of(const Server& server) {
  net::Headers headers;
  if (!server.key.empty()) headers.emplace_back("ocp-apim-subscription-key", server.key.reveal());
  return headers;
}

}  // namespace

std::string url_of(const Server& server, Service service, std::string_view path) {
  std::string url = server.endpoint;
  while (url.ends_with('/')) url.pop_back();
  if (url.empty()) {
    const std::string_view host = service == Service::Recognition ? "stt" : "tts";
    url = fmt::format("https://{}.{}.speech.{}", server.region, host, domain_of(server.region));
  }
  return url += path;
}

net::HttpRequest request_to(const Server& server, Service service, std::string_view path) {
  net::HttpRequest request;
  request.url = url_of(server, service, path);
  request.headers = headers_of(server);
  request.connect_limit = server.connect_limit;
  return request;
}

net::WebSocketRequest socket_to(const Server& server, Service service, std::string_view path, std::string_view connection_id) {
  net::WebSocketRequest request;
  request.url = socket_url(url_of(server, service, path));
  request.headers = headers_of(server);
  request.headers.emplace_back("x-connectionid", connection_id);
  request.connect_limit = server.connect_limit;
  request.max_message = kMaxUspMessage;
  return request;
}

}  // namespace offhook::inline v0::agent::azure
