// The only file of layers 0 to 3 that contains a Beast WebSocket: it takes a minute to compile (docs/building.md).
#include <offhook/sip/transport/web_socket_stream.hpp>

#include <offhook/sip/message/limits.hpp>
#include <offhook/sip/transport/carrier_adaptor.hpp>
#include <offhook/sip/transport/upgrade_rules.hpp>
#include <offhook/sip/transport/web_pages.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Done = ByteStream::Done;

namespace {

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string listed(const std::vector<std::string>& hosts) {
  std::string list;
  for (const std::string& host : hosts) list.append(list.empty() ? "" : ", ").append(host);
  return list;
}

class WebSocket : public std::enable_shared_from_this<WebSocket> {
 public:
  WebSocket(asio::any_io_executor executor, std::unique_ptr<ByteStream> carrier, WebSocketSetup setup)
      : setup_(std::move(setup)), timer_(executor), stream_(executor, std::move(carrier)) {}
  ~WebSocket() { below().on_octets(nullptr); }
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  void open(Done done);
  void read_some(std::span<std::uint8_t> into, Done done);
  void write(std::string_view bytes, Done done);
  void ping();
  void say_goodbye(websocket::close_code code);
  void close();

  [[nodiscard]] bool at_message_end() const { return stream_.is_message_done(); }
  void on_pong(std::function<void()> handler) { on_pong_ = std::move(handler); }
  [[nodiscard]] std::string failure() const { return failure_.empty() ? carrier().failure() : failure_; }
  void finish_writing() { is_open_ ? say_goodbye(websocket::close_code::going_away) : carrier().finish_writing(); }

 private:
  [[nodiscard]] CarrierAdaptor& below() { return stream_.next_layer(); }
  [[nodiscard]] ByteStream& carrier() const { return stream_.next_layer().carrier(); }
  void configure();
  void ask(Done done);
  void be_asked(Done done);
  void judge(std::size_t size, const Done& done);
  void refuse(http::status status, const std::string& why, Done done);
  void serve(const WebPages& pages, const Done& done);
  void answer(const error_code& error, Done done);
  [[nodiscard]] std::vector<std::string_view> fields(http::field name) const;
  [[nodiscard]] std::optional<std::pair<http::status, std::string>> objection() const;
  void let_go(const error_code& error, Done done);
  void discard(const error_code& error, Done done);
  void accept(std::string early, Done done);
  void opened(const Done& done);
  void on_control(websocket::frame_type kind);
  void on_octets();
  void on_progress();

  WebSocketSetup setup_;
  // Limits the time for the frame or message being received, and then for the peer's close frame.
  asio::steady_timer timer_;
  websocket::stream<CarrierAdaptor, /*deflateSupported=*/false> stream_;
  struct Handshake {
    std::string request;
    http::request_parser<http::empty_body> parser;
    http::response<http::string_body> response;
    websocket::response_type answer;
    std::array<std::uint8_t, 1024> unread{};
  };
  std::unique_ptr<Handshake> handshake_;
  std::function<void()> on_pong_;
  std::string failure_;
  bool is_open_ = false, closed_ = false, says_goodbye_ = false;
  bool pinging_ = false, pong_due_ = false;
  bool frame_under_way_ = false;
};

// --- the handshake ---------------------------------------------------------------------------------------------------------

void WebSocket::open(Done done) {
  configure();
  carrier().open([self = shared_from_this(), done = std::move(done)](const error_code& error, std::size_t) {
    if (error || self->closed_) return done(error ? error : error_code(asio::error::operation_aborted), 0);
    self->handshake_ = std::make_unique<Handshake>();
    self->setup_.side == Side::Client ? self->ask(done) : self->be_asked(done);
  });
}

/// Sets the options. The code that calls open() limits the time for the handshake.
void WebSocket::configure() {
  stream_.set_option(websocket::stream_base::timeout{websocket::stream_base::none(), setup_.options.silence, true});
  stream_.read_message_max(kMaxMessageBytes);
  stream_.auto_fragment(false);
}

void WebSocket::ask(Done done) {
  stream_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(http::field::user_agent, "Offhook");
    request.set(http::field::sec_websocket_protocol, "sip");
  }));
  stream_.async_handshake(handshake_->answer, setup_.host, setup_.options.path,
                          [self = shared_from_this(), done = std::move(done)](const error_code& error) {
    const auto handshake = std::move(self->handshake_);
    if (error == websocket::error::upgrade_declined)
      self->failure_ = "the WebSocket handshake was answered with status " + std::to_string(handshake->answer.result_int());
    if (error) return done(error, 0);
    const auto protocol = handshake->answer[http::field::sec_websocket_protocol];
    // RFC 6455 section 4.1, RFC 7118 section 4.1
    if (protocol != "sip") {
      self->failure_ = "the WebSocket server does not speak the subprotocol sip";
      return done(protocol_error(), 0);
    }
    self->opened(done);
  });
}

