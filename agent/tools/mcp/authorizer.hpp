#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/tools/mcp/oauth_grant.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// Holds the token of one tool server, for all wires to that server, one after the other. Gets the token with a ClientCredentialsGrant, and keeps it
/// until shortly before it expires. Runs on the thread of its HttpClient, which must outlive it.
class Authorizer {
 public:
  struct Edge {
    std::function<base::TimePoint()> now;
    std::function<std::int64_t()> unix_seconds;  ///< time of day in seconds, for assertions
    std::function<std::string()> unique;         ///< returns a new text at each call
  };
  /// `why` is "" if token() now returns a token; otherwise it is the reason why there is none.
  using Done = std::function<void(const std::string& why)>;

  Authorizer(OauthOptions options, std::string server, net::HttpClient& http, Edge edge);

  /// Returns the token; "" if there is none, or if it has expired.
  [[nodiscard]] Secret token() const;
  /// Returns true if a token can be requested before the server sends a challenge.
  [[nodiscard]] bool can_ask_first() const { return grant_.knows_endpoint(); }
  /// Gets a token that differs from `refused` (which may be ""), and calls `done` once. If can_ask_first() is true and there is no token, fetch()
  /// returns before it calls `done`.
  void fetch(const Secret& refused, std::string_view www_authenticate, Done done);

 private:
  void carry_out(GrantStep step);
  void ask(GrantRequest& request);
  void on_end(const std::optional<net::NetError>& error);
  void settle(const std::string& why);

  OauthOptions options_;
  net::HttpClient& http_;
  Edge edge_;
  ClientCredentialsGrant grant_;
  Secret token_;
  std::optional<base::TimePoint> good_until_;
  std::vector<Done> waiting_;
  std::unique_ptr<net::HttpTransfer> transfer_;
  int status_ = 0;
  std::string body_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
