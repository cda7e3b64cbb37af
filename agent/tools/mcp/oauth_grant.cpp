#include <offhook/agent/tools/mcp/oauth_grant.hpp>

#include <offhook/agent/net/server_url.hpp>
#include <offhook/agent/support/url_text.hpp>
#include <offhook/agent/tools/mcp/oauth_urls.hpp>
#include <offhook/sip/identity/es256.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

std::string words_of(int status, std::string_view body) {
  const std::string name = read_oauth_error(body);
  return std::to_string(status) + (name.empty() ? std::string() : " (" + name + ")");
}

/// Returns the value for Basic authentication. The id and the secret are form-encoded first: RFC 6749 section 2.3.1.
std::string basic_value(const OauthOptions& options) {
  return net::basic_authorization(percent_encoded(options.client_id) + ":" + percent_encoded(options.client_secret.reveal()));
}

}  // namespace

std::optional<std::string> fault_of(const OauthOptions& options) {
  if (options.client_id.empty()) return "client credentials need a client id";
  if (options.client_secret.empty() == options.private_key.empty())
    return "client credentials need either a client secret or a private key";
  if (!options.private_key.empty() && !sip::SigningKey::from_pem(options.private_key.reveal()))
    return "the private key of the client credentials is not a key on P-256 in PEM";
  if (options.token_endpoint.empty()) return std::nullopt;
  if (const auto fault = net::fault_of_url(options.token_endpoint)) return "the token endpoint: " + *fault;
  return std::nullopt;
}

ClientCredentialsGrant::ClientCredentialsGrant(OauthOptions options, std::string server)
    : options_(std::move(options)), server_(std::move(server)), resource_(resource_name_of(server_)),
      endpoint_(options_.token_endpoint) {
  if (options_.secret_in_body) proof_ = Proof::Body;
  if (!options_.private_key.empty()) proof_ = Proof::Assertion;
}

GrantStep ClientCredentialsGrant::deny(std::string why) {
  state_ = State::Idle;
  urls_.clear();
  endpoint_ = options_.token_endpoint;  // Forget a discovered endpoint, because it may have changed.
  return Denied{std::move(why)};
}

/// Begins the discovery: MCP 2025-11-25 basic/authorization, "Protected Resource Metadata Discovery". Takes the URL from the challenge if it has one,
/// otherwise tries the well-known places.
GrantStep ClientCredentialsGrant::begin(std::string_view www_authenticate) {
  const auto challenge = read_bearer_challenge(www_authenticate);
  if (challenge && !challenge->scope.empty()) wanted_scope_ = challenge->scope;
  if (!endpoint_.empty()) return ask_token();
  state_ = State::Resource;
  urls_.clear();
  if (challenge && !challenge->resource_metadata.empty()) {
    urls_.push_back(challenge->resource_metadata);
  } else {
    for (std::string& url : resource_metadata_urls(server_)) urls_.push_back(std::move(url));
  }
  return ask_next();
}

GrantStep ClientCredentialsGrant::ask_next() {
  const bool of_resource = state_ == State::Resource;
  if (urls_.empty()) {
    return deny(of_resource ? "it names no authorization server: name a token endpoint"
                            : "its authorization server names no token endpoint: name one");
  }
  GrantRequest request{"GET", std::move(urls_.front()), {{"accept", "application/json"}}, {}, {}};
  urls_.pop_front();
  if (const auto fault = fault_of_named_url(request.url, server_)) return deny(*fault);
  return request;
}

GrantStep ClientCredentialsGrant::on_answer(int status, std::string_view body, base::TimePoint now) {
  switch (state_) {
    case State::Idle: return Denied{"no request is open"};
    case State::Resource: {
      const auto metadata = status == 200 ? read_resource_metadata(body) : std::nullopt;
      return metadata ? on_resource(*metadata) : ask_next();
    }
    case State::Issuer: {
      const auto metadata = status == 200 ? read_issuer_metadata(body) : std::nullopt;
      return metadata ? on_issuer(*metadata) : ask_next();
    }
    case State::Token: return on_token(status, body, now);
  }
  return Denied{"no request is open"};
}

