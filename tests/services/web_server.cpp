#include <offhook/tests/services/web_server.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>  // This compiles Asio's TLS once for all tests.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <thread>

namespace offhook::services {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxBody = 64U << 20U;

/// A socket with or without TLS in one type. Therefore Beast is compiled only once.
class Either {
 public:
  using executor_type = tcp::socket::executor_type;
  Either(tcp::socket socket, asio::ssl::context* tls) {
    if (tls != nullptr) {
      tls_.emplace(std::move(socket), *tls);
    } else {
      plain_.emplace(std::move(socket));
    }
  }
  executor_type get_executor() { return socket().get_executor(); }
  tcp::socket& socket() { return tls_ ? tls_->next_layer() : *plain_; }
  std::optional<asio::ssl::stream<tcp::socket>>& tls() { return tls_; }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Handler>(handler));
    plain_->async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Handler>(handler));
    plain_->async_write_some(buffers, std::forward<Handler>(handler));
  }
  void close() {
    error_code ignored;
    socket().shutdown(tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
  }

 private:
  std::optional<asio::ssl::stream<tcp::socket>> tls_;
  std::optional<tcp::socket> plain_;
};

[[maybe_unused]] void beast_close_socket(Either& stream) { stream.close(); }
[[maybe_unused]] void teardown(beast::role_type, Either& stream, error_code& error) {
  stream.close();
  error = {};
}
template <class Handler>
void async_teardown(beast::role_type, Either& stream, Handler&& handler) {
  stream.close();
  asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable { handler(error_code()); });
}

using Stream = websocket::stream<Either, false>;

class Connection final : public Peer, public std::enable_shared_from_this<Connection> {
 public:
  using Open = std::set<std::shared_ptr<Connection>>;
  Connection(tcp::socket socket, asio::ssl::context* tls, const WebServer::Reception& reception, Open& open)
      : timer_(socket.get_executor()), stream_(std::move(socket), tls), reception_(reception), open_(open) {}

  void start() {
    open_.insert(shared_from_this());
    auto& tls = stream_.next_layer().tls();
    if (!tls) return read_request();
    tls->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](const error_code& error) {
      if (error) return self->gone();
      self->read_request();
    });
  }
  void end() {
    gone();
    stream_.next_layer().close();
  }

  void answer(int status, const Headers& headers, std::string_view body) override {
    std::string text = head(status, headers);
    text += "content-length: " + std::to_string(body.size()) + "\r\n\r\n";
    text += body;
    push({Item::Kind::Raw, std::move(text)});
    push({Item::Kind::NextRequest, {}});
  }
  void begin_answer(int status, const Headers& headers) override { push({Item::Kind::Raw, head(status, headers) + "transfer-encoding: chunked\r\n\r\n"}); }
  void send_chunk(std::string_view bytes) override {
    if (bytes.empty()) return;
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    std::string text = size;
    text += bytes;
    push({Item::Kind::Raw, text + "\r\n"});
  }
  void end_answer() override {
    push({Item::Kind::Raw, "0\r\n\r\n"});
    push({Item::Kind::NextRequest, {}});
  }

  void upgrade() override {
    is_socket_ = true;
    writing_ = true;
    stream_.read_message_max(kMaxBody);
    stream_.auto_fragment(false);
    stream_.write_buffer_bytes(16384);
    stream_.async_accept(parser_->get(), [self = shared_from_this()](const error_code& error) {
      if (error) return self->gone();
      self->writing_ = false;
      self->read_message();
      self->write_next();
    });
  }
  void send_text(std::string text) override { push({Item::Kind::Text, std::move(text)}); }
  void send_binary(std::string bytes) override { push({Item::Kind::Binary, std::move(bytes)}); }
  void send_split(std::string text, std::size_t frames) override {
    const std::size_t step = std::max<std::size_t>(text.size() / frames, 1);
    for (std::size_t i = 0; i + 1 < frames; ++i) push({Item::Kind::Part, text.substr(i * step, step)});
    push({Item::Kind::LastPart, text.substr((frames - 1) * step)});
  }
  void ping() override { push({Item::Kind::Ping, {}}); }
  void close(std::uint16_t code, std::string reason) override { push({Item::Kind::Close, std::move(reason), code}); }
  void send_raw(std::string bytes) override { push({Item::Kind::Raw, std::move(bytes)}); }
  void drop() override { push({Item::Kind::Drop, {}}); }
  void stop_reading() override { deaf_ = true; }
  void wake_at(base::TimePoint when) override {
    if (gone_) return;  // The timer would delay the end of the server.
    timer_.expires_at(when);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->gone_ && self->visitor_) self->visitor_->on_time(*self);
    });
  }
  bool resumed_tls() override {
    auto& tls = stream_.next_layer().tls();
    return tls && SSL_session_reused(tls->native_handle()) == 1;
  }

 private:
  struct Item {
    enum class Kind : std::uint8_t { Raw, Text, Binary, Part, LastPart, Ping, Close, Drop, NextRequest };
    Kind kind;
    std::string bytes;
    std::uint16_t code = 0;
  };

  static std::string head(int status, const Headers& headers) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " " + std::string(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)))) + "\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text;
  }

  void read_request() {
    parser_.emplace();
    parser_->body_limit(kMaxBody);
    http::async_read(stream_.next_layer(), buffer_, *parser_, [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return self->gone();
      self->receive();
    });
  }
  void receive() {
    const auto& message = parser_->get();
    WebRequest request{std::string(message.method_string()), std::string(message.target()), {}, message.body(), websocket::is_upgrade(message)};
    for (const auto& field : message) {
      std::string name(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.headers.emplace_back(std::move(name), field.value());
    }
    visitor_ = reception_(*this, request);
  }
  void read_message() {
    if (deaf_) return;
    stream_.control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::ping && visitor_) visitor_->on_ping(*this);
    });
    stream_.async_read(buffer_, [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return self->gone();
      const std::string_view message(static_cast<const char*>(self->buffer_.cdata().data()), self->buffer_.size());
      if (self->visitor_ && self->stream_.got_text()) self->visitor_->on_text(*self, message);
      else if (self->visitor_) self->visitor_->on_binary(*self, message);
      self->buffer_.clear();
      self->read_message();
    });
  }

  void push(Item item) {
    if (gone_) return;
    queue_.push_back(std::move(item));
    write_next();
  }
  void write_next() {
    if (writing_ || gone_ || queue_.empty()) return;
    const Item& item = queue_.front();
    const auto bytes = asio::buffer(item.bytes);
    auto then = [self = shared_from_this()](const error_code& error, std::size_t = 0) {
      self->writing_ = false;
      if (error || self->gone_) return self->gone();  // The queue still contains the data that was being written when the connection ended.
      self->queue_.pop_front();
      self->write_next();
    };
    writing_ = true;
    switch (item.kind) {
      case Item::Kind::Raw:
        return asio::async_write(stream_.next_layer(), bytes, then);
      case Item::Kind::Text:
      case Item::Kind::Binary:
        stream_.binary(item.kind == Item::Kind::Binary);
        return stream_.async_write(bytes, then);
      case Item::Kind::Part:
      case Item::Kind::LastPart:
        stream_.text(true);
        return static_cast<void>(stream_.async_write_some(item.kind == Item::Kind::LastPart, bytes, then));
      case Item::Kind::Ping:
        return stream_.async_ping({}, [then](const error_code& error) { then(error); });
      case Item::Kind::Close:
        return stream_.async_close(websocket::close_reason(static_cast<websocket::close_code>(item.code), item.bytes),
                                   [then](const error_code& error) { then(error ? error : asio::error::eof); });
      case Item::Kind::Drop:
        return end();
      case Item::Kind::NextRequest:
        queue_.pop_front();
        writing_ = false;
        visitor_.reset();
        if (!parser_->keep_alive()) return end();
        read_request();
        return;
    }
  }

  void gone() {
    if (std::exchange(gone_, true)) return;
    const auto self = shared_from_this();
    open_.erase(self);
    timer_.cancel();
    const std::uint16_t code = stream_.reason().code == websocket::close_code::none ? std::uint16_t{1006} : std::uint16_t{stream_.reason().code};
    if (visitor_) visitor_->on_gone(is_socket_ ? code : 0);
    stream_.next_layer().close();
    asio::post(stream_.get_executor(), [self] {});  // This keeps the object alive, because one of its functions may be running.
  }

  asio::basic_waitable_timer<base::Clock> timer_;
  Stream stream_;
  const WebServer::Reception& reception_;
  Open& open_;  // This keeps connections alive that neither read nor write at present.
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::unique_ptr<Visitor> visitor_;
  std::deque<Item> queue_;
  bool writing_ = false, is_socket_ = false, deaf_ = false, gone_ = false;
};

