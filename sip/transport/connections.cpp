#include <offhook/sip/transport/connections.hpp>

#include <offhook/sip/message/framer.hpp>
#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <string_view>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::string_view kPing = "\r\n\r\n";  // RFC 5626 section 3.5.1
constexpr auto kConnectTimeout = std::chrono::seconds(5);
constexpr auto kLinger = std::chrono::seconds(2);        // For the answer to a stream that we give up to reach its sender.
}  // namespace

class Connections::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Connections& owner, tcp::socket socket, const Flow& flow)
      : owner_(owner), socket_(std::move(socket)), timer_(owner.io_), idle_timer_(owner.io_), flow_(flow) {}

  void begin_accepted() {
    open_ = true;
    watch_idle(owner_.idle_);
    read_next();
  }

  void begin_connect() {
    arm(kConnectTimeout);
    socket_.async_connect(to_asio<tcp>(flow_.remote), [self = shared_from_this()](const error_code& error) {
      if (error || self->closed_) return self->fail();
      self->connected();
    });
  }

  void send(std::string bytes) {
    last_traffic_ = base::Clock::now();
    if (bytes == kPing) framer_.expect_pong();
    queued_bytes_ += bytes.size();
    if (queued_bytes_ > SipEdge::kMaxQueuedBytes) return fail();
    if (queue_.size() > 1) {  // Never the first, which is being written. A flood of pings must not cost a string for each.
      queue_.back() += bytes;
      return;
    }
    queue_.push_back(std::move(bytes));
    if (open_ && queue_.size() == 1) write_next();
  }

  void close() {
    if (closed_) return;
    closed_ = true;
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    idle_timer_.cancel();
  }

  void give_up() { fail(); }

  [[nodiscard]] const Flow& flow() const { return flow_; }
  [[nodiscard]] bool takes_more() const { return !lingering_; }

 private:
  void connected() {
    error_code ignored;
    flow_.local = to_ours(socket_.local_endpoint(ignored));
    socket_.set_option(tcp::no_delay(true), ignored);
    timer_.cancel();
    ++owner_.counters_.connections_opened;
    open_ = true;
    watch_idle(owner_.idle_);
    read_next();
    if (!queue_.empty()) write_next();
  }

  void read_next() {
    socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const error_code& error, std::size_t size) {
      if (error || self->closed_) return self->fail();
      self->last_traffic_ = base::Clock::now();
      self->framer_.receive({self->buffer_.data(), size});
      if (!self->drain_framer()) return self->give_up_stream();
      self->watch_slow_sender();
      if (!self->closed_) self->read_next();
    });
  }

  /// False when the stream can no longer be cut into messages.
  bool drain_framer() {
    for (;;) {
      switch (framer_.next()) {
        case Framer::Next::None: return true;
        case Framer::Next::Frame:
          watching_ = false;  // The limit is for one message: a busy stream may always hold part of the next.
          owner_.handlers_.message(flow_, framer_.frame());
          break;
        case Framer::Next::Ping: send("\r\n"); break;  // RFC 5626 section 4.4.1
        case Framer::Next::Pong: {
          static constexpr std::array<std::uint8_t, 2> kPong{'\r', '\n'};
          owner_.handlers_.message(flow_, kPong);  // It may be the answer to a ping of the stack's.
          break;
        }
        case Framer::Next::Error: ++owner_.counters_.framing_errors; return false;
      }
      if (closed_) return true;
    }
  }

  void watch_idle(base::Duration delay) {
    idle_timer_.expires_after(delay);
    idle_timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error || self->closed_) return;
      const auto left = self->last_traffic_ + self->owner_.idle_ - base::Clock::now();
      if (left > base::Duration::zero()) return self->watch_idle(left);
      if (self->owner_.handlers_.in_use(self->flow_)) return self->watch_idle(self->owner_.idle_);
      ++self->owner_.counters_.idle_closed;
      self->fail();
    });
  }

  void watch_slow_sender() {
    if (!framer_.mid_message()) {
      timer_.cancel();
      watching_ = false;
    } else if (!watching_) {
      watching_ = true;
      arm(owner_.slow_sender_);
    }
  }

  /// The stack answers the header block, if there is one, in the turn of the loop that its message() asked for: ours comes
  /// behind that one.
  void give_up_stream() {
    if (closed_) return;
    timer_.cancel();
    watching_ = false;
    if (framer_.frame().empty()) return fail();
    owner_.handlers_.message(flow_, framer_.frame());
    asio::post(owner_.io_, [self = shared_from_this()] {
      if (self->closed_) return;
      self->lingering_ = true;
      self->owner_.handlers_.failed(self->flow_);
      self->arm(kLinger);
      if (self->queue_.empty()) self->finish_writing();
      self->discard_next();
    });
  }

  /// What is still unread when a socket closes turns the close into a reset, which may overtake our answer.
  void discard_next() {
    socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error || self->closed_) return self->fail();
      self->discard_next();
    });
  }

  void finish_writing() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void arm(base::Duration delay) {
    timer_.expires_after(delay);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (error) return;
      if (self->watching_) ++self->owner_.counters_.slow_senders;
      self->fail();
    });
  }

  void write_next() {
    asio::async_write(socket_, asio::buffer(queue_.front()), [self = shared_from_this()](const error_code& error, std::size_t size) {
      if (error || self->closed_) return self->fail();
      self->queued_bytes_ -= size;
      self->queue_.pop_front();
      if (!self->queue_.empty()) return self->write_next();
      if (self->lingering_) self->finish_writing();
    });
  }

  void fail() {
    if (closed_) return;
    const bool was_open = open_;
    close();
    if (!was_open) ++owner_.counters_.connections_failed;
    const auto keep = shared_from_this();
    owner_.forget(flow_.id);
    if (lingering_) return;  // Told already.
    Flow failed = flow_;
    if (!was_open) failed.id = {};  // The stack never learnt the number of a connection that did not come up.
    owner_.handlers_.failed(failed);
  }

  Connections& owner_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  asio::steady_timer idle_timer_;
  base::TimePoint last_traffic_ = base::Clock::now();
  Flow flow_;
  Framer framer_;
  std::array<std::uint8_t, 16384> buffer_{};
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  bool open_ = false, closed_ = false, watching_ = false;
  bool lingering_ = false;  // No longer cut into messages: closes when its last answer is out.
};

