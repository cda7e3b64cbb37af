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
  std::string ca_file;                    ///< PEM; "": the system's. A server that cannot prove who it is is never talked to
  ProxyRules proxies{};                   ///< the proxies to ask; libcurl reads none from the environment
  bool local_only = false;                ///< connects to addresses of the local network alone (is_in_local_network), by no proxy
  std::string user_agent = "Offhook";
  std::shared_ptr<HostLookup> hosts{};    ///< of the same io_context; null: one of its own. What goes by a proxy has the proxy looked up
};

/// HTTP by libcurl on one io_context: HTTP/2 where the server has it, connections kept, nothing blocks but reading the CA file.
/// A redirect is an answer like any other: the client follows none, because a request may carry a key. With `local_only` the client checks the address of each
/// connection when it connects, so that a name server cannot lead a request out of the local network. Destroy it, and its transfers, on the io_context's
/// thread; transfers that outlive it are over without a word.
class CurlHttpClient final : public HttpClient {
 public:
  static constexpr std::size_t kMaxTransfers = 1024;        ///< at once; one more fails with Local
  static constexpr std::size_t kMaxKeptConnections = 256;
  static constexpr std::size_t kMaxHeaders = 200;           ///< of one answer; one more fails it with TooLarge
  static constexpr std::size_t kMaxHeaderBytes = 64U << 10U;

  explicit CurlHttpClient(boost::asio::io_context& io, CurlOptions options = {});
  ~CurlHttpClient() override;
  CurlHttpClient(const CurlHttpClient&) = delete;
  CurlHttpClient& operator=(const CurlHttpClient&) = delete;

  [[nodiscard]] std::unique_ptr<HttpTransfer> start(HttpRequest request, HttpHandler handler) override;
  /// By a HEAD of the server's root, without any header of ours; not again for a server that was asked within kWarmFor.
  void warm(const std::string& url) override;
  void send_off(HttpRequest request) override;

  static constexpr base::Duration kWarmFor = std::chrono::seconds(20);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace offhook::inline v0::agent::net