class Server final : public WebServer {
 public:
  Server(ServerOptions options, Reception reception) : options_(std::move(options)), reception_(std::move(reception)), acceptor_(io_) {}
  ~Server() override {
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      for (const auto open = std::exchange(connections_, {}); const auto& connection : open) connection->end();
      for (auto& socket : muted_) socket.close(ignored);
      io_.stop();  // Without this, Beast's timers and a closing handshake could run for minutes.
    });
    if (thread_.joinable()) thread_.join();
  }

  bool start() {
    error_code error;
    if (!options_.certificate_pem.empty()) {
      tls_.emplace(asio::ssl::context::tls_server);
      tls_->use_certificate_chain(asio::buffer(options_.certificate_pem), error);
      if (!error) tls_->use_private_key(asio::buffer(options_.key_pem), asio::ssl::context::pem, error);
      SSL_CTX_set_session_id_context(tls_->native_handle(), reinterpret_cast<const unsigned char*>("offhook"), 7);
      SSL_CTX_set_mode(tls_->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    }
    const tcp::endpoint local(asio::ip::address_v4::loopback(), 0);
    if (!error) acceptor_.open(local.protocol(), error);
    if (!error) acceptor_.bind(local, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return false;
    port_ = acceptor_.local_endpoint(error).port();
    accept_next();
    thread_ = std::thread([this] { io_.run(); });
    return true;
  }
  std::uint16_t port() const override { return port_; }
  void post(std::function<void()> task) override { asio::post(io_, std::move(task)); }

 private:
  void accept_next() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error) return;
      if (options_.mute) {
        muted_.push_back(std::move(socket));
      } else {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        std::make_shared<Connection>(std::move(socket), tls_ ? &*tls_ : nullptr, reception_, connections_)->start();
      }
      accept_next();
    });
  }

  ServerOptions options_;
  Reception reception_;
  std::optional<asio::ssl::context> tls_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  Connection::Open connections_;
  std::vector<tcp::socket> muted_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

std::string_view WebRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::unique_ptr<WebServer> WebServer::open(ServerOptions options, Reception reception) {
  auto server = std::make_unique<Server>(std::move(options), std::move(reception));
  if (!server->start()) return nullptr;
  return server;
}

}  // namespace offhook::services
