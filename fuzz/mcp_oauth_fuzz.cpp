// The input is documents of authorization servers, and responses in any order, for a client that requests a token. Checks that the client
// sends its secret only to a token endpoint with https, and that no error text contains the secret.
#include "require.hpp"

#include <offhook/agent/tools/mcp/oauth_documents.hpp>
#include <offhook/agent/tools/mcp/oauth_grant.hpp>
#include <offhook/agent/tools/mcp/oauth_urls.hpp>
#include <offhook/base/text.hpp>

#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook;
using namespace offhook::agent::tools::mcp;
using offhook::fuzz::require;

namespace {

constexpr std::string_view kSecret = "VERYSECRET", kServer = "https://tools.example/a/mcp";
constexpr base::TimePoint kNow{std::chrono::hours(1)};

void read_documents(std::string_view text) {
  if (const auto challenge = read_bearer_challenge(text))
    require(challenge->resource_metadata.size() <= kMaxOauthUrl && challenge->scope.size() <= kMaxScopeBytes);
  if (const auto resource = read_resource_metadata(text))
    require(resource->issuers.size() <= kMaxIssuers && resource->scopes.size() <= kMaxScopeBytes);
  (void)read_issuer_metadata(text);
  if (const auto token = read_token_answer(text)) require(token->token.reveal().find_first_of("\r\n ") == std::string::npos);
  require(read_oauth_error(text).find_first_of(" \"\r\n") == std::string::npos);
  for (const std::string& url : issuer_metadata_urls(text)) (void)fault_of_named_url(url, kServer);
  (void)is_resource_of(text, kServer);
}

bool is_told(const GrantRequest& request) {
  if (request.body.find(kSecret) != std::string::npos) return true;
  for (const auto& [name, value] : request.headers) {
    if (name == "authorization") return true;
  }
  return false;
}

void judge(const GrantStep& step, const ClientCredentialsGrant& grant) {
  if (const auto* request = std::get_if<GrantRequest>(&step)) {
    require(!fault_of_named_url(request->url, kServer));
    require(is_told(*request) == (request->method == "POST") &&
            (request->method == "POST") == (grant.state() == ClientCredentialsGrant::State::Token));
    require(request->body.find_first_of("\r\n ") == std::string::npos);
    return;
  }
  require(grant.state() == ClientCredentialsGrant::State::Idle);
  if (const auto* denied = std::get_if<Denied>(&step))
    require(!denied->why.empty() && denied->why.find(kSecret) == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_documents(text);
  OauthOptions options;
  options.client_id = "offhook";
  options.client_secret = agent::Secret(std::string(kSecret));
  ClientCredentialsGrant grant(std::move(options), std::string(kServer));
  base::TextCursor cursor(text);
  // A line is a challenge, or the response to the last request. '!' means a failure without a response, '?' a response with an error status.
  for (int lines = 0; !cursor.at_end() && lines < 200; ++lines) {
    const std::string_view line = cursor.take_until('\n');
    if (grant.state() == ClientCredentialsGrant::State::Idle) {
      judge(grant.begin(line), grant);
    } else if (line.starts_with('!')) {
      judge(grant.on_no_answer("it was not there"), grant);
    } else {
      judge(grant.on_answer(line.starts_with('?') ? 404 : 200, line, kNow), grant);
    }
  }
  return 0;
}
