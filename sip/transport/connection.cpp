#include <offhook/sip/transport/connection.hpp>

#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/post.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <string_view>
#include <utility>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::string_view kPing = "\r\n\r\n", kPong = "\r\n";  // RFC 5626 section 3.5.1
constexpr std::size_t kCostOfMessage = 64;
constexpr auto kConnectTimeout = std::chrono::seconds(5);
// Time for the response to a broken stream to reach its sender.
constexpr auto kLinger = std::chrono::seconds(2);
/// Time without acknowledgement after which the kernel ends the connection. It is shorter than a request's 64 * T1, so that
/// another server, or another connection, can be tried. The system's default is a quarter of an hour.
constexpr int kUnacknowledgedMs = 20'000;

void prepare(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs, sizeof kUnacknowledgedMs);
}
}  // namespace

Connection::Connection(ConnectionShared& shared, const Flow& flow)
    : shared_(shared), socket_(shared.io), timer_(shared.io), idle_timer_(shared.io), flow_(flow) {}

void Connection::begin_accepted(tcp::socket socket) {
  side_ = Side::Server;
  prepare(socket);
  // TCP has no handshake to wait for: data that came with the connection is read at once.
  if (flow_.transport == Transport::Tcp) {
    stream_ = shared_.carry(std::move(socket), flow_, side_);
    return opened();
  }
  shake_hands(std::move(socket));
}

void Connection::begin_connect() {
  watching_ = Watching::Connect;
  arm(kConnectTimeout);
  socket_.async_connect(to_asio<tcp>(flow_.remote), [self = shared_from_this()](const error_code& error) {
    if (self->closed_) return;
    if (error) return self->fail(error);
    self->connected();
  });
}

void Connection::connected() {
  error_code ignored;
  flow_.local = to_ours(socket_.local_endpoint(ignored));
  prepare(socket_);
  timer_.cancel();
  watching_ = Watching::Nothing;
  shake_hands(std::move(socket_));
}

void Connection::shake_hands(tcp::socket socket) {
  stream_ = shared_.carry(std::move(socket), flow_, side_);
  if (!stream_) return asio::post(shared_.io, [self = shared_from_this()] { self->fail(); });
  messages_ = stream_->messages();
  watching_ = Watching::Handshake;
  arm(shared_.handshake_time);
  stream_->open([self = shared_from_this()](const error_code& error, std::size_t) {
    if (self->closed_) return;
    if (error) return self->fail(error);
    self->timer_.cancel();
    self->watching_ = Watching::Nothing;
    self->opened();
  });
}

void Connection::opened() {
  open_ = true;
  ++shared_.counters.connections_opened;
  watch_idle();
  if (messages_ != nullptr) messages_->on_pong([this] { pass_pong(); });
  read_next();
  if (!queue_.empty()) write_next();
}

void Connection::send(std::string bytes) {
  last_traffic_ = base::Clock::now();
  if (bytes == kPing) framer_.expect_pong();
  queued_bytes_ += cost(bytes);
  if (queued_bytes_ > SipEdge::kMaxQueuedBytes) return fail();
  // Append to the last queued string, so that a flood of pings does not cost a string each. The first string is being written.
  if (queue_.size() > 1 && !is_web_socket(flow_.transport)) {
    queue_.back() += bytes;
    return;
  }
  queue_.push_back(std::move(bytes));
  if (open_ && queue_.size() == 1) write_next();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  if (stream_) stream_->close();
  timer_.cancel();
  idle_timer_.cancel();
}

void Connection::read_next() {
  stream_->read_some(buffer_, [self = shared_from_this()](const error_code& error, std::size_t size) {
    if (self->closed_) return;
    if (error) return self->fail(error);
    self->last_traffic_ = base::Clock::now();
    if (self->messages_ != nullptr) {
      self->take_piece(size);
      if (!self->closed_) self->read_next();
      return;
    }
    self->framer_.receive({self->buffer_.data(), size});
    if (!self->drain_framer()) return self->give_up_stream();
    self->watch_slow_sender();
    if (!self->closed_) self->read_next();
  });
}