Connections::Connections(asio::io_context& io, EdgeCounters& counters, Handlers handlers)
    : io_(io), counters_(counters), handlers_(std::move(handlers)) {}

Connections::~Connections() { close_all(); }

void Connections::adopt(tcp::socket socket, Transport transport) {
  error_code error;
  const auto remote = to_ours(socket.remote_endpoint(error));
  if (error) return;
  // Strangers may not take the room that our own way to the registrar needs.
  constexpr auto kMaxAccepted = SipEdge::kMaxConnections - SipEdge::kReservedConnections;
  if (connections_.size() >= kMaxAccepted || from_source(remote.ip) >= SipEdge::kMaxConnectionsPerSource) {
    ++counters_.connections_refused;
    return;
  }
  const Flow flow{FlowId{next_accepted_id_++}, transport, to_ours(socket.local_endpoint(error)), remote};
  const auto connection = std::make_shared<Connection>(*this, std::move(socket), flow);
  connections_.emplace(flow.id, connection);
  ++counters_.connections_opened;
  connection->begin_accepted();
}

std::size_t Connections::from_source(const base::IpAddress& source) const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [&](const auto& entry) { return entry.second->flow().remote.ip == source; }));
}

std::shared_ptr<Connections::Connection> Connections::find(const Flow& flow) const {
  if (const auto it = connections_.find(flow.id); it != connections_.end() && it->second->takes_more())
    return it->second;
  const auto it = std::find_if(connections_.begin(), connections_.end(), [&](const auto& entry) {
    return same_way(entry.second->flow(), flow) && entry.second->takes_more();
  });
  return it == connections_.end() ? nullptr : it->second;
}

void Connections::send(const Flow& flow, std::string bytes, FlowId fresh_id) {
  if (const auto connection = find(flow)) return connection->send(std::move(bytes));
  if (connections_.size() >= SipEdge::kMaxConnections) {
    ++counters_.connections_refused;
    // Not from inside the caller's own pass over the stack's output: it hears of it on the next turn of the loop.
    asio::post(io_, [this, failed = flow] { handlers_.failed(failed); });
    return;
  }
  Flow fresh = flow;
  fresh.id = fresh_id;
  const auto connection = std::make_shared<Connection>(*this, tcp::socket(io_), fresh);
  connections_.emplace(fresh.id, connection);
  connection->send(std::move(bytes));
  connection->begin_connect();
}

void Connections::give_up(const Flow& flow) {
  if (const auto connection = find(flow)) connection->give_up();
}

void Connections::forget(FlowId id) { connections_.erase(id); }

void Connections::close_all() {
  for (const auto& [id, connection] : connections_) connection->close();
  connections_.clear();
}

}  // namespace offhook::inline v0::sip::detail
