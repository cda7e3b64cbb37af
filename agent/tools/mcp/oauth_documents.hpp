#pragma once

#include <offhook/agent/support/secret.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Parses the documents of OAuth 2 in which servers describe their authorization and their tokens. Does no I/O.
namespace offhook::inline v0::agent::tools::mcp {

inline constexpr std::size_t kMaxChallengeBytes = 8192;
inline constexpr std::size_t kMaxChallengeParameters = 64;
inline constexpr std::size_t kMaxOauthDocument = 64U << 10U;
inline constexpr std::size_t kMaxIssuers = 16;  ///< issuers in the metadata of a resource; further issuers are ignored
inline constexpr std::size_t kMaxOauthUrl = 2048;
inline constexpr std::size_t kMaxScopeBytes = 2048;
inline constexpr std::size_t kMaxTokenBytes = 16U << 10U;
inline constexpr std::chrono::seconds kLongestToken = std::chrono::hours(24);  ///< longest use of a token, even if it expires later

/// The challenge of a 401 or 403: RFC 6750 section 3, RFC 9728 section 5.1.
struct BearerChallenge {
  std::string resource_metadata;  ///< a URL
  std::string scope;
  std::string error;  ///< "invalid_token", "insufficient_scope"
};
/// Parses the values of WWW-Authenticate, joined by commas. Returns nullopt if there is no Bearer challenge among the first kMaxChallengeParameters
/// parameters.
[[nodiscard]] std::optional<BearerChallenge> read_bearer_challenge(std::string_view header);

/// Protected resource metadata: RFC 9728 section 2.
struct ResourceMetadata {
  std::string resource;
  std::vector<std::string> issuers;
  std::string scopes;  ///< joined by spaces
};
[[nodiscard]] std::optional<ResourceMetadata> read_resource_metadata(std::string_view json);

/// Authorization server metadata: RFC 8414 section 2. A server that lists no authentication methods accepts all of them.
struct IssuerMetadata {
  std::string issuer, token_endpoint;
  bool takes_basic = true, takes_post = true, takes_assertion = true;
};
[[nodiscard]] std::optional<IssuerMetadata> read_issuer_metadata(std::string_view json);

/// A token response: RFC 6749 section 5.1.
struct TokenAnswer {
  Secret token;  ///< safe in a header
  std::optional<std::chrono::seconds> expires_in;
};
[[nodiscard]] std::optional<TokenAnswer> read_token_answer(std::string_view json);
/// Returns the name of the error in a response: RFC 6749 section 5.2. Returns "" if the server's text is no such name, so that no log shows other text.
[[nodiscard]] std::string read_oauth_error(std::string_view json);

}  // namespace offhook::inline v0::agent::tools::mcp
