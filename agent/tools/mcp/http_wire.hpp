#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/server_url.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/agent/support/sse.hpp>
#include <offhook/agent/tools/mcp/authorizer.hpp>
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
  Secret token;                                         ///< empty: no Authorization header
  std::vector<std::pair<std::string, Secret>> headers;  ///< further headers of the operator for the server
  base::Duration connect_limit = std::chrono::seconds(5);
  std::optional<OauthOptions> oauth;                            ///< settings of an Authorizer, which replaces the token
  bool plain_http = false;                                      ///< true: allows http to the local network
};

inline constexpr std::size_t kMaxSessionId = 256;
inline constexpr std::size_t kMaxUnanswered = 16;  ///< most messages without a response that are sent at the same time; further messages are dropped
inline constexpr unsigned kMaxResumes = 5;         ///< most attempts in a row to resume a broken stream

/// Streamable HTTP (MCP 2025-11-25 basic/transports, 2026-07-28 basic/transports/streamable-http) on an HttpClient, which must outlive it. A message
/// is a POST; the response is JSON or a stream of events.
/// With a legacy server, the wire keeps a session, resumes a broken stream if its events have ids, and reads messages of the server from a separate
/// stream, if the server has one.
/// With an Authorizer, each request carries its token. If the server refuses a request (401), it did nothing: the wire sends the request once more
/// with a new token. The wire never reports an accepted request as refused: even if its stream breaks, the server may have done the work. The wire
/// refuses redirects, because a token must go only to the configured server.
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
  // http_authorization.cpp: requests with a token
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
  Authorizer* authorizer_;  // null: there is no Authorizer; must outlive this object
  WireHandler handler_;
  std::string session_, revision_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;  // key: the id of the request
  std::deque<std::shared_ptr<Exchange>> unanswered_;              // exchanges of messages without a response
  std::deque<std::shared_ptr<Exchange>> drained_;                 // answered exchanges, which are read to their end so that their connections can be used again
  std::shared_ptr<Exchange> listening_;                           // the server's own stream
  std::unique_ptr<net::HttpTransfer> farewell_;
  base::TimePoint now_{};
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::tools::mcp
