#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/sse.hpp>
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
};

/// Why a server at `url` may not be asked: a sentence, or nothing. https, or http to this very machine; no user, no fragment.
[[nodiscard]] std::optional<std::string> fault_of_url(std::string_view url);

inline constexpr std::size_t kMaxSessionId = 256;
inline constexpr std::size_t kMaxUnanswered = 16;  ///< messages at once that nothing answers; more are dropped
inline constexpr unsigned kMaxResumes = 5;         ///< of one broken stream, without anything new in between

/// Streamable HTTP (MCP 2025-11-25 basic/transports, 2026-07-28 basic/transports/streamable-http) on an HttpClient, which outlives
/// it. A message is a POST; an answer is JSON or a stream of events. In the legacy era a session is kept, a stream that breaks off
/// is taken up again where its server numbers events, and what a server says by itself comes by a stream of its own, where it has
/// one. Redirects are refused: a token goes where it was meant for.
class HttpWire final : public Wire {
 public:
  HttpWire(HttpWireOptions options, net::HttpClient& http, WireHandler handler);
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

  [[nodiscard]] net::HttpRequest request(std::string method, std::string_view revision) const;
  void start(const std::shared_ptr<Exchange>& exchange, net::HttpRequest request);
  void get(const std::shared_ptr<Exchange>& exchange);
  void on_head(Exchange& exchange, const net::HttpHead& head);
  void on_body(const std::shared_ptr<Exchange>& exchange, std::string_view bytes);
  void on_end(const std::shared_ptr<Exchange>& exchange, const std::optional<net::NetError>& error);
  void on_listening_end(const std::optional<net::NetError>& error);
  [[nodiscard]] bool resume(const std::shared_ptr<Exchange>& exchange);
  [[nodiscard]] NoAnswer failure_of(const Exchange& exchange, const std::optional<net::NetError>& error) const;
  [[nodiscard]] bool is_current(const std::shared_ptr<Exchange>& exchange) const;
  void listen();

  HttpWireOptions options_;
  net::HttpClient& http_;
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
