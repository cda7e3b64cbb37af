#pragma once

#include <offhook/agent/net/host_lookup.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/proxy.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent::net {

struct CurlOptions {
  std::string ca_file;                    ///< PEM file of the trusted authorities; "": those of the system. The client always verifies the server
  ProxyRules proxies{};                   ///< the rules that select a proxy; libcurl reads none from the environment
  bool local_only = false;                ///< connects only to addresses of the local network (is_in_local_network), and uses no proxy
  std::string user_agent = "Offhook";
  std::shared_ptr<HostLookup> hosts{};    ///< must use the same io_context; null: the client makes one. It also finds the host of a proxy
};

/// Sends HTTP requests with libcurl on one io_context. It uses HTTP/2 if the server supports it, and keeps connections open. It blocks only to read
/// the CA file.
/// The client follows no redirect, because a request may carry a key: it delivers a redirect like any other response. With `local_only` it checks the
/// address of each connection when it connects. A name server therefore cannot lead a request out of the local network.
/// Destroy the client and its transfers on the io_context's thread. A transfer that outlives the client calls no handlers.
class CurlHttpClient final : public HttpClient {
 public:
  static constexpr std::size_t kMaxTransfers = 1024;        ///< maximum number of simultaneous transfers; start() of a further one fails with Local
  static constexpr std::size_t kMaxKeptConnections = 256;
  static constexpr std::size_t kMaxHeaders = 200;           ///< maximum number of headers of a response; a response with more fails with TooLarge
  static constexpr std::size_t kMaxHeaderBytes = 64U << 10U;

  explicit CurlHttpClient(boost::asio::io_context& io, CurlOptions options = {});
  ~CurlHttpClient() override;
  CurlHttpClient(const CurlHttpClient&) = delete;
  CurlHttpClient& operator=(const CurlHttpClient&) = delete;

  [[nodiscard]] std::unique_ptr<HttpTransfer> start(HttpRequest request, HttpHandler handler) override;
  /// Sends a HEAD request for the server's root, without the application's headers. Does nothing if a request to this server started within kWarmFor.
  void warm(const std::string& url) override;
  void send_off(HttpRequest request) override;

  static constexpr base::Duration kWarmFor = std::chrono::seconds(20);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent::net
