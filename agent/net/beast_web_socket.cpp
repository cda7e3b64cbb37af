// Only this file includes the WebSocket of Beast, because its header takes a minute to compile (docs/building.md).
#include <offhook/agent/net/beast_web_socket.hpp>

#include <offhook/agent/net/detail/proxy_tunnel.hpp>
#include <offhook/agent/net/detail/secure_socket.hpp>
#include <offhook/agent/net/detail/send_queue.hpp>
#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <memory_resource>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxMessageKept = 65536;  // maximum octets of memory that the read buffer keeps between messages
constexpr int kNoCloseFrame = 1006, kNoCloseCode = 1005, kTooBig = 1009;  // RFC 6455 section 7.4.1

/// Provides the memory that Asio and Beast need for a running read or write, and reuses it.
using Pool = std::pmr::unsynchronized_pool_resource;
template <class T>
class PoolAllocator {
 public:
  using value_type = T;
  explicit PoolAllocator(std::shared_ptr<Pool> pool) : pool_(std::move(pool)) {}
  template <class U>
  PoolAllocator(const PoolAllocator<U>& other) : pool_(other.pool()) {}  // NOLINT: allocators convert
  T* allocate(std::size_t count) { return static_cast<T*>(pool_->allocate(count * sizeof(T), alignof(T))); }
  void deallocate(T* at, std::size_t count) { pool_->deallocate(at, count * sizeof(T), alignof(T)); }
  [[nodiscard]] const std::shared_ptr<Pool>& pool() const { return pool_; }
  friend bool operator==(const PoolAllocator& a, const PoolAllocator& b) { return a.pool_ == b.pool_; }

 private:
  std::shared_ptr<Pool> pool_;  // A handler may free its memory after its socket and client are gone.
};

/// The state that all sockets of one client share.
struct Shared {
  asio::io_context& io;
  BeastWebSocketOptions options;
  std::shared_ptr<detail::TlsContext> tls;
  std::shared_ptr<HostLookup> hosts = options.hosts ? options.hosts : std::make_shared<HostLookup>(io);
  std::shared_ptr<Pool> pool = std::make_shared<Pool>();
};

using Stream = websocket::stream<detail::SecureSocket, /*deflateSupported=*/false>;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shared> shared, WebSocketRequest request, WebSocketHandler handler)
      : shared_(std::move(shared)), request_(std::move(request)), handler_(std::move(handler)), timer_(shared_->io),
        stream_(shared_->io), deadline_(base::Clock::now() + request_.connect_limit) {}

  void start();
  void send(std::string_view bytes, bool binary);
  void close(int code, std::string_view reason);
  void abandon();

 private:
  enum class State : std::uint8_t { Connecting, Open, Closing, Closed };
  using Close = websocket::close_reason;

  /// Returns a callback that keeps this connection alive, does nothing after the connection is closed, and allocates from the pool.
  template <class Step>
  auto on(Step step) {
    return asio::bind_allocator(PoolAllocator<char>(shared_->pool), [self = shared_from_this(), step = std::move(step)](const error_code& error, auto&&... rest) {
      if (self->state_ != State::Closed) step(*self, error, rest...);
    });
  }
  void post_failure(NetError error);

  void resolve();
  [[nodiscard]] std::string next_hop() const;
  void on_found(const HostAddresses& host);
  void connect_next(error_code last);
  void await_connection(std::size_t attempt);
  void on_connected();
  [[nodiscard]] bool extends_limit();
  void await_deadline(std::string late);
  void open_tunnel();
  void begin_tls();
  void tls_handshake();
  void upgrade();
  void on_upgraded(const error_code& error);
  void open();

  void read_next();
  void write_next();
  void begin_close();
  void ping_later();
  void on_ping_due();

  void fail(NetError::What what, std::string detail);
  void fail_io(const error_code& error, std::string_view doing);
  void finish(WebSocketClosed closed);
  template <class Call>
  void notify(Call call);
  void forget_handler();

  std::shared_ptr<Shared> shared_;
  WebSocketRequest request_;
  WebSocketHandler handler_;
  WebSocketUrl url_;
  const Proxy* proxy_ = nullptr;  // points into shared_; null: no proxy
  std::vector<tcp::endpoint> addresses_;
  std::size_t next_address_ = 0;
  asio::basic_waitable_timer<base::Clock, asio::wait_traits<base::Clock>, asio::io_context::executor_type> timer_;  // for connecting, pings or closing
  Stream stream_;
  std::unique_ptr<websocket::response_type> answer_;  // set while the handshake runs
  beast::flat_buffer message_;
  detail::SendQueue queue_;
  base::TimePoint deadline_;
  State state_ = State::Connecting;
  Close close_reason_;
  bool writing_ = false, awaiting_pong_ = false, abandoned_ = false, extended_ = false;
  int notifying_ = 0;  // number of handler functions that are running
};

