// Tests of HTTP and WebSocket through a proxy, on loopback. They assert no durations: a time limit is short in a test that must reach
// the limit, and long in all other tests.
#include "connect_proxy.hpp"
#include "raw_server.hpp"

#include <offhook/agent/net/beast_web_socket.hpp>
#include <offhook/agent/net/curl_http_client.hpp>
#include <offhook/agent/net/detail/proxy_tunnel.hpp>
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

using namespace offhook;
using namespace offhook::agent::net;
using namespace std::chrono_literals;
using What = NetError::What;

namespace {

/// The provider's server behind the proxy. No name server knows the server's name.
class ProviderServer {
 public:
  explicit ProviderServer(bool tls) {
    const auto certificate = services::make_certificate({"provider.test"});
    std::ofstream(ca_file) << certificate.certificate_pem;
    services::ServerOptions options;
    if (tls) options = {certificate.certificate_pem, certificate.key_pem, false};
    server_ = services::WebServer::open(std::move(options), [](services::Peer& peer, const services::WebRequest& request) -> std::unique_ptr<services::Visitor> {
      if (!request.wants_upgrade) peer.answer(200, {}, "you asked for " + request.target);
      if (!request.wants_upgrade) return nullptr;
      peer.upgrade();
      peer.send_text("hello");
      return std::make_unique<services::Visitor>();
    });
    REQUIRE(server_);
  }
  ~ProviderServer() { std::filesystem::remove(ca_file); }
  ProviderServer(const ProviderServer&) = delete;
  ProviderServer& operator=(const ProviderServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string host() const { return "provider.test:" + std::to_string(port()); }

  const std::string ca_file =
      (std::filesystem::temp_directory_path() / ("offhook_proxy_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made) + ".pem")).string();

 private:
  inline static int made = 0;
  std::unique_ptr<services::WebServer> server_;
};

struct ByProxy {
  explicit ByProxy(bool tls = true) : provider(tls) {}

  [[nodiscard]] ProxyRules rules(const std::string& credentials = "") const {
    ProxyRules made;
    made.for_http = made.for_https = *parse_proxy("http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port()));
    return made;
  }
  template <class Done>
  void run_until(Done done) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!done() && std::chrono::steady_clock::now() < give_up) {
      io.restart();
      io.run_one_for(100ms);
    }
    REQUIRE(done());
  }
  /// Returns the body of the response, or the error.
  base::Result<std::string, NetError> ask(const std::string& url, ProxyRules by, base::Duration limit = 20s) {
    CurlOptions options;
    options.ca_file = provider.ca_file;
    options.proxies = std::move(by);
    CurlHttpClient client(io, std::move(options));
    HttpRequest request;
    request.method = "GET";
    request.url = url;
    request.headers = {{"authorization", "Bearer key-of-provider"}};
    request.connect_limit = limit;
    std::string body;
    std::optional<NetError> failed;
    bool ended = false;
    const auto transfer = client.start(std::move(request), {{}, [&](std::string_view bytes) { body += bytes; }, [&](std::optional<NetError> error) { failed = std::move(error), ended = true; }});
    run_until([&] { return ended; });
    if (failed) return base::fail(*failed);
    return body;
  }
  /// Returns the first text message of the server, or the error.
  base::Result<std::string, NetError> greeting(const std::string& url, ProxyRules by, base::Duration limit = 20s) {
    BeastWebSocketOptions options;
    options.ca_file = provider.ca_file;
    options.proxies = std::move(by);
    const auto client = make_beast_web_socket_client(io, std::move(options));
    REQUIRE(client);
    WebSocketRequest request;
    request.url = url;
    request.headers = {{"authorization", "Bearer key-of-provider"}};
    request.connect_limit = limit;
    std::optional<std::string> text;
    std::optional<WebSocketClosed> closed;
    WebSocketHandler handler;
    handler.on_text = [&](std::string_view got) { text = got; };
    handler.on_closed = [&](const WebSocketClosed& how) { closed = how; };
    const auto socket = (*client)->open(std::move(request), std::move(handler));
    run_until([&] { return text || closed; });
    if (text) return *text;
    REQUIRE(closed->error);
    CHECK(closed->status == 0);  // `status` is only for responses of the provider, not of the proxy.
    return base::fail(*closed->error);
  }
  /// Returns the errors of an HTTPS request and of a WebSocket through the proxy.
  std::vector<NetError> errors(base::Duration limit = 20s, const std::string& credentials = "me:canary@") {
    const auto by_http = ask("https://" + provider.host() + "/x", rules(credentials), limit);
    const auto by_socket = greeting("wss://" + provider.host() + "/", rules(credentials), limit);
    REQUIRE_FALSE(by_http);
    REQUIRE_FALSE(by_socket);
    return {by_http.error(), by_socket.error()};
  }

  boost::asio::io_context io;
  ProviderServer provider;
  test::ConnectProxy proxy{io, provider.port()};
};

std::string padded_answer(std::size_t octets) {
  const std::string begin = "HTTP/1.1 200 OK\r\nX: ", end = "\r\n\r\n";
  return begin + std::string(octets - begin.size() - end.size(), 'x') + end;
}

}  // namespace

TEST_CASE_FIXTURE(ByProxy, "https and wss use a tunnel, and the proxy gets only the host, the port and the proxy's credentials [RFC 9110 section 9.3.6]") {
  CHECK(ask("https://" + provider.host() + "/x", rules("Aladdin:open%20sesame@")) == "you asked for /x");
  CHECK(greeting("wss://" + provider.host() + "/", rules("Aladdin:open%20sesame@")) == "hello");
  REQUIRE(proxy.heads.size() == 2);
  for (const std::string& head : proxy.heads) {
    CAPTURE(head);
    CHECK(head.starts_with("CONNECT " + provider.host() + " HTTP/1.1\r\nHost: " + provider.host() + "\r\n"));
    CHECK(head.find("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") != std::string::npos);
    CHECK(head.find("key-of-provider") == std::string::npos);
  }
  CHECK(greeting("wss://" + provider.host() + "/", rules()) == "hello");
  CHECK(proxy.heads.back().find("Proxy-Authorization") == std::string::npos);
}

TEST_CASE("ws uses a tunnel through the proxy, and an http request is sent to the proxy without a tunnel [RFC 9112 section 3.2.2]") {
  ByProxy by(false);
  CHECK(by.greeting("ws://" + by.provider.host() + "/", by.rules()) == "hello");
  CHECK(by.proxy.heads.back().starts_with("CONNECT " + by.provider.host() + " "));
  test::RawServer plain(by.io);
  plain.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nby proxy"); };
  ProxyRules rules;
  rules.for_http = *parse_proxy(plain.url(""));
  CHECK(by.ask("http://provider.test/x", rules) == "by proxy");
  CHECK(plain.requests.back().starts_with("GET http://provider.test/x HTTP/1.1\r\n"));
  plain.answer = [](test::RawServer::Connection& connection, const std::string&) { connection.write("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"); };
  const auto refused = by.ask("http://provider.test/x", rules);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == What::Refused);
  CHECK(refused.error().detail.find("answered 407") != std::string::npos);
}

TEST_CASE_FIXTURE(ByProxy, "If a proxy refuses, the error has the proxy's status and the remedy, but not the password for the proxy [RFC 9110 section 15.5.8]") {
  proxy.connects = false;
  proxy.answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
  for (const NetError& error : errors()) {
    CAPTURE(error.detail);
    CHECK(error.what == What::Refused);
    CHECK(error.detail.find("the proxy http://127.0.0.1:" + std::to_string(proxy.port()) + " does not connect to ") == 0);
    CHECK(error.detail.ends_with("answered 407: check its user and password (/network/proxy)"));
    CHECK(error.detail.find("canary") == std::string::npos);
  }
  proxy.answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  for (const NetError& error : errors()) {
    CHECK(error.what == What::Refused);
    CHECK(error.detail.find("answered 403") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(ByProxy, "A connection through a proxy that never answers fails at connect_limit") {
  proxy.answer.clear();
  for (const NetError& error : errors(200ms)) {
    CAPTURE(error.detail);
    CHECK(error.what == What::Timeout);
    CHECK(error.detail.find("the proxy http://127.0.0.1:") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(ByProxy, "The connection fails if the proxy closes, does not speak HTTP, or sends octets after its response") {
  proxy.connects = false;
  proxy.answer = "HTTP/1.1 200";
  for (const NetError& error : errors()) CHECK(error.what == What::Closed);
  const auto by_socket = [&] { return greeting("wss://" + provider.host() + "/", rules()).error().what; };
  for (const char* nonsense : {"220 mail.example ESMTP\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno field\r\n\r\n", "\r\n\r\n"}) {
    CAPTURE(nonsense);
    proxy.answer = nonsense;
    CHECK(by_socket() == What::Protocol);
  }
  proxy.answer = "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n";
  CHECK(by_socket() == What::Protocol);
  proxy.answer = "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(by_socket() == What::Refused);
}

TEST_CASE_FIXTURE(ByProxy, "A WebSocket accepts a proxy's response head of kMaxProxyAnswer octets, and refuses one octet more") {
  proxy.answer = padded_answer(detail::kMaxProxyAnswer);
  CHECK(greeting("wss://" + provider.host() + "/", rules()) == "hello");
  proxy.answer = padded_answer(detail::kMaxProxyAnswer + 1);
  const auto beyond = greeting("wss://" + provider.host() + "/", rules());
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().what == What::TooLarge);
}

TEST_CASE_FIXTURE(ByProxy, "If the proxy refuses the connection or its host is unknown, the error names the proxy") {
  ProxyRules none = rules(), unknown = rules();
  none.for_https->port = 1;
  unknown.for_https->host = std::string(64, 'a') + ".invalid";  // The label is too long for a DNS query.
  for (const auto& [by, what] : {std::pair{none, What::Refused}, std::pair{unknown, What::NotFound}}) {
    for (const auto& error : {ask("https://" + provider.host() + "/x", by).error(), greeting("wss://" + provider.host() + "/", by).error()}) {
      CAPTURE(error.detail);
      CHECK(error.what == what);
      CHECK(error.detail.find("proxy http://") != std::string::npos);
    }
  }
}

TEST_CASE_FIXTURE(ByProxy, "Offhook connects to this machine, and to the hosts of no_proxy, without the proxy") {
  ByProxy plain(false);
  const std::string here = "127.0.0.1:" + std::to_string(plain.provider.port());
  CHECK(plain.ask("http://" + here + "/x", rules()) == "you asked for /x");
  CHECK(plain.greeting("ws://" + here + "/", rules()) == "hello");
  ProxyRules direct = rules();
  direct.direct = {"test"};
  CHECK_FALSE(ask("https://" + std::string(64, 'a') + ".test/x", direct));
  CHECK(proxy.heads.empty());
}