/// Reads the whole request before parsing it, because Beast's own header limit depends on how the octets arrive.
void WebSocket::be_asked(Done done) {
  asio::async_read_until(below(), asio::dynamic_buffer(handshake_->request, kMaxUpgradeBytes), "\r\n\r\n",
                         [self = shared_from_this(), done = std::move(done)](const error_code& error, std::size_t size) {
    if (self->closed_) return done(asio::error::operation_aborted, 0);
    if (error == asio::error::not_found)
      return self->refuse(http::status::request_header_fields_too_large, "The HTTP request is too long", done);
    if (error) return done(error, 0);
    self->judge(size, done);
  });
}

void WebSocket::judge(std::size_t size, const Done& done) {
  error_code error;
  handshake_->parser.header_limit(kMaxUpgradeBytes);
  handshake_->parser.put(asio::buffer(handshake_->request.data(), size), error);
  if (!error && !handshake_->parser.is_header_done()) error = http::error::partial_message;
  if (error) return refuse(http::status::bad_request, "The request is not valid HTTP: " + error.message(), done);
  const auto hosts = fields(http::field::host);
  if (hosts.size() != 1) return refuse(http::status::bad_request, "The request needs exactly one Host field", done);  // RFC 9112 section 3.2
  const WebPages* const pages = setup_.options.pages.get();
  if (pages != nullptr && !is_for(*pages, hosts.front())) return refuse(http::status::misdirected_request, "This server answers only to: " + listed(pages->hosts), done);
  if (pages != nullptr && !websocket::is_upgrade(handshake_->parser.get())) return serve(*pages, done);
  if (const auto wrong = objection()) return refuse(wrong->first, wrong->second, done);
  accept(handshake_->request.substr(size), done);
}

/// Returns the values of all header fields with that name.
std::vector<std::string_view> WebSocket::fields(http::field name) const {
  std::vector<std::string_view> values;
  const auto [first, last] = handshake_->parser.get().equal_range(name);
  for (auto at = first; at != last; ++at) values.push_back(view(at->value()));
  return values;
}

/// Performs the checks that Beast does not perform. Returns the refusal, or nullopt if the request is acceptable.
std::optional<std::pair<http::status, std::string>> WebSocket::objection() const {
  if (!websocket::is_upgrade(handshake_->parser.get())) return std::pair{http::status::upgrade_required, std::string("The request does not ask to upgrade to WebSocket")};
  for (const std::string_view origin : fields(http::field::origin)) {
    if (!may_come_from(origin, setup_.options.origins)) return std::pair{http::status::forbidden, std::string("The origin is not allowed")};
  }
  for (const std::string_view protocols : fields(http::field::sec_websocket_protocol)) {
    if (offers_sip(protocols)) return std::nullopt;
  }
  return std::pair{http::status::bad_request, std::string("The request does not offer the subprotocol sip")};
}

