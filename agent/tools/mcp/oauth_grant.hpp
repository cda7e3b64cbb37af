#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/tools/mcp/oauth_documents.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace offhook::inline v0::agent::tools::mcp {

/// Who we are for the authorization server of a server of tools: a client by itself, without a user. RFC 6749 section 4.4.
struct OauthOptions {
  std::string client_id;
  config::Secret client_secret;  ///< this one,
  config::Secret private_key;    ///< or a key on P-256 in PEM, of which only signatures leave: RFC 7523 section 2.2
  std::string token_endpoint;    ///< "": the one that the server's metadata name
  std::string issuer;            ///< the only one to be believed of those that are named; "": the first that was stays
  std::string scope;             ///< "": what the server asks for
  bool secret_in_body = false;   ///< at a token endpoint that is given here, and takes no Basic
};
/// Why nobody can be asked so: a sentence, or nothing.
[[nodiscard]] std::optional<std::string> fault_of(const OauthOptions& options);

inline constexpr base::Duration kTokenMargin = std::chrono::seconds(30);  ///< before its end a token is asked for anew

/// To be asked for, and its answer told.
struct GrantRequest {
  std::string method, url;
  net::Headers headers;
  std::string body;
  std::string audience;  ///< not "": the client's assertion for it belongs at the end of the body
};
struct Granted {
  config::Secret token;
  std::optional<base::TimePoint> good_until;
};
struct Denied {
  std::string why;  ///< a sentence for people; no secret, and nothing that a server wrote but names of the standard
};
using GrantStep = std::variant<GrantRequest, Granted, Denied>;

/// How a token is had by client credentials: what the server's challenge names, its metadata (RFC 9728), those of its
/// authorization server (RFC 8414), and the token (RFC 6749 section 4.4) for that resource alone (RFC 8707). Pure: answers in,
/// the next step out. Nothing is sent but to https, or on this machine; once an issuer was believed, no other one is.
class ClientCredentialsGrant {
 public:
  enum class State : std::uint8_t { Idle, Resource, Issuer, Token };

  ClientCredentialsGrant(OauthOptions options, std::string server);

  [[nodiscard]] GrantStep begin(std::string_view www_authenticate);  ///< in Idle; "" when nothing was asked for
  [[nodiscard]] GrantStep on_answer(int status, std::string_view body, base::TimePoint now);
  [[nodiscard]] GrantStep on_no_answer(const std::string& why);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool knows_endpoint() const { return !endpoint_.empty(); }  ///< no challenge is needed

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
  std::deque<std::string> urls_;  // of metadata, that are still to be asked
  std::string wanted_scope_, offered_scopes_, resource_;
  std::string issuer_;  // that is asked, or was believed before
  bool believed_ = false;
  std::string endpoint_;  // "": to be found out
  Proof proof_ = Proof::Basic;
};

}  // namespace offhook::inline v0::agent::tools::mcp