/// Processes a piece of a WebSocket message. The WebSocket layer bounds the size of a message and the time for it.
void Connection::take_piece(std::size_t size) {
  message_.insert(message_.end(), buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
  if (!messages_->at_message_end()) return;
  const std::vector<std::uint8_t> whole = std::exchange(message_, {});
  const std::string_view text(reinterpret_cast<const char*>(whole.data()), whole.size());
  // RFC 7118 section 6, RFC 5626 section 4.4.1
  if (text == kPing) return send(std::string(kPong));
  if (!whole.empty()) shared_.handlers.message(flow_, whole);
}

/// Passes a pong to the stack, because it may answer the stack's ping.
void Connection::pass_pong() {
  if (closed_) return;
  last_traffic_ = base::Clock::now();
  shared_.handlers.message(flow_, {reinterpret_cast<const std::uint8_t*>(kPong.data()), kPong.size()});
}

/// Returns the cost of a queued message. A WebSocket cannot join queued messages, so each has an additional cost.
std::size_t Connection::cost(std::string_view bytes) const {
  return bytes.size() + (is_web_socket(flow_.transport) ? kCostOfMessage : 0);
}

/// Returns false if the stream cannot be split into messages any more.
bool Connection::drain_framer() {
  for (;;) {
    switch (framer_.next()) {
      case Framer::Next::None: return true;
      case Framer::Next::Frame:
        // A message is complete, so stop its timer. The timer must not continue for the next message, of which a busy stream may already have a part.
        watching_ = Watching::Nothing;
        shared_.handlers.message(flow_, framer_.frame());
        break;
      case Framer::Next::Ping: send(std::string(kPong)); break;  // RFC 5626 section 4.4.1
      case Framer::Next::Pong: pass_pong(); break;
      case Framer::Next::Error: ++shared_.counters.framing_errors; return false;
    }
    if (closed_) return true;
  }
}

/// Returns the time at which an idle connection is closed. Traffic of an unknown peer does not extend this time: otherwise the peer
/// could keep its connection open with two octets now and then.
base::TimePoint Connection::idle_at() const {
  return is_strangers() ? needed_at_ + shared_.limits.stranger_time : last_traffic_ + shared_.idle_time;
}

void Connection::watch_idle() {
  idle_timer_.expires_at(idle_at());
  idle_timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error || self->closed_) return;
    const auto now = base::Clock::now();
    if (self->shared_.handlers.in_use(self->flow_)) self->needed_at_ = self->last_traffic_ = now;
    if (self->idle_at() > now) return self->watch_idle();
    ++self->shared_.counters.idle_closed;
    self->fail();
  });
}

void Connection::watch_slow_sender() {
  if (!framer_.mid_message()) {
    timer_.cancel();
    watching_ = Watching::Nothing;
  } else if (watching_ == Watching::Nothing) {
    watching_ = Watching::Message;
    arm(shared_.message_time);
  }
}

/// Ends a stream that cannot be split. The message handler makes the stack answer the header block, if there is one, in a later
/// turn of the loop. This function posts the end of the stream behind that turn.
void Connection::give_up_stream() {
  if (closed_) return;
  timer_.cancel();
  watching_ = Watching::Nothing;
  if (framer_.frame().empty()) return fail();
  shared_.handlers.message(flow_, framer_.frame());
  asio::post(shared_.io, [self = shared_from_this()] {
    if (self->closed_) return;
    self->lingering_ = true;
    self->shared_.handlers.failed(self->flow_);
    self->watching_ = Watching::Linger;
    self->arm(kLinger);
    if (self->queue_.empty()) self->stream_->finish_writing();
    self->discard_next();
  });
}

/// Reads and discards the remaining input. Unread data would turn the close into a reset, which may overtake our response.
void Connection::discard_next() {
  stream_->read_some(buffer_, [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || self->closed_) return self->fail();
    self->discard_next();
  });
}

void Connection::arm(base::Duration delay) {
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error) return;
    if (self->watching_ == Watching::Message) ++self->shared_.counters.slow_senders;
    if (self->watching_ == Watching::Handshake) ++self->shared_.counters.slow_handshakes;
    self->fail();
  });
}

void Connection::write_next() {
  // A WebSocket has its own pings, which replace the ping of RFC 5626.
  while (messages_ != nullptr && !queue_.empty() && queue_.front() == kPing) {
    messages_->ping();
    queued_bytes_ -= cost(queue_.front());
    queue_.pop_front();
  }
  if (queue_.empty()) return;
  if (shared_.handlers.sent) shared_.handlers.sent(flow_, queue_.front());
  stream_->write(queue_.front(), [self = shared_from_this()](const error_code& error, std::size_t) {
    if (error || self->closed_) return self->fail();
    self->queued_bytes_ -= self->cost(self->queue_.front());
    self->queue_.pop_front();
    if (!self->queue_.empty()) return self->write_next();
    if (self->lingering_) self->stream_->finish_writing();
  });
}

void Connection::count_failure(const error_code& error) {
  if (open_ || error == answered_error()) return;
  if (side_ == Side::Client) ++shared_.counters.connections_failed;
  if (stream_) ++shared_.counters.handshakes_failed;
  std::string why = stream_ ? stream_->failure() : std::string();
  if (why.empty() && error) why = error.message();
  if (!why.empty()) why = flow_.remote.to_string() + (flow_.name.empty() ? "" : " as " + flow_.name) + ": " + why;
  shared_.last_failure = std::move(why);
}

void Connection::fail(const error_code& error) {
  if (closed_) return;
  count_failure(error);
  close();
  const auto keep = shared_from_this();
  shared_.forget(flow_.id);
  // The failure was already reported, or the stack does not know the connection.
  if (lingering_ || is_half_open()) return;
  Flow failed = flow_;
  // The stack does not know the id of a connection that did not come up.
  if (!open_) failed.id = {};
  shared_.handlers.failed(failed);
}

}  // namespace offhook::inline v0::sip::detail
