#include <offhook/agent/phone/nat/stream_links.hpp>

#include <offhook/rtp/nat/turn_framer.hpp>
#include <offhook/sip/transport/addresses.hpp>
#include <offhook/sip/transport/tls_stream.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;
using sip::detail::to_asio;
using sip::detail::to_ours;

constexpr auto kConnectTimeout = std::chrono::seconds(5);

/// The connection behind a Link. It lives on the thread of the links, until the Link ends or the server closes.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Report = std::function<void(StreamLinks::State)>;
  using Carry = std::function<std::unique_ptr<sip::detail::ByteStream>(tcp::socket)>;

  Connection(asio::io_context& io, udp::socket beside, const base::SocketAddress& leg) : socket_(io), beside_(std::move(beside)), timer_(io), leg_(to_asio<udp>(leg)) {}

  void begin(const base::SocketAddress& server, Carry carry, Report report) {
    carry_ = std::move(carry);
    report_ = std::move(report);
    timer_.expires_after(kConnectTimeout);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->close();
    });
    socket_.async_connect(to_asio<tcp>(server), [self = shared_from_this()](const error_code& error) {
      if (error || self->closed_) return self->close();
      self->shake_hands();
    });
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    error_code ignored;
    socket_.close(ignored);
    beside_.close(ignored);
    timer_.cancel();
    if (stream_) stream_->close();
    report_(StreamLinks::State::Closed);
  }

 private:
  void shake_hands() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    stream_ = carry_(std::move(socket_));
    if (!stream_) return close();
    stream_->open([self = shared_from_this()](const error_code& error, std::size_t) {
      if (error || self->closed_) return self->close();
      self->timer_.cancel();
      self->report_(StreamLinks::State::Open);
      self->read_stream();
      self->read_leg();
    });
  }

  void read_stream() {
    stream_->read_some(from_server_, [self = shared_from_this()](const error_code& error, std::size_t size) {
      if (error || self->closed_) return self->close();
      self->pass_to_leg(base::Bytes(self->from_server_).first(size));
      if (!self->closed_) self->read_stream();
    });
  }

  void pass_to_leg(base::Bytes stream) {
    for (;;) {
      switch (framer_.next(stream)) {
        case rtp::TurnFramer::Next::None: return;
        case rtp::TurnFramer::Next::Error: return close();
        case rtp::TurnFramer::Next::Message: {
          error_code ignored;  // If the leg's socket is full or closed, the message is lost, as in a network.
          beside_.send_to(asio::buffer(framer_.message().data(), framer_.message().size()), leg_, 0, ignored);
        }
      }
    }
  }

  void read_leg() {
    beside_.async_receive_from(asio::buffer(from_leg_), sender_, [self = shared_from_this()](const error_code& error, std::size_t size) {
      if (self->closed_) return;
      // Drops other datagrams than TURN messages: the leg may send plain packets here for a tick, if it gets this address before it gets its channel.
      const bool is_of_leg = !error && self->sender_ == self->leg_ && rtp::is_turn_message(base::Bytes(self->from_leg_).first(size));
      const bool has_room = self->queued_.size() + size <= StreamLinks::kMaxQueuedOctets;
      if (is_of_leg && has_room) self->queued_.append(reinterpret_cast<const char*>(self->from_leg_.data()), size);
      self->write_next();
      self->read_leg();
    });
  }

  void write_next() {
    if (queued_.empty() || !writing_.empty()) return;
    writing_.swap(queued_);
    stream_->write(writing_, [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error || self->closed_) return self->close();
      self->writing_.clear();
      self->write_next();
    });
  }

  tcp::socket socket_;   // used until stream_ takes it over
  udp::socket beside_;
  asio::steady_timer timer_;
  udp::endpoint leg_, sender_;
  Carry carry_;
  Report report_;
  std::unique_ptr<sip::detail::ByteStream> stream_;
  rtp::TurnFramer framer_;
  std::array<std::uint8_t, 16384> from_server_{};
  std::array<std::uint8_t, 2048> from_leg_{};
  std::string queued_, writing_;
  bool closed_ = false;
};

}  // namespace