void WebSocket::refuse(http::status status, const std::string& why, Done done) {
  failure_ = why;
  auto& response = handshake_->response;
  response.result(status);
  if (status == http::status::upgrade_required) {
    response.set(http::field::upgrade, "websocket");
    response.set(http::field::sec_websocket_version, "13");
  }
  response.set(http::field::content_type, "text/plain");
  response.set("X-Content-Type-Options", "nosniff");
  response.body() = why + "\n";
  answer(protocol_error(), std::move(done));
}

/// Answers a request without a handshake.
void WebSocket::serve(const WebPages& pages, const Done& done) {
  const auto& request = handshake_->parser.get();
  auto& response = handshake_->response;
  const PageAnswer found = answer_to(pages, view(request.method_string()), view(request.target()));
  if (found.page == nullptr) {
    if (found.status == 405) response.set(http::field::allow, "GET, HEAD");
    return refuse(static_cast<http::status>(found.status), std::string(found.why), done);
  }
  response.result(http::status::ok);
  for (const auto& [name, value] : pages.fields) response.set(name, value);
  response.set(http::field::content_type, found.page->type);
  response.body() = found.page->body;
  answer(answered_error(), done);
}

/// Writes the response, and ends the connection with `error`.
void WebSocket::answer(const error_code& error, Done done) {
  auto& response = handshake_->response;
  response.set(http::field::server, "Offhook");
  response.set(http::field::connection, "close");
  response.prepare_payload();
  if (handshake_->parser.get().method() == http::verb::head) response.body().clear();  // RFC 9110 section 9.3.2
  http::async_write(below(), response, [self = shared_from_this(), error, done = std::move(done)](const error_code& failed, std::size_t) {
    if (failed) return done(failed, 0);
    self->let_go(error, done);
  });
}

/// Reads and discards the remaining input. Unread data would turn the close into a reset, which may overtake our response.
void WebSocket::let_go(const error_code& error, Done done) {
  carrier().finish_writing();
  timer_.expires_after(kCloseLimit);
  timer_.async_wait([weak = weak_from_this()](const error_code& stopped) {
    const auto self = weak.lock();
    if (!stopped && self) self->carrier().close();
  });
  discard(error, std::move(done));
}

void WebSocket::discard(const error_code& error, Done done) {
  carrier().read_some(handshake_->unread, [self = shared_from_this(), error, done = std::move(done)](const error_code& over, std::size_t) {
    if (!over) return self->discard(error, done);
    self->timer_.cancel();
    done(error, 0);
  });
}

/// Accepts the handshake. `early` has the octets that followed the request.
void WebSocket::accept(std::string early, Done done) {
  below().put_back(std::move(early));
  stream_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
    response.set(http::field::server, "Offhook");
    if (response.result() == http::status::switching_protocols) response.set(http::field::sec_websocket_protocol, "sip");
  }));
  stream_.async_accept(handshake_->parser.get(), [self = shared_from_this(), done = std::move(done)](const error_code& error) {
    if (!error) {
      self->handshake_.reset();
      return self->opened(done);
    }
    self->failure_ = "its WebSocket handshake is wrong: " + error.message();
    self->let_go(error, done);
  });
}

void WebSocket::opened(const Done& done) {
  if (closed_) return done(asio::error::operation_aborted, 0);
  is_open_ = true;
  stream_.control_callback([this](websocket::frame_type kind, boost::beast::string_view) { on_control(kind); });
  below().on_octets([this] { on_octets(); });
  done({}, 0);
}

// --- messages --------------------------------------------------------------------------------------------------------------

void WebSocket::read_some(std::span<std::uint8_t> into, Done done) {
  stream_.async_read_some(asio::buffer(into.data(), into.size()),
                          [self = shared_from_this(), into, done = std::move(done)](const error_code& error, std::size_t size) {
    if (error) {
      self->is_open_ = false;
      return done(error, 0);
    }
    if (self->at_message_end()) self->on_progress();
    else if (size == 0) return self->read_some(into, done);
    done({}, size);
  });
}

