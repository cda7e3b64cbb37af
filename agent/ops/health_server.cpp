#include <offhook/agent/ops/health_server.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace offhook::inline v0::agent {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxConnections = 16;
constexpr std::uint32_t kMaxHeaderBytes = 8192;
constexpr std::size_t kMaxDiscardedBytes = std::size_t{16} << 20;
constexpr auto kRequestTimeout = std::chrono::seconds(5);
constexpr auto kAcceptPause = std::chrono::milliseconds(200);

using Response = http::response<http::string_body>;

/// What a target is answered with; nothing: no such page.
std::optional<Response> page(std::string_view target, const HealthPages& pages) {
  Response response;
  response.set(http::field::content_type, "application/json");
  if (target == "/healthz") {
    response.body() = R"({"status":"alive"})";
  } else if (target == "/readyz") {
    Health health = pages.ready();
    if (!health.ready) response.result(http::status::service_unavailable);
    response.body() = std::move(health.text);
  } else if (target == "/calls" && pages.calls) {
    response.body() = pages.calls();
  } else if (target == "/metrics" && pages.metrics) {
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.body() = pages.metrics();
    return response;  // Ends with a line feed by itself.
  } else {
    return std::nullopt;
  }
  response.body() += "\n";
  return response;
}

Response json(http::status status, std::string body) {
  Response response;
  response.result(status);
  response.set(http::field::content_type, "application/json");
  response.body() = std::move(body) + "\n";
  return response;
}

struct PauseOrder {
  std::string call;
  bool paused = false;
};

/// "/calls/k3x9/recording/pause", or resume
std::optional<PauseOrder> pause_order(std::string_view target) {
  constexpr std::string_view kBefore = "/calls/", kPause = "/recording/pause", kResume = "/recording/resume";
  const bool paused = target.ends_with(kPause);
  const std::size_t behind = paused ? kPause.size() : kResume.size();
  if (!target.starts_with(kBefore) || !(paused || target.ends_with(kResume)) || target.size() <= kBefore.size() + behind) return std::nullopt;
  const auto call = target.substr(kBefore.size(), target.size() - kBefore.size() - behind);
  if (call.find_first_of("/?#%") != std::string_view::npos) return std::nullopt;
  return PauseOrder{std::string(call), paused};
}

/// A browser says with each POST of a page where that comes from; curl and the like do not.
Response obey(const PauseOrder& order, const http::request<http::empty_body>& request, const HealthPages& pages) {
  if (request.method() != http::verb::post) {
    Response response = json(http::status::method_not_allowed, R"({"error":"use POST"})");
    response.set(http::field::allow, "POST");
    return response;
  }
  if (request.count(http::field::origin) != 0) return json(http::status::forbidden, R"({"error":"not from a page in a browser"})");
  HealthReply reply = pages.pause_recording(order.call, order.paused);
  return json(static_cast<http::status>(reply.status), std::move(reply.text));
}

Response read(const http::request<http::empty_body>& request, const HealthPages& pages) {
  const auto target = request.target();
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  auto found = page({target.data(), target.size()}, pages);
  Response response = !found ? json(http::status::not_found, R"({"error":"this port answers GET /healthz, /readyz, /calls and /metrics, and POST )"
                                                             R"(/calls/ID/recording/pause and resume"})")
                      : reads ? std::move(*found)
                              : json(http::status::method_not_allowed, R"({"error":"use GET"})");
  if (found && !reads) response.set(http::field::allow, "GET, HEAD");
  return response;
}

Response too_large() { return json(http::status::payload_too_large, R"({"error":"the path says all: no body is read here"})"); }

/// RFC 9112 section 3.2: a request says once whom it is for; of HTTP/1.0 it may say nothing.
bool names_one_host(const http::request<http::empty_body>& request) {
  constexpr unsigned kHttp11 = 11;
  const auto hosts = request.count(http::field::host);
  return hosts == 1 || (hosts == 0 && request.version() < kHttp11);
}

Response no_one_host() { return json(http::status::bad_request, R"({"error":"one Host is wanted: RFC 9112 section 3.2"})"); }

/// "localhost:8080", "localhost.", "127.0.0.1", "[::1]:8080"
bool names_loopback(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) host = host.substr(0, colon);
  if (host.ends_with('.')) host.remove_suffix(1);  // The root of all names may be written out: RFC 3986 section 3.2.2.
  const auto ip = base::IpAddress::parse(host);
  return ip ? ip->is_loopback() : base::iequals(host, "localhost");
}