// --- from a URL to an open socket ------------------------------------------------------------------------------------------

void Connection::post_failure(NetError error) {
  asio::post(shared_->io, [self = shared_from_this(), error = std::move(error)] {
    if (self->state_ != State::Closed) self->fail(error.what, error.detail);
  });
}

void Connection::start() {
  auto url = parse_web_socket_url(request_.url);
  if (!url) return post_failure(url.error());
  url_ = std::move(*url);
  for (const auto& [name, value] : request_.headers) {
    if (!is_header_safe(name, value)) return post_failure({NetError::What::Local, "the header " + name + " for " + url_.host + " has a line break in it"});
  }
  proxy_ = shared_->options.proxies.find(url_.tls, url_.host);
  await_deadline("no connection with " + next_hop() + " in time");
  resolve();
}

void Connection::resolve() {
  const auto found = [self = shared_from_this()](const HostAddresses& host) {
    if (self->state_ != State::Closed) self->on_found(host);
  };
  const std::string& host = proxy_ != nullptr ? proxy_->host : url_.host;
  if (const auto known = shared_->hosts->known(host)) return asio::post(shared_->io, [found, known] { found(*known); });
  shared_->hosts->find(host, request_.connect_limit, found);
}

/// Returns the name of the TCP peer for people: the proxy, or the server.
std::string Connection::next_hop() const { return proxy_ != nullptr ? "the proxy " + proxy_->shown() : url_.host_and_port(); }

void Connection::on_found(const HostAddresses& host) {
  if (host.addresses.empty())
    return fail(NetError::What::NotFound, (proxy_ != nullptr ? "the host of " + next_hop() : "the host " + url_.host) + " was not found (" + host.trouble +
                                              "): check its name, and this machine's DNS");
  const std::uint16_t port = proxy_ != nullptr ? proxy_->port : url_.port;
  for (const base::IpAddress& one : host.addresses) addresses_.push_back(sip::detail::to_asio<tcp>(base::SocketAddress{one, port}));
  connect_next(asio::error::host_not_found);
}

void Connection::connect_next(error_code last) {
  if (next_address_ >= addresses_.size()) {
    return fail(NetError::What::Refused, "no connection with " + next_hop() + " (" + last.message() + ")");
  }
  const std::size_t attempt = ++next_address_;
  auto& socket = stream_.next_layer().tcp();
  error_code ignored;
  socket.close(ignored);
  socket.async_connect(addresses_[attempt - 1], on([attempt](Connection& self, const error_code& error) {
    if (attempt != self.next_address_) return;  // This attempt has ended, and another one runs.
    if (error) return self.connect_next(error);
    self.on_connected();
  }));
  await_connection(attempt);
}

void Connection::await_connection(std::size_t attempt) {
  // An address that does not answer must not use up the time of the other addresses.
  const auto now = base::Clock::now();
  const auto share = (deadline_ - now) / static_cast<long>(addresses_.size() + 1 - attempt);
  timer_.expires_at(now + share);
  timer_.async_wait(on([attempt](Connection& self, const error_code& error) {
    if (error || attempt != self.next_address_ || self.state_ != State::Connecting) return;
    if (self.extends_limit()) return self.await_connection(attempt);
    if (attempt == self.addresses_.size()) return self.fail(NetError::What::Timeout, "no connection with " + self.next_hop() + " in time");
    self.connect_next(asio::error::timed_out);
  }));
}