GrantStep ClientCredentialsGrant::on_no_answer(const std::string& why) {
  if (state_ == State::Resource || state_ == State::Issuer) return deny("its authorization server cannot be reached: " + why);
  return deny("the token endpoint cannot be reached: " + why);
}

GrantStep ClientCredentialsGrant::on_resource(const ResourceMetadata& metadata) {
  if (!is_resource_of(metadata.resource, server_)) return deny("its metadata describe another server");
  const std::string& wanted = believed_ ? issuer_ : options_.issuer;
  const auto at = std::find_if(metadata.issuers.begin(), metadata.issuers.end(),
                               [&](const std::string& one) { return wanted.empty() || is_same_issuer(one, wanted); });
  if (metadata.issuers.empty()) return deny("it names no authorization server: name a token endpoint");
  if (at == metadata.issuers.end())
    return deny(believed_ ? "it names another authorization server than before: Offhook sends nothing there"
                          : "it does not name the configured issuer");
  issuer_ = *at;
  resource_ = metadata.resource;
  offered_scopes_ = metadata.scopes;
  state_ = State::Issuer;
  urls_.clear();
  for (std::string& url : issuer_metadata_urls(issuer_)) urls_.push_back(std::move(url));
  return ask_next();
}

std::optional<ClientCredentialsGrant::Proof> ClientCredentialsGrant::proof_for(const IssuerMetadata& metadata) const {
  if (!options_.private_key.empty()) return metadata.takes_assertion ? std::optional(Proof::Assertion) : std::nullopt;
  if (metadata.takes_basic) return Proof::Basic;
  return metadata.takes_post ? std::optional(Proof::Body) : std::nullopt;
}

GrantStep ClientCredentialsGrant::on_issuer(const IssuerMetadata& metadata) {
  if (!is_same_issuer(metadata.issuer, issuer_)) return deny("the metadata of its authorization server describe another one");
  if (const auto fault = fault_of_named_url(metadata.token_endpoint, server_)) return deny(*fault);
  const auto proof = proof_for(metadata);
  if (!proof)
    return deny(options_.private_key.empty() ? "its authorization server accepts no client secret"
                                             : "its authorization server accepts no private_key_jwt");
  proof_ = *proof;
  endpoint_ = metadata.token_endpoint;
  return ask_token();
}

/// Returns the configured scope. Without one, returns the scope by MCP 2025-11-25 basic/authorization, "Scope Selection Strategy".
std::string ClientCredentialsGrant::scope() const {
  if (!options_.scope.empty()) return options_.scope;
  return wanted_scope_.empty() ? offered_scopes_ : wanted_scope_;
}

GrantStep ClientCredentialsGrant::ask_token() {
  state_ = State::Token;
  GrantRequest request{
      "POST", endpoint_, {{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}}, {}, {}};
  request.body = "grant_type=client_credentials&resource=" + percent_encoded(resource_);
  if (const std::string wanted = scope(); !wanted.empty()) request.body += "&scope=" + percent_encoded(wanted);
  switch (proof_) {
    case Proof::Basic: request.headers.emplace_back("authorization", basic_value(options_)); break;
    case Proof::Body:
      request.body +=
          "&client_id=" + percent_encoded(options_.client_id) + "&client_secret=" + percent_encoded(options_.client_secret.reveal());
      break;
    case Proof::Assertion:
      request.audience = !issuer_.empty() ? issuer_ : !options_.issuer.empty() ? options_.issuer : endpoint_;
      break;
  }
  return request;
}

GrantStep ClientCredentialsGrant::on_token(int status, std::string_view body, base::TimePoint now) {
  if (status != 200)
    return deny("the token endpoint answered " + words_of(status, body) + ": check the client id, its secret and the scope");
  auto answer = read_token_answer(body);
  if (!answer) return deny("the answer of the token endpoint has no bearer token");
  state_ = State::Idle;
  believed_ = believed_ || !issuer_.empty();
  Granted granted{std::move(answer->token), std::nullopt};
  if (answer->expires_in) {
    const base::Duration lasts = *answer->expires_in;
    granted.good_until = now + lasts - std::min<base::Duration>(kTokenMargin, lasts / 2);
  }
  return granted;
}

}  // namespace offhook::inline v0::agent::tools::mcp