/// A browser that was told a stranger's name and, later, our address for it, takes our pages for the stranger's: DNS rebinding. It says that
/// name to us. Who names no host is no browser.
bool is_meant_for_us(const http::request<http::empty_body>& request) {
  const auto host = request.find(http::field::host);
  return host == request.end() || names_loopback({host->value().data(), host->value().size()});
}

Response misdirected() { return json(http::status::misdirected_request, R"({"error":"this port is asked as localhost, 127.0.0.1 or [::1]"})"); }

Response respond(const http::request<http::empty_body>& request, bool has_body, const HealthPages& pages, bool on_loopback) {
  const auto target = request.target();
  const auto order = pages.pause_recording ? pause_order({target.data(), target.size()}) : std::nullopt;
  Response response = !names_one_host(request)                   ? no_one_host()
                      : on_loopback && !is_meant_for_us(request) ? misdirected()
                      : has_body                                 ? too_large()
                      : order                                    ? obey(*order, request, pages)
                                                                 : read(request, pages);
  response.version(request.version());
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const HealthPages& pages, bool on_loopback, std::atomic<std::size_t>& open)
      : stream_(std::move(socket)), pages_(pages), on_loopback_(on_loopback), open_(open) {
    ++open_;
    parser_.header_limit(kMaxHeaderBytes);
    parser_.body_limit(0);
  }
  ~Session() { --open_; }

  void run() {
    stream_.expires_after(kRequestTimeout);
    http::async_read(stream_, buffer_, parser_, [self = shared_from_this()](const error_code& error, std::size_t) {
      const bool has_body = error == http::error::body_limit;
      if (error && !has_body) return;
      self->response_ = respond(self->parser_.get(), has_body, self->pages_, self->on_loopback_);
      http::async_write(self->stream_, self->response_, [self, has_body](const error_code& unsent, std::size_t) {
        error_code ignored;
        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        if (has_body && !unsent) self->discard();
      });
    });
  }

 private:
  /// To close upon what nobody has read is a reset, which may take the answer from who has not read that: RFC 9112 section 9.6.
  void discard() {
    stream_.async_read_some(asio::buffer(discarded_), [self = shared_from_this()](const error_code& error, std::size_t count) {
      self->discarded_bytes_ += count;
      if (!error && self->discarded_bytes_ < kMaxDiscardedBytes) self->discard();
    });
  }

  beast::tcp_stream stream_;
  const HealthPages& pages_;
  const bool on_loopback_;
  std::atomic<std::size_t>& open_;
  beast::flat_buffer buffer_{kMaxHeaderBytes};
  http::request_parser<http::empty_body> parser_;
  Response response_;
  std::array<char, 4096> discarded_{};
  std::size_t discarded_bytes_ = 0;
};

class BeastHealthServer final : public HealthServer {
 public:
  explicit BeastHealthServer(HealthPages pages) : pages_(std::move(pages)), acceptor_(io_) {}
  ~BeastHealthServer() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  error_code open(const base::SocketAddress& local) {
    error_code error;
    const auto endpoint = sip::detail::to_asio<tcp>(local);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return error;
    on_loopback_ = local.ip.is_loopback();
    port_ = acceptor_.local_endpoint(error).port();
    accept_next();
    thread_ = std::thread([this] { io_.run(); });
    return {};
  }
  std::uint16_t port() const override { return port_; }

 private:
  void accept_next() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && open_ < kMaxConnections) std::make_shared<Session>(std::move(socket), pages_, on_loopback_, open_)->run();
      if (!error) return accept_next();
      // Out of descriptors, most likely: the connection still waits, so that trying again at once would spin.
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) accept_next();
      });
    });
  }

  HealthPages pages_;
  std::atomic<std::size_t> open_{0};
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_{io_};
  std::uint16_t port_ = 0;
  bool on_loopback_ = false;
  std::thread thread_;
};

}  // namespace

base::Result<std::unique_ptr<HealthServer>, base::Error> HealthServer::open(const base::SocketAddress& local, HealthPages pages) {
  auto server = std::make_unique<BeastHealthServer>(std::move(pages));
  if (const error_code error = server->open(local)) {
    return base::fail(base::Error{"health", error.value(),
                                  "the health port " + local.to_string() + " cannot be opened (" + error.message() +
                                      "): choose another with \"health\": {\"port\": ...}, or 0 to go without"});
  }
  return server;
}

}  // namespace offhook::inline v0::agent