void Connection::on_connected() {
  error_code ignored;
  auto& socket = stream_.next_layer();
  socket.tcp().set_option(tcp::no_delay(true), ignored);
  socket.tcp().non_blocking(true, ignored);
  next_address_ = addresses_.size() + 1;  // Ends all attempts: from here on, only the limit of the whole opening applies.
  if (proxy_ != nullptr) return open_tunnel();
  begin_tls();
}

void Connection::await_deadline(std::string late) {
  timer_.expires_at(deadline_);
  timer_.async_wait(on([late = std::move(late)](Connection& self, const error_code& error) {
    if (error || self.state_ != State::Connecting) return;
    if (self.extends_limit()) return self.await_deadline(late);
    self.fail(NetError::What::Timeout, late);
  }));
}

/// Gives the connection its whole limit once more when the timer fires late: the thread stalled, and the peer's answer may wait in the socket.
/// Returns false when the timer is on time, and after the first extension.
bool Connection::extends_limit() {
  const auto now = base::Clock::now();
  const bool woke_late = now - std::min(timer_.expiry(), deadline_) > request_.connect_limit / 10;
  if (!woke_late || std::exchange(extended_, true)) return false;
  deadline_ = now + request_.connect_limit;
  return true;
}

void Connection::open_tunnel() {
  await_deadline(next_hop() + " did not connect to " + url_.host_and_port() + " in time");
  detail::open_tunnel(stream_.next_layer(), *proxy_, url_.host_and_port(), [self = shared_from_this()](std::optional<NetError> error) {
    if (self->state_ == State::Closed) return;
    if (error) return self->fail(error->what, std::move(error->detail));
    self->begin_tls();
  });
}

void Connection::begin_tls() {
  await_deadline(url_.host_and_port() + " did not finish the handshake in time");
  auto& socket = stream_.next_layer();
  if (!url_.tls) return upgrade();
  auto ssl = shared_->tls->connect(url_.host, url_.port, socket.tcp().native_handle());
  if (!ssl) return fail(NetError::What::Tls, "TLS with " + url_.host + " cannot be set up: check that this is a host name");
  socket.use_tls(std::move(ssl));
  tls_handshake();
}

void Connection::tls_handshake() {
  auto& socket = stream_.next_layer();
  detail::SecureSocket::Wait wait{};
  const error_code error = socket.handshake(wait);
  if (!error) return upgrade();
  if (error != asio::error::would_block) {
    const NetError why = detail::tls_error(socket.ssl(), url_.host_and_port());
    return fail(why.what, why.detail);
  }
  socket.tcp().async_wait(wait, on([](Connection& self, const error_code& failed) {
    if (failed) return self.fail_io(failed, "during the TLS handshake");
    self.tls_handshake();
  }));
}

void Connection::upgrade() {
  stream_.set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
    request.set(beast::http::field::user_agent, "Offhook");
    for (const auto& [name, value] : request_.headers) request.set(name, value);
  }));
  stream_.read_message_max(request_.max_message);
  stream_.auto_fragment(false);
  answer_ = std::make_unique<websocket::response_type>();
  stream_.async_handshake(*answer_, url_.authority, url_.target, on([](Connection& self, const error_code& error) { self.on_upgraded(error); }));
}

void Connection::on_upgraded(const error_code& error) {
  const auto answer = std::move(answer_);
  if (!error) return open();
  if (error == websocket::error::upgrade_declined) {
    WebSocketClosed closed;
    closed.status = answer->result_int();
    closed.retry_after = answer->base()["retry-after"];
    for (const auto& field : answer->base()) {
      std::string name(field.name_string());
      std::transform(name.begin(), name.end(), name.begin(), base::to_lower);
      closed.headers.emplace_back(std::move(name), field.value());
    }
    closed.code = kNoCloseFrame;
    closed.error = NetError{NetError::What::Refused, url_.host_and_port() + " answered the WebSocket handshake with status " + std::to_string(closed.status)};
    return finish(std::move(closed));
  }
  fail_io(error, "during the WebSocket handshake");
}

void Connection::open() {
  state_ = State::Open;
  stream_.set_option(websocket::stream_base::decorator([](websocket::request_type&) {}));
  request_.headers = {};  // The headers hold the key, and are not needed any more.
  stream_.control_callback([this](websocket::frame_type kind, beast::string_view) {
    if (kind == websocket::frame_type::pong) awaiting_pong_ = false;
  });
  ping_later();
  notify([this] {
    if (handler_.on_open) handler_.on_open();
  });
  if (state_ == State::Closed) return;
  read_next();
  write_next();
}

