#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/sse.hpp>
#include <offhook/agent/tools/mcp/authorizer.hpp>
#include <offhook/agent/tools/mcp/server_url.hpp>
#include <offhook/agent/tools/mcp/wire.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

struct HttpWireOptions {
  std::string url;
  config::Secret token;                                         ///< none: no Authorization header
  std::vector<std::pair<std::string, config::Secret>> headers;  ///< others that the server asks for
  base::Duration connect_limit = std::chrono::seconds(5);
  std::optional<OauthOptions> oauth;                            ///< instead of a token: an Authorizer has one by these
  bool plain_http = false;                                      ///< http to the local network is allowed
};

inline constexpr std::size_t kMaxSessionId = 256;
inline constexpr std::size_t kMaxUnanswered = 16;  ///< messages at once that nothing answers; more are dropped
inline constexpr unsigned kMaxResumes = 5;         ///< of one broken stream, without a message in between

/// Streamable HTTP (MCP 2025-11-25 basic/transports, 2026-07-28 basic/transports/streamable-http) on an HttpClient, which outlives
/// it. A message is a POST; an answer is JSON or a stream of events. In the legacy era a session is kept, a stream that breaks off
/// is taken up again where its server numbers events, and what a server says by itself comes by a stream of its own, where it has
/// one. With an Authorizer each request bears its token, and is made once more with another one where that is refused: a 401 says
/// that nothing was done. A request that was accepted once is never called refused: whatever becomes of its stream, the server may
/// have done it. Redirects are refused: a token goes where it was meant for.
class HttpWire final : public Wire {
 public:
  HttpWire(HttpWireOptions options, net::HttpClient& http, WireHandler handler, Authorizer* authorizer = nullptr);
  ~HttpWire() override;

  void send(Outgoing message) override;
  void settled(std::uint64_t id) override;
  void stop(std::uint64_t id) override;
  void on_opened(std::string_view revision, bool modern) override;
  void on_time(base::TimePoint now) override;
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const override;
  void shut_down(std::function<void()> done) override;

 private:
  struct Exchange;

  [[nodiscard]] net::HttpRequest request(std::string method, const std::string& revision, const std::string& session) const;
  void begin(const std::shared_ptr<Exchange>& exchange, net::HttpRequest request);
  // http_authorization.cpp
  void start(const std::shared_ptr<Exchange>& exchange, net::HttpRequest request);
  void start_authorized(const std::shared_ptr<Exchange>& exchange);
  void fetch_token(const std::shared_ptr<Exchange>& exchange, std::string_view www_authenticate);
  void on_no_token(const std::shared_ptr<Exchange>& exchange, const std::string& why);
  [[nodiscard]] bool is_held(const std::shared_ptr<Exchange>& exchange) const;
  [[nodiscard]] bool wants_token(Exchange& exchange) const;

  void get(const std::shared_ptr<Exchange>& exchange);
  void on_head(Exchange& exchange, const net::HttpHead& head);
  void on_body(const std::shared_ptr<Exchange>& exchange, std::string_view bytes);
  void on_end(const std::shared_ptr<Exchange>& exchange, const std::optional<net::NetError>& error);
  void on_listening_end(const std::optional<net::NetError>& error);
  [[nodiscard]] bool resume(const std::shared_ptr<Exchange>& exchange);
  [[nodiscard]] base::Duration pause_before(Exchange& exchange, base::TimePoint now) const;
  [[nodiscard]] static bool is_session_unknown(const Exchange& exchange, bool says_so);
  [[nodiscard]] NoAnswer failure_of(const Exchange& exchange, const std::optional<net::NetError>& error) const;
  [[nodiscard]] bool is_current(const std::shared_ptr<Exchange>& exchange) const;
  void listen();

  HttpWireOptions options_;
  net::HttpClient& http_;
  Authorizer* authorizer_;  // null: none; outlives this
  WireHandler handler_;
  std::string session_, revision_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;  // by the id of their request
  std::deque<std::shared_ptr<Exchange>> unanswered_;              // of messages that nothing answers
  std::deque<std::shared_ptr<Exchange>> drained_;                 // answered; read to their end so that the connection is kept
  std::shared_ptr<Exchange> listening_;                           // the server's own stream
  std::unique_ptr<net::HttpTransfer> farewell_;
  base::TimePoint now_{};
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::tools::mcp
