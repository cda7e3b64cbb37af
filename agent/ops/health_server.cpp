#include <offhook/agent/ops/health_server.hpp>

#include <offhook/agent/ops/detail/health_exchange.hpp>
#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <deque>
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
constexpr std::size_t kMaxDiscardedBytes = std::size_t{16} << 20;
constexpr auto kAnswerTimeout = std::chrono::seconds(5);
constexpr auto kAcceptPause = std::chrono::milliseconds(200);

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const HealthPages& pages, bool on_loopback) : stream_(std::move(socket)), pages_(pages), on_loopback_(on_loopback) {
    detail::set_limits(parser_);
  }

  void run(std::chrono::milliseconds header_limit) {
    stream_.expires_after(header_limit);
    http::async_read(stream_, buffer_, parser_, [self = shared_from_this()](const error_code& error, std::size_t) {
      const bool has_body = error == http::error::body_limit;
      if (error && !has_body) return;
      self->stream_.expires_after(kAnswerTimeout);
      self->response_ = detail::respond(self->parser_.get(), has_body, self->pages_, self->on_loopback_);
      http::async_write(self->stream_, self->response_, [self, has_body](const error_code& unsent, std::size_t) {
        error_code ignored;
        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        if (has_body && !unsent) self->discard();
      });
    });
  }

  /// Closes the socket. Pending operations end with an error, which ends the session.
  void close() { stream_.close(); }

 private:
  /// Reads the rest of the request. Closing a socket with unread data sends a reset, which may discard the response before the client reads it:
  /// RFC 9112 section 9.6.
  void discard() {
    stream_.async_read_some(asio::buffer(discarded_), [self = shared_from_this()](const error_code& error, std::size_t count) {
      self->discarded_bytes_ += count;
      if (!error && self->discarded_bytes_ < kMaxDiscardedBytes) self->discard();
    });
  }

  beast::tcp_stream stream_;
  const HealthPages& pages_;
  const bool on_loopback_;
  beast::flat_buffer buffer_{detail::kMaxHeaderBytes};
  detail::HealthParser parser_;
  detail::HealthResponse response_;
  std::array<char, 4096> discarded_{};
  std::size_t discarded_bytes_ = 0;
};

/// The running sessions, at most kMaxConnections: a new session replaces the oldest. Otherwise silent connections would block supervisors.
class Sessions {
 public:
  void add(const std::shared_ptr<Session>& session) {
    std::erase_if(sessions_, [](const std::weak_ptr<Session>& each) { return each.expired(); });
    if (sessions_.size() == kMaxConnections) close_oldest();
    sessions_.push_back(session);
  }

 private:
  void close_oldest() {
    if (const auto oldest = sessions_.front().lock()) oldest->close();
    sessions_.pop_front();
  }

  std::deque<std::weak_ptr<Session>> sessions_;  // Oldest first.
};

class BeastHealthServer final : public HealthServer {
 public:
  BeastHealthServer(HealthPages pages, std::chrono::milliseconds header_limit)
      : pages_(std::move(pages)), header_limit_(header_limit), acceptor_(io_) {}
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
      if (!error) {
        const auto session = std::make_shared<Session>(std::move(socket), pages_, on_loopback_);
        sessions_.add(session);
        session->run(header_limit_);
        return accept_next();
      }
      // The process probably has no free descriptor. The connection still waits, so an immediate retry would fail again at once, in an endless loop.
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) accept_next();
      });
    });
  }

  HealthPages pages_;
  const std::chrono::milliseconds header_limit_;
  Sessions sessions_;  // used on the server's thread only
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_{io_};
  std::uint16_t port_ = 0;
  bool on_loopback_ = false;
  std::thread thread_;
};

}  // namespace

base::Result<std::unique_ptr<HealthServer>, base::Error> HealthServer::open(const base::SocketAddress& local, HealthPages pages,
                                                                                std::chrono::milliseconds header_limit) {
  auto server = std::make_unique<BeastHealthServer>(std::move(pages), header_limit);
  if (const error_code error = server->open(local)) {
    return base::fail(base::Error{"health", error.value(),
                                  "the health port " + local.to_string() + " cannot be opened (" + error.message() +
                                      "): choose another port with \"health\": {\"port\": ...}, or port 0 for no health port"});
  }
  return server;
}

}  // namespace offhook::inline v0::agent