// --- open ------------------------------------------------------------------------------------------------------------------

void Connection::read_next() {
  stream_.async_read(message_, on([](Connection& self, const error_code& error, std::size_t) {
    if (error) return self.fail_io(error, "while reading");
    self.awaiting_pong_ = false;  // The peer is alive: its pong may be queued behind much audio.
    const auto data = self.message_.cdata();
    const std::string_view message(static_cast<const char*>(data.data()), data.size());
    self.notify([&] {
      const auto& take = self.stream_.got_text() ? self.handler_.on_text : self.handler_.on_binary;
      if (take && !self.abandoned_) take(message);
    });
    self.message_.clear();
    if (self.message_.capacity() > kMaxMessageKept) self.message_.shrink_to_fit();
    if (self.state_ != State::Closed) self.read_next();
  }));
}

void Connection::send(std::string_view bytes, bool binary) {
  if (state_ != State::Connecting && state_ != State::Open) return;
  if (queue_.size() + bytes.size() > request_.max_unsent) {
    // Close now, because the peer must not get later messages without this one. Report the error later, because send() calls no handler.
    if (state_ == State::Open) state_ = State::Closing;
    return post_failure({NetError::What::Closed, url_.host_and_port() + " does not read its input: " + std::to_string(queue_.size()) + " octets are waiting"});
  }
  queue_.push(bytes, binary);
  write_next();
}

void Connection::write_next() {
  if (writing_ || (state_ != State::Open && state_ != State::Closing)) return;
  if (queue_.empty()) {
    if (state_ == State::Closing) begin_close();
    return;
  }
  writing_ = true;
  const auto message = queue_.front();
  stream_.binary(message.binary);
  stream_.next_layer().gather(!message.last);
  stream_.async_write(asio::buffer(message.bytes.data(), message.bytes.size()), on([](Connection& self, const error_code& error, std::size_t) {
    self.writing_ = false;
    if (error) return self.fail_io(error, "while writing");
    self.queue_.pop();
    self.write_next();
  }));
}

void Connection::ping_later() {
  if (request_.ping_every <= base::Duration::zero()) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(request_.ping_every);
  timer_.async_wait(on([](Connection& self, const error_code& error) {
    if (!error && self.state_ == State::Open) self.on_ping_due();
  }));
}

void Connection::on_ping_due() {
  // A thread that wakes late may run the timer before it reads an answer that has already arrived. Such a thread sends one more ping.
  const bool woke_late = std::chrono::steady_clock::now() - timer_.expiry() > request_.ping_every / 4;
  if (awaiting_pong_ && !woke_late) return fail(NetError::What::Closed, url_.host_and_port() + " did not answer a ping");
  awaiting_pong_ = true;
  stream_.async_ping({}, on([](Connection&, const error_code&) {}));  // An error of this ping also fails the running read.
  ping_later();
}

// --- closing ---------------------------------------------------------------------------------------------------------------

void Connection::close(int code, std::string_view reason) {
  if (state_ == State::Closing || state_ == State::Closed) return;
  close_reason_ = Close(static_cast<websocket::close_code>(code), beast::string_view(reason.data(), std::min<std::size_t>(reason.size(), 123)));
  if (state_ == State::Connecting) {
    asio::post(shared_->io, [self = shared_from_this()] {
      if (self->state_ == State::Closed) return;
      WebSocketClosed closed;
      closed.code = kNoCloseFrame;
      self->finish(std::move(closed));
    });
    return;
  }
  state_ = State::Closing;
  timer_.expires_after(shared_->options.close_limit);
  timer_.async_wait(on([](Connection& self, const error_code& error) {
    if (!error) self.fail(NetError::What::Timeout, self.url_.host_and_port() + " did not answer the close frame in time");
  }));
  write_next();
}

void Connection::begin_close() {
  writing_ = true;
  stream_.next_layer().gather(false);
  stream_.async_close(close_reason_, on([](Connection& self, const error_code& error) {
    if (error) return self.fail_io(error, "while closing");
    self.fail_io(websocket::error::closed, "");
  }));
}

