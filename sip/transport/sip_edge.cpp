#include <offhook/sip/transport/sip_edge.hpp>

#include <offhook/sip/transport/addresses.hpp>
#include <offhook/sip/transport/connections.hpp>
#include <offhook/sip/transport/name_look_ups.hpp>
#include <offhook/sip/transport/udp_socket.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_map>

namespace offhook::inline v0::sip {

namespace asio = boost::asio;
using boost::system::error_code;
using asio::ip::tcp;

std::string_view to_string(EdgeError error) {
  switch (error) {
    case EdgeError::PortInUse: return "port in use";
    case EdgeError::NoPermission: return "no permission for this port";
    case EdgeError::BadAddress: return "not an address of this machine";
    case EdgeError::Other: return "cannot open the socket";
  }
  return "";
}

namespace {

EdgeError to_edge_error(const error_code& error) {
  if (error == asio::error::address_in_use) return EdgeError::PortInUse;
  if (error == asio::error::access_denied) return EdgeError::NoPermission;
  if (error == boost::system::errc::address_not_available) return EdgeError::BadAddress;
  return EdgeError::Other;
}

class AsioEdge final : public SipEdge {
 public:
  explicit AsioEdge(Stack& stack)
      : stack_(stack),
        work_(asio::make_work_guard(io_)),
        udp_(io_, counters_),
        connections_(io_, counters_,
                     {[this](const Flow& flow, base::Bytes bytes) { stack_.receive(flow, bytes, base::Clock::now()); request_drain(); },
                      [this](const Flow& flow) { stack_.on_flow_failed(flow, base::Clock::now()); request_drain(); },
                      [this](const Flow& flow) { return stack_.uses(flow); }}),
        timer_(io_),
        names_({resolve_by_system, [this](std::function<void()> task) { asio::post(io_, std::move(task)); },
                [this](base::Duration delay, std::function<void()> task) { post_after(delay, std::move(task)); }}) {}

  ~AsioEdge() override { connections_.close_all(); }

  error_code open(const EdgeOptions& options) {
    bind_ = options.bind;
    connections_.limit_message_time(options.message_time);
    connections_.limit_idle_time(options.idle_time);
    if (const error_code error = open_sockets(options)) return error;
    udp_.on_datagrams([this](const Flow& flow, base::Bytes bytes) { stack_.receive(flow, bytes, base::Clock::now()); },
                      [this] { drain(); });
    return {};
  }

  void on_event(std::function<void(Event)> handler) override { handler_ = std::move(handler); }
  void run() override {
    request_drain();
    io_.run();
  }
  void stop() override { io_.stop(); }
  void post(std::function<void()> task) override {
    asio::post(io_, [this, task = std::move(task)] {
      task();
      drain();
    });
  }
  void post_after(base::Duration delay, std::function<void()> task) override {
    auto timer = std::make_shared<asio::steady_timer>(io_, delay);
    timer->async_wait([this, timer, task = std::move(task)](const error_code& error) {
      if (error) return;
      task();
      drain();
    });
  }
  std::uint16_t port() const override { return udp_.local().port; }
  EdgeCounters counters() const override { return counters_; }

  std::optional<base::IpAddress> local_address_towards(const base::IpAddress& remote) const override {
    if (!bind_.is_unspecified()) return bind_;
    return UdpSocket::route_source(remote);
  }

 private:
  /// With a port of the system's choice UDP goes first; when its number is taken on TCP, another one is tried.
  error_code open_sockets(const EdgeOptions& options) {
    error_code error;
    for (int tries = options.port == 0 ? kPortTries : 1; tries > 0; --tries) {
      udp_.close();
      error = udp_.open({options.bind, options.port});
      if (error || !options.tcp) return error;
      error = open_tcp();
      if (!error) return error;
    }
    return error;
  }

