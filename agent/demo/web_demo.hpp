#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/demo/demo.hpp>
#include <offhook/base/socket_address.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::demo {

struct WebDemoOptions {
  base::SocketAddress address;     ///< the address in the URL of the page; not 0.0.0.0 or ::, and not port 0
  std::string dialogue_path;
  std::size_t max_calls = 4;       ///< visitors at once; a further visitor gets 486 Busy Here
  base::Duration call_limit = std::chrono::minutes(10);
  base::Duration drain_limit = std::chrono::seconds(10);
};

/// Reads the argument of `--web`: "192.0.2.7:8443", "[::1]:8443", or "8443" for 127.0.0.1. Returns nullopt for any other text, for port 0, and for 0.0.0.0
/// and ::, which a certificate and a Host field cannot name.
[[nodiscard]] std::optional<base::SocketAddress> web_address(std::string_view text);

/// The agent of `offhook demo` behind a page for a browser. One port has the page, by HTTPS, and the page's telephone, by SIP over secure WebSocket
/// (RFC 7118). The audio uses ICE and DTLS-SRTP. The page gets its call's transcript in the call, by MESSAGE.
class WebDemo {
 public:
  /// Starts the agent. `show` gets the events of all calls, on threads of the agent. An error says what failed, and what to do.
  [[nodiscard]] static base::Result<std::unique_ptr<WebDemo>, base::Error> start(const WebDemoOptions& options, Show show);
  WebDemo(const WebDemo&) = delete;
  WebDemo& operator=(const WebDemo&) = delete;
  ~WebDemo();

  [[nodiscard]] Agent& agent() { return *agent_; }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }  ///< SHA-256 hash of the certificate

 private:
  explicit WebDemo(Show show) : show_(std::move(show)) {}
  void on_event(const AgentEvent& event);

  Show show_;
  std::string url_, fingerprint_;
  std::atomic<Agent*> running_{nullptr};  // the agent, for events that come while start() still runs
  std::unique_ptr<Agent> agent_;
};

}  // namespace offhook::inline v0::agent::demo
