#include <offhook/agent/net/thread_edges.hpp>

#include <offhook/agent/net/beast_web_socket.hpp>
#include <offhook/agent/net/curl_http_client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <map>

namespace offhook::inline v0::agent::net {

namespace {

/// A client that closes each of its sockets, once, with the same error.
class DeadSockets final : public WebSocketClient {
 public:
  DeadSockets(boost::asio::io_context& io, std::string why) : io_(io), why_(std::move(why)) {}
  std::unique_ptr<WebSocket> open(WebSocketRequest, WebSocketHandler handler) override {
    auto socket = std::make_unique<Open>();
    boost::asio::post(io_, [alive = std::weak_ptr(socket->alive), handler = std::move(handler), why = why_] {
      if (alive.lock() && handler.on_closed) handler.on_closed({NetError{NetError::What::Local, why}, 0, {}, 1006, {}});
    });
    return socket;
  }

 private:
  struct Open final : WebSocket {
    void send_text(std::string_view) override {}
    void send_binary(std::string_view) override {}
    void close(int, std::string_view) override {}
    std::shared_ptr<int> alive = std::make_shared<int>();
  };
  boost::asio::io_context& io_;
  std::string why_;
};

class ThreadEdges final : public Edges {
 public:
  ThreadEdges(boost::asio::io_context& io, ProxyRules proxies) : io_(io), proxies_(std::move(proxies)), hosts_(std::make_shared<HostLookup>(io)) {}

  HttpClient& http(const std::string& ca_file) override {
    auto& client = http_[ca_file];
    if (client) return *client;
    CurlOptions options;
    options.ca_file = ca_file;
    options.proxies = proxies_;
    return make(client, std::move(options));
  }

  HttpClient& local_http() override {
    if (local_http_) return *local_http_;
    CurlOptions options;
    options.local_only = true;
    return make(local_http_, std::move(options));
  }

  WebSocketClient& sockets(const std::string& ca_file) override {
    auto& client = sockets_[ca_file];
    if (client) return *client;
    BeastWebSocketOptions options;
    options.ca_file = ca_file;
    options.hosts = hosts_;
    options.proxies = proxies_;
    auto made = make_beast_web_socket_client(io_, std::move(options));
    client = made ? std::move(*made) : std::make_unique<DeadSockets>(io_, made.error().detail);
    return *client;
  }

 private:
  HttpClient& make(std::unique_ptr<HttpClient>& client, CurlOptions options) {
    options.hosts = hosts_;
    client = std::make_unique<CurlHttpClient>(io_, std::move(options));
    return *client;
  }

  boost::asio::io_context& io_;
  const ProxyRules proxies_;
  std::shared_ptr<HostLookup> hosts_;
  std::map<std::string, std::unique_ptr<HttpClient>> http_;
  std::unique_ptr<HttpClient> local_http_;
  std::map<std::string, std::unique_ptr<WebSocketClient>> sockets_;
};

}  // namespace

std::unique_ptr<Edges> make_thread_edges(boost::asio::io_context& io, const ProxyRules& proxies) { return std::make_unique<ThreadEdges>(io, proxies); }

}  // namespace offhook::inline v0::agent::net