  error_code open_tcp() {
    error_code error;
    const tcp::endpoint endpoint = detail::to_asio<tcp>(udp_.local());
    tcp::acceptor acceptor(io_);
    acceptor.open(endpoint.protocol(), error);
    if (!error && udp_.local().ip.is_v6()) acceptor.set_option(asio::ip::v6_only(!udp_.local().ip.is_unspecified()), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) connections_.listen(std::move(acceptor));
    return error;
  }

  /// Many inputs in one turn of the loop end in one drain.
  void request_drain() {
    if (drain_requested_) return;
    drain_requested_ = true;
    asio::post(io_, [this] { drain(); });
  }

  void drain() {
    drain_requested_ = false;
    for (bool more = true; more;) {
      more = false;
      while (auto out = stack_.poll_transmit()) transmit(std::move(*out));
      while (auto query = stack_.poll_query()) resolve(std::move(*query));
      while (auto flow = stack_.poll_close()) connections_.give_up(*flow);
      while (auto event = stack_.poll_event()) {
        more = true;  // The handler may have asked for more to be sent.
        if (handler_) handler_(std::move(*event));
      }
    }
    arm_timer();
  }

  void transmit(Transmit out) {
    if (out.flow.transport == Transport::Udp) return udp_.send(out.flow.remote, std::move(out.bytes));
    connections_.send(out.flow, std::move(out.bytes), FlowId{next_flow_id_++});
  }

  void arm_timer() {
    const auto deadline = stack_.next_deadline();
    if (!deadline) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(*deadline);
    timer_.async_wait([this](const error_code& error) {
      if (error) return;
      stack_.handle_timeout(base::Clock::now());
      drain();
    });
  }

  void resolve(Query query) {
    // Never in clear what a URI wants secured (RFC 3261 section 26.2.2): there is no TLS and no WebSocket here.
    if (query.transport != Transport::Udp && query.transport != Transport::Tcp)
      return answer(query, 0, {{}, "no " + std::string(to_string(query.transport)) + " here"});
    const std::uint16_t port = query.port.value_or(5060);  // RFC 3261 section 19.1.2: the default of udp and tcp
    if (const auto literal = base::IpAddress::parse(query.host)) return answer(query, port, {{*literal}, {}});
    names_.look_up(query.host, [this, query, port](NameLookUps::Result result) { answer(query, port, std::move(result)); });
  }

  void answer(const Query& query, std::uint16_t remote_port, NameLookUps::Result found) {
    QueryResult result;
    result.error = std::move(found.error);
    for (const auto& address : found.addresses) {
      if (result.routes.size() == kMaxRoutesPerName) break;
      const base::IpAddress remote = detail::unmapped(address);
      // Only a socket on :: reaches both families.
      if (bind_.is_v6() != remote.is_v6() && !(bind_.is_v6() && bind_.is_unspecified())) continue;
      const auto local = local_address_towards(remote);
      if (!local) continue;
      const bool udp = query.transport == Transport::Udp;
      result.routes.push_back({query.transport, {*local, port()}, {remote, remote_port}, udp ? udp_.id() : FlowId{}});
    }
    if (result.routes.empty() && result.error.empty()) result.error = "no route to any of its addresses";
    stack_.on_answer(query.id, std::move(result), base::Clock::now());
    request_drain();
  }

  static constexpr std::size_t kMaxRoutesPerName = 8;
  static constexpr int kPortTries = 16;

  Stack& stack_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  EdgeCounters counters_;
  UdpSocket udp_;
  detail::Connections connections_;
  asio::steady_timer timer_;
  NameLookUps names_;
  base::IpAddress bind_;
  std::function<void(Event)> handler_;
  std::uint64_t next_flow_id_ = 2;  // 1 is the UDP socket
  bool drain_requested_ = false;
};

}  // namespace

base::Result<std::unique_ptr<SipEdge>, EdgeError> SipEdge::open(const EdgeOptions& options, Stack& stack) {
  auto edge = std::make_unique<AsioEdge>(stack);
  if (const error_code error = edge->open(options)) return base::fail(to_edge_error(error));
  return edge;
}

}  // namespace offhook::inline v0::sip
