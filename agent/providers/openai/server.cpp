#include <offhook/agent/providers/openai/server.hpp>

namespace offhook::inline v0::agent::openai {

std::string url_of(const Server& server, std::string_view path) {
  std::string url = server.base_url;
  while (url.ends_with('/')) url.pop_back();
  url += path;
  return server.query.empty() ? url : url + "?" + server.query;
}

net::HttpRequest request_to(const Server& server, std::string_view path) {
  net::HttpRequest request;
  request.url = url_of(server, path);
  request.connect_limit = server.connect_limit;
  if (!server.key.empty()) {
    if (server.auth == Server::Auth::Bearer) request.headers.emplace_back("authorization", "Bearer " + server.key.reveal());
    if (server.auth == Server::Auth::ApiKey) request.headers.emplace_back("api-key", server.key.reveal());
  }
  if (!server.organization.empty()) request.headers.emplace_back("openai-organization", server.organization);
  if (!server.project.empty()) request.headers.emplace_back("openai-project", server.project);
  return request;
}

}  // namespace offhook::inline v0::agent::openai