void Connection::abandon() {
  abandoned_ = true;
  if (notifying_ == 0) forget_handler();
  if (state_ == State::Open) return close(1000, {});
  if (state_ == State::Connecting) finish({});
}

void Connection::fail(NetError::What what, std::string detail) {
  WebSocketClosed closed;
  closed.code = what == NetError::What::TooLarge ? kTooBig : kNoCloseFrame;
  closed.error = NetError{what, std::move(detail)};
  finish(std::move(closed));
}

/// Ends the connection after a read, a write or a handshake failed, or after the peer's close frame.
void Connection::fail_io(const error_code& error, std::string_view doing) {
  if (error == websocket::error::closed) {
    WebSocketClosed closed;
    closed.code = stream_.reason().code == websocket::close_code::none ? kNoCloseCode : stream_.reason().code;
    closed.reason.assign(stream_.reason().reason.data(), stream_.reason().reason.size());
    return finish(std::move(closed));
  }
  const std::string whom = url_.host_and_port() + " ";
  const std::string when = std::string(doing) + " (" + error.message() + ")";
  if (error == websocket::error::message_too_big) {
    return fail(NetError::What::TooLarge, whom + "sent a message of more than " + std::to_string(request_.max_message) + " octets");
  }
  const bool gone = error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe ||
                    error == beast::http::error::end_of_stream || error == beast::http::error::partial_message ||
                    error == asio::error::operation_aborted || error == asio::error::bad_descriptor;
  if (gone) return fail(NetError::What::Closed, whom + "closed the connection " + when);
  fail(NetError::What::Protocol, whom + "violates the protocol " + when);
}

void Connection::finish(WebSocketClosed closed) {
  state_ = State::Closed;
  timer_.cancel();
  stream_.next_layer().close();
  notify([&] {
    if (handler_.on_closed && !abandoned_) handler_.on_closed(closed);
  });
  if (notifying_ == 0) forget_handler();
}

/// Runs one function of the handler. The function may destroy the socket. The handler is then deleted when the last of its running functions returns.
template <class Call>
void Connection::notify(Call call) {
  ++notifying_;
  call();
  --notifying_;
  if (notifying_ == 0 && (abandoned_ || state_ == State::Closed)) forget_handler();
}

void Connection::forget_handler() {
  // Deleting the handler deletes its captured objects, and their destructors may call this connection. Therefore handler_ must already be empty.
  const WebSocketHandler forgotten = std::exchange(handler_, {});
}

// --- the public classes ----------------------------------------------------------------------------------------------------

class BeastWebSocket final : public WebSocket {
 public:
  explicit BeastWebSocket(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~BeastWebSocket() override { connection_->abandon(); }
  BeastWebSocket(const BeastWebSocket&) = delete;
  BeastWebSocket& operator=(const BeastWebSocket&) = delete;
  void send_text(std::string_view text) override { connection_->send(text, false); }
  void send_binary(std::string_view bytes) override { connection_->send(bytes, true); }
  void close(int code, std::string_view reason) override { connection_->close(code, reason); }

 private:
  std::shared_ptr<Connection> connection_;
};

class BeastWebSocketClient final : public WebSocketClient {
 public:
  explicit BeastWebSocketClient(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::unique_ptr<WebSocket> open(WebSocketRequest request, WebSocketHandler handler) override {
    auto connection = std::make_shared<Connection>(shared_, std::move(request), std::move(handler));
    connection->start();
    return std::make_unique<BeastWebSocket>(std::move(connection));
  }

 private:
  std::shared_ptr<Shared> shared_;
};

}  // namespace

base::Result<std::unique_ptr<WebSocketClient>, base::Error> make_beast_web_socket_client(asio::io_context& io, BeastWebSocketOptions options) {
  auto tls = detail::TlsContext::make(options.ca_file);
  if (!tls) return base::fail(tls.error());
  auto shared = std::make_shared<Shared>(Shared{io, std::move(options), std::move(*tls)});
  return std::make_unique<BeastWebSocketClient>(std::move(shared));
}

}  // namespace offhook::inline v0::agent::net