class StreamLinks::Impl {
 public:
  explicit Impl(std::string ca_file) : ca_file_(std::move(ca_file)) {}
  ~Impl() {
    io_->io.stop();
    if (thread_.joinable()) thread_.join();
  }

  base::Result<std::shared_ptr<Link>, Error> open(const Server& server, const base::SocketAddress& leg) {
    if (io_->links.load(std::memory_order_relaxed) >= kMaxLinks) return base::fail(Error::TooMany);
    const bool has_tls = server.transport == rtp::StunTransport::Tls;
    if (has_tls && !begin_tls()) return base::fail(Error::NoTls);
    error_code error;
    udp::socket beside(io_->io);
    beside.open(leg.ip.is_v6() ? udp::v6() : udp::v4(), error);
    if (!error) beside.bind(to_asio<udp>(base::SocketAddress{leg.ip, 0}), error);
    if (!error) beside.non_blocking(true, error);
    if (error) return base::fail(Error::NoSocket);
    if (!thread_.joinable()) thread_ = std::thread([io = io_] { io->io.run(); });
    return std::make_shared<OpenLink>(io_, std::move(beside), server, leg, has_tls);
  }

 private:
  /// The state that the links share with the thread. Links may outlive the StreamLinks.
  struct Shared {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
    std::atomic<std::size_t> links{0};
    std::unique_ptr<sip::detail::TlsContext> tls{};   // belongs to the thread after the first link has used it
  };

  class OpenLink final : public Link {
   public:
    OpenLink(std::shared_ptr<Shared> shared, udp::socket beside, const Server& server, const base::SocketAddress& leg, bool has_tls)
        : shared_(std::move(shared)) {
      shared_->links.fetch_add(1, std::memory_order_relaxed);
      error_code ignored;
      address_ = to_ours(beside.local_endpoint(ignored));
      connection_ = std::make_shared<Connection>(shared_->io, std::move(beside), leg);
      const auto carry = [shared = shared_.get(), name = server.name, has_tls](tcp::socket socket) -> std::unique_ptr<sip::detail::ByteStream> {
        if (!has_tls) return sip::detail::make_tcp_stream(std::move(socket));
        auto ssl = shared->tls->connect(socket.native_handle(), name, sip::detail::TlsContext::Names::Web);
        return ssl ? sip::detail::make_tls_stream(std::move(socket), std::move(ssl)) : nullptr;
      };
      asio::post(shared_->io, [connection = connection_, to = server.address, carry, state = state_] {
        connection->begin(to, carry, [state](State now) { state->store(now, std::memory_order_release); });
      });
    }
    ~OpenLink() override {
      shared_->links.fetch_sub(1, std::memory_order_relaxed);
      asio::post(shared_->io, [connection = std::move(connection_)] { connection->close(); });
    }

   private:
    std::shared_ptr<Shared> shared_;
    std::shared_ptr<Connection> connection_;
  };

  bool begin_tls() {
    if (io_->tls) return true;
    auto made = sip::detail::TlsContext::make({.ca_file = ca_file_});
    if (made) io_->tls = std::move(*made);
    return made.has_value();
  }

  std::string ca_file_;
  std::shared_ptr<Shared> io_ = std::make_shared<Shared>();
  std::thread thread_;
};

std::string_view StreamLinks::to_string(Error error) {
  switch (error) {
    case Error::TooMany: return "there are too many connections to TURN servers";
    case Error::NoSocket: return "no socket for the connection to the TURN server: raise the limit of open files (ulimit -n, LimitNOFILE=)";
    case Error::NoTls: return "the file of certificate authorities (ca_file) cannot be used";
  }
  return "unknown";
}

StreamLinks::StreamLinks(std::string ca_file) : impl_(std::make_unique<Impl>(std::move(ca_file))) {}
StreamLinks::~StreamLinks() = default;

base::Result<std::shared_ptr<StreamLinks::Link>, StreamLinks::Error> StreamLinks::open(const Server& server, const base::SocketAddress& leg) {
  return impl_->open(server, leg);
}

}  // namespace offhook::inline v0::phone
