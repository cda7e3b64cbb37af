#include <offhook/agent/tools/mcp/oauth_documents.hpp>

#include <offhook/agent/support/http_text.hpp>
#include <offhook/agent/support/json_in.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::size_t kMaxErrorName = 64;

/// RFC 9110 section 5.6.2.
/// Reads a quoted string after its first quote: RFC 9110 section 5.6.4.
std::string take_quoted(base::TextCursor& cursor) {
  std::string text;
  while (!cursor.at_end() && !cursor.try_take('"')) {
    (void)cursor.try_take('\\');
    if (!cursor.at_end()) text += cursor.peek();
    cursor.skip(1);
  }
  return text;
}

void take_parameter(BearerChallenge& challenge, std::string_view name, std::string value) {
  const auto put = [&](std::string_view known, std::string& to, std::size_t most) {
    if (base::iequals(name, known) && to.empty() && value.size() <= most) to = std::move(value);
  };
  put("resource_metadata", challenge.resource_metadata, kMaxOauthUrl);
  put("scope", challenge.scope, kMaxScopeBytes);
  put("error", challenge.error, kMaxErrorName);
}

std::optional<json::Element> parse_document(json::Parser& parser, std::string_view text) {
  if (text.size() > kMaxOauthDocument) return std::nullopt;
  const auto root = json::parse(parser, text);
  return root && root->is_object() ? root : std::nullopt;
}

template <class Each>
void for_each_text(const json::Element& object, std::string_view name, Each each) {
  json::for_each(object, name, [&each](const json::Element& one) {
    std::string_view text;
    if (one.get(text) == simdjson::SUCCESS && !text.empty()) each(text);
  });
}

std::string url_in(const json::Element& object, std::string_view name) {
  const std::string_view url = json::text(object, name);
  return url.size() <= kMaxOauthUrl && std::all_of(url.begin(), url.end(), is_visible) ? std::string(url) : std::string();
}

}  // namespace

// In the grammar of RFC 9110 section 11.6.1, a word before a "=" is a parameter of the last scheme.
std::optional<BearerChallenge> read_bearer_challenge(std::string_view header) {
  if (header.size() > kMaxChallengeBytes) return std::nullopt;
  std::optional<BearerChallenge> challenge;
  bool is_bearer = false;
  base::TextCursor cursor(header);
  for (std::size_t words = 0; words < kMaxChallengeParameters; ++words) {
    (void)cursor.take_while([](char c) { return c == ' ' || c == '\t' || c == ','; });
    const std::string_view word = cursor.take_while(is_token_char);
    if (word.empty()) break;
    cursor.skip_spaces();
    if (!cursor.try_take('=')) {
      if (is_bearer) break;
      is_bearer = base::iequals(word, "Bearer");
      if (is_bearer) challenge.emplace();
      continue;
    }
    cursor.skip_spaces();
    std::string value = cursor.try_take('"') ? take_quoted(cursor)
                                             : std::string(cursor.take_while([](char c) { return is_visible(c) && c != ','; }));
    if (is_bearer) take_parameter(*challenge, word, std::move(value));
  }
  return challenge;
}

std::optional<ResourceMetadata> read_resource_metadata(std::string_view text) {
  json::Parser parser;
  const auto root = parse_document(parser, text);
  if (!root) return std::nullopt;
  ResourceMetadata metadata;
  metadata.resource = url_in(*root, "resource");
  if (metadata.resource.empty()) return std::nullopt;
  for_each_text(*root, "authorization_servers", [&](std::string_view issuer) {
    if (issuer.size() <= kMaxOauthUrl && metadata.issuers.size() < kMaxIssuers) metadata.issuers.emplace_back(issuer);
  });
  for_each_text(*root, "scopes_supported", [&](std::string_view scope) {
    if (metadata.scopes.size() + scope.size() >= kMaxScopeBytes) return;
    metadata.scopes.append(metadata.scopes.empty() ? "" : " ").append(scope);
  });
  return metadata;
}

std::optional<IssuerMetadata> read_issuer_metadata(std::string_view text) {
  json::Parser parser;
  const auto root = parse_document(parser, text);
  if (!root) return std::nullopt;
  IssuerMetadata metadata;
  metadata.issuer = url_in(*root, "issuer");
  metadata.token_endpoint = url_in(*root, "token_endpoint");
  if (metadata.issuer.empty() || metadata.token_endpoint.empty()) return std::nullopt;
  if (!json::member(*root, "token_endpoint_auth_methods_supported")) return metadata;
  metadata.takes_basic = metadata.takes_post = metadata.takes_assertion = false;
  for_each_text(*root, "token_endpoint_auth_methods_supported", [&](std::string_view method) {
    metadata.takes_basic = metadata.takes_basic || method == "client_secret_basic";
    metadata.takes_post = metadata.takes_post || method == "client_secret_post";
    metadata.takes_assertion = metadata.takes_assertion || method == "private_key_jwt";
  });
  return metadata;
}

std::optional<TokenAnswer> read_token_answer(std::string_view text) {
  json::Parser parser;
  const auto root = parse_document(parser, text);
  if (!root) return std::nullopt;
  const std::string_view token = json::text(*root, "access_token");
  const bool is_whole = !token.empty() && token.size() <= kMaxTokenBytes && std::all_of(token.begin(), token.end(), is_visible);
  const std::string_view type = json::text(*root, "token_type");
  if (!is_whole || (!type.empty() && !base::iequals(type, "Bearer"))) return std::nullopt;
  TokenAnswer answer{Secret(std::string(token)), std::nullopt};
  if (const auto seconds = json::real(*root, "expires_in"))
    answer.expires_in =
        std::chrono::seconds(static_cast<std::int64_t>(std::clamp(*seconds, 0.0, static_cast<double>(kLongestToken.count()))));
  return answer;
}

std::string read_oauth_error(std::string_view text) {
  json::Parser parser;
  const auto root = parse_document(parser, text);
  const std::string_view name = root ? json::text(*root, "error") : std::string_view();
  const bool is_name = name.size() <= kMaxErrorName &&
                       std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return is_name ? std::string(name) : std::string();
}

}  // namespace offhook::inline v0::agent::tools::mcp
