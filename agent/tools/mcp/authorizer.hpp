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

/// The token of one server of tools, had by a ClientCredentialsGrant and kept until shortly before its end: for all wires to that
/// server, one after the other, and for nobody else. On the thread of its HttpClient, which outlives it.
class Authorizer {
 public:
  struct Edge {
    std::function<base::TimePoint()> now;
    std::function<std::int64_t()> unix_seconds;  ///< the time of day, for assertions
    std::function<std::string()> unique;         ///< never the same twice
  };
  /// `why`: "" when there is a token().
  using Done = std::function<void(const std::string& why)>;

  Authorizer(OauthOptions options, std::string server, net::HttpClient& http, Edge edge);

  /// "" when there is none, or none that is good enough.
  [[nodiscard]] config::Secret token() const;
  /// A token can be had before the server asks for one.
  [[nodiscard]] bool can_ask_first() const { return grant_.knows_endpoint(); }
  /// A token other than `refused` (which may be ""). `done` is called once, never from within where can_ask_first() says so.
  void fetch(const config::Secret& refused, std::string_view www_authenticate, Done done);

 private:
  void carry_out(GrantStep step);
  void ask(GrantRequest& request);
  void on_end(const std::optional<net::NetError>& error);
  void settle(const std::string& why);

  OauthOptions options_;
  net::HttpClient& http_;
  Edge edge_;
  ClientCredentialsGrant grant_;
  config::Secret token_;
  std::optional<base::TimePoint> good_until_;
  std::vector<Done> waiting_;
  std::unique_ptr<net::HttpTransfer> transfer_;
  int status_ = 0;
  std::string body_;
};

}  // namespace offhook::inline v0::agent::tools::mcp
