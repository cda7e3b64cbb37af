#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/agent/tools/mcp/oauth_documents.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace offhook::inline v0::agent::tools::mcp {

/// The identity of Offhook for the authorization server of a tool server: a client without a user. RFC 6749 section 4.4.
struct OauthOptions {
  std::string client_id;
  Secret client_secret;  ///< either this secret or `private_key`,
  Secret private_key;    ///< a P-256 key in PEM, which only signs: RFC 7523 section 2.2
  std::string token_endpoint;    ///< "": the endpoint in the server's metadata
  std::string issuer;            ///< the only accepted issuer; "": the first issuer that the server names is accepted, and later no other
  std::string scope;             ///< "": the scope that the server requests
  bool secret_in_body = false;   ///< true: `token_endpoint` does not accept Basic, and gets the secret in the body
};
/// Returns the fault of the options as a sentence; nullopt if there is none.
[[nodiscard]] std::optional<std::string> fault_of(const OauthOptions& options);

inline constexpr base::Duration kTokenMargin = std::chrono::seconds(30);  ///< a token is renewed this long before it expires

/// A request to send. Pass its response to on_answer().
struct GrantRequest {
  std::string method, url;
  net::Headers headers;
  std::string body;
  std::string audience;  ///< if it is not "": append the client's assertion for this audience to the body
};
struct Granted {
  Secret token;
  std::optional<base::TimePoint> good_until;
};
struct Denied {
  std::string why;  ///< a sentence for people; contains no secret, and no text of a server except standard names
};
using GrantStep = std::variant<GrantRequest, Granted, Denied>;

/// Gets a token by client credentials. The steps are: the server's challenge, its metadata (RFC 9728), the metadata of its authorization server
/// (RFC 8414), and the token (RFC 6749 section 4.4) for only this resource (RFC 8707). It does no I/O: responses go in, the next request comes out.
/// All requests have URLs with https, or with http at this machine. After it has accepted an issuer, it accepts no other issuer.
class ClientCredentialsGrant {
 public:
  enum class State : std::uint8_t { Idle, Resource, Issuer, Token };

  ClientCredentialsGrant(OauthOptions options, std::string server);

  [[nodiscard]] GrantStep begin(std::string_view www_authenticate);  ///< call it in Idle; `www_authenticate` is "" if there is no challenge
  [[nodiscard]] GrantStep on_answer(int status, std::string_view body, base::TimePoint now);
  [[nodiscard]] GrantStep on_no_answer(const std::string& why);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool knows_endpoint() const { return !endpoint_.empty(); }  ///< returns true if no challenge is needed

 private:
  enum class Proof : std::uint8_t { Basic, Body, Assertion };

  GrantStep ask_next();
  GrantStep on_resource(const ResourceMetadata& metadata);
  GrantStep on_issuer(const IssuerMetadata& metadata);
  GrantStep ask_token();
  GrantStep on_token(int status, std::string_view body, base::TimePoint now);
  GrantStep deny(std::string why);
  [[nodiscard]] std::optional<Proof> proof_for(const IssuerMetadata& metadata) const;
  [[nodiscard]] std::string scope() const;

  OauthOptions options_;
  std::string server_;
  State state_ = State::Idle;
  std::deque<std::string> urls_;  // remaining URLs of metadata
  std::string wanted_scope_, offered_scopes_, resource_;
  std::string issuer_;  // the present issuer, or the issuer that was accepted earlier
  bool believed_ = false;  // true: issuer_ was accepted, and no other may follow
  std::string endpoint_;  // "": not yet known
  Proof proof_ = Proof::Basic;
};

}  // namespace offhook::inline v0::agent::tools::mcp