void WebSocket::write(std::string_view bytes, Done done) {
  stream_.text(is_utf8(bytes));
  stream_.async_write(asio::buffer(bytes.data(), bytes.size()),
                      [self = shared_from_this(), done = std::move(done), size = bytes.size()](const error_code& error, std::size_t) {
    done(error, error ? 0 : size);
  });
}

void WebSocket::ping() {
  if (!is_open_ || closed_) return;
  pong_due_ = true;
  if (std::exchange(pinging_, true)) return;
  stream_.async_ping({}, [self = shared_from_this()](const error_code&) { self->pinging_ = false; });
}

void WebSocket::on_control(websocket::frame_type kind) {
  // Within a message, a control frame must not extend the time.
  if (at_message_end()) on_progress();
  if (kind != websocket::frame_type::pong || !std::exchange(pong_due_, false) || !on_pong_) return;
  asio::post(below().get_executor(), [self = shared_from_this()] {
    if (self->on_pong_) self->on_pong_();
  });
}

/// Limits the time from the first octet of a frame to its end: RFC 6455 has no limit.
void WebSocket::on_octets() {
  if (says_goodbye_ || std::exchange(frame_under_way_, true)) return;
  timer_.expires_after(setup_.message_time);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->closed_ || !self->frame_under_way_ || self->timer_.expiry() > base::Clock::now()) return;
    if (self->setup_.on_slow_sender) self->setup_.on_slow_sender();
    self->is_open_ = false;
    self->carrier().close();
  });
}

void WebSocket::on_progress() {
  frame_under_way_ = false;
  if (!says_goodbye_) timer_.cancel();
}

// --- the end ---------------------------------------------------------------------------------------------------------------

void WebSocket::say_goodbye(websocket::close_code code) {
  if (std::exchange(says_goodbye_, true)) return;
  const std::shared_ptr<void> one_more((++*setup_.closing, nullptr), [count = setup_.closing](void*) { --*count; });
  timer_.expires_after(kCloseLimit);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->carrier().close();
  });
  stream_.async_close(code, [self = shared_from_this(), one_more](const error_code&) {
    self->timer_.cancel();
    self->carrier().close();
  });
}

void WebSocket::close() {
  if (std::exchange(closed_, true)) return;
  on_pong_ = nullptr;
  if (!says_goodbye_) timer_.cancel();
  if (is_open_ && !says_goodbye_ && *setup_.closing < kMaxClosing) return say_goodbye(websocket::close_code::going_away);
  if (!is_open_ || !says_goodbye_) carrier().close();
}

/// The owner's handle. The WebSocket itself is destroyed when none of its operations runs any more.
class WebSocketStream final : public MessageStream {
 public:
  explicit WebSocketStream(std::shared_ptr<WebSocket> socket) : socket_(std::move(socket)) {}
  ~WebSocketStream() override { socket_->close(); }
  WebSocketStream(const WebSocketStream&) = delete;
  WebSocketStream& operator=(const WebSocketStream&) = delete;

  void open(Done done) override { socket_->open(std::move(done)); }
  void read_some(std::span<std::uint8_t> into, Done done) override { socket_->read_some(into, std::move(done)); }
  void write(std::string_view bytes, Done done) override { socket_->write(bytes, std::move(done)); }
  void finish_writing() override { socket_->finish_writing(); }
  void close() override { socket_->close(); }
  std::string failure() const override { return socket_->failure(); }
  bool at_message_end() const override { return socket_->at_message_end(); }
  void ping() override { socket_->ping(); }
  void on_pong(std::function<void()> handler) override { socket_->on_pong(std::move(handler)); }

 private:
  std::shared_ptr<WebSocket> socket_;
};

}  // namespace

std::unique_ptr<ByteStream> make_web_socket_stream(asio::any_io_executor executor, std::unique_ptr<ByteStream> carrier, WebSocketSetup setup) {
  if (!setup.closing) setup.closing = std::make_shared<std::size_t>(0);
  return std::make_unique<WebSocketStream>(std::make_shared<WebSocket>(std::move(executor), std::move(carrier), std::move(setup)));
}

}  // namespace offhook::inline v0::sip::detail
