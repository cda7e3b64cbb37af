#include <offhook/sip/transport/sip_edge.hpp>

#include <offhook/sip/transport/binder.hpp>
#include <offhook/sip/transport/carriers.hpp>
#include <offhook/sip/transport/connections.hpp>
#include <offhook/sip/transport/listeners.hpp>
#include <offhook/sip/transport/route_finder.hpp>
#include <offhook/sip/transport/route_probe.hpp>
#include <offhook/sip/transport/tapped_messages.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace asio = boost::asio;
using boost::system::error_code;
using asio::ip::tcp;

std::string_view to_string(EdgeError error) {
  switch (error) {
    case EdgeError::PortInUse: return "the port is in use";
    case EdgeError::NoPermission: return "the process has no permission for this port";
    case EdgeError::BadAddress: return "this machine does not have the address";
    case EdgeError::BadTrust: return "TLS has no usable certificates to trust";
    case EdgeError::BadCertificate: return "TLS has no usable certificate with a key";
    case EdgeError::BadLimits: return "the connection limits leave no connection for some peers";
    case EdgeError::BadWebSocket: return "the WebSocket options are invalid";
    case EdgeError::Other: return "the socket cannot be opened";
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
        listeners_([this](const base::IpAddress& remote) { return route_probe_.source_towards(remote); }),
        connections_(io_, counters_,
                     {[this](const Flow& flow, base::Bytes bytes) { take(flow, bytes); request_drain(); },
                      [this](const Flow& flow) {
                        // Without an id the connection never came up; connections_ then has the reason.
                        stack_.on_flow_failed(flow, base::Clock::now(), flow.id == FlowId{} ? connections_.last_failure() : std::string_view());
                        request_drain();
                      },
                      [this](const Flow& flow) { return stack_.uses(flow); },
                      [this](const base::IpAddress& source) { return stack_.is_known(source); }}),
        binder_(io_, counters_, [this](tcp::socket socket, Transport transport) { connections_.adopt(std::move(socket), transport); }),
        timer_(io_) {}

  ~AsioEdge() override {
    binder_.close();
    connections_.close_all();
  }

  base::Result<void, EdgeError> open(const EdgeOptions& options) {
    auto& shared = connections_.shared();
    shared.message_time = options.message_time;
    shared.idle_time = options.idle_time;
    shared.limits = options.connections;
    shared.handshake_time = options.handshake_time;
    shared.carry = [this](tcp::socket socket, const Flow& flow, detail::Side side) {
      return carriers_.carry(std::move(socket), flow, side);
    };
    tapped_.set(options.tap);
    if (tapped_.is_on()) shared.handlers.sent = [this](const Flow& flow, std::string_view bytes) { tapped_.on_sent(flow, bytes); };
    if (!options.connections.is_usable()) return base::fail(EdgeError::BadLimits);
    find_routes(options.dns);
    const auto wanted = detail::listeners_of(options);
    if (wanted.size() > kMaxListeners) return base::fail(EdgeError::BadAddress);
    if (auto opened = carriers_.open(options); !opened) return opened;
    if (const error_code error = binder_.open(wanted, listeners_)) return base::fail(to_edge_error(error));
    for (const auto& socket : binder_.udp())
      socket->on_datagrams([this](const Flow& flow, base::Bytes bytes) { take(flow, bytes); }, [this] { drain(); });
    for (const auto& acceptor : binder_.acceptors()) acceptor->begin();
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
  void find_host(const std::string& host, std::function<void(const std::vector<base::IpAddress>&)> done) override {
    routes_->find_host(host, [this, done = std::move(done)](const auto& addresses) {
      done(addresses);
      request_drain();
    });
  }
  std::uint16_t port() const override { return listeners_.all().front().local.port; }
  std::vector<Listener> listeners() const override {
    std::vector<Listener> all;
    for (const auto& bound : listeners_.all()) all.push_back({bound.transport, bound.local.ip, bound.local.port});
    return all;
  }
  EdgeCounters counters() const override {
    EdgeCounters now = counters_;
    now.half_open = connections_.half_open();
    return now;
  }
  std::string last_failure() const override { return connections_.last_failure(); }

  std::optional<base::IpAddress> local_address_towards(const base::IpAddress& remote) const override {
    return listeners_.address_towards(remote);
  }

 private:
  void find_routes(const DnsOptions& dns) {
    detail::RouteFinder::Owner owner;
    owner.offers = [this](Transport transport) { return carriers_.offers(transport); };
    owner.after = [this](base::Duration delay, std::function<void()> task) { post_after(delay, std::move(task)); };
    owner.answer = [this](QueryId id, QueryResult result) {
      stack_.on_answer(id, std::move(result), base::Clock::now());
      request_drain();
    };
    routes_ = std::make_unique<detail::RouteFinder>(io_, dns, listeners_, std::move(owner));
  }

  void take(const Flow& flow, base::Bytes bytes) {
    tapped_.on_received(flow, bytes);
    stack_.receive(flow, bytes, base::Clock::now());
  }

  /// Requests one drain for all inputs of this turn of the loop.
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
      while (auto query = stack_.poll_query()) routes_->resolve(*query);
      while (auto flow = stack_.poll_close()) connections_.give_up(*flow);
      while (auto event = stack_.poll_event()) {
        more = true;  // The handler may have caused more output.
        if (handler_) handler_(std::move(*event));
      }
    }
    arm_timer();
  }

  void transmit(Transmit out) {
    if (out.flow.transport != Transport::Udp) return connections_.send(out.flow, std::move(out.bytes), FlowId{next_flow_id_++});
    const auto socket = std::find_if(binder_.udp().begin(), binder_.udp().end(),
                                     [&](const auto& one) { return one->id() == out.flow.id; });
    if (socket == binder_.udp().end()) ++counters_.send_errors;
    else if ((*socket)->send(out.flow, out.bytes)) tapped_.on_sent(out.flow, out.bytes);
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

  Stack& stack_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  EdgeCounters counters_;
  detail::TappedMessages tapped_;
  detail::RouteProbe route_probe_;
  detail::Listeners listeners_;
  detail::Carriers carriers_{counters_};  // Outlives the connections.
  detail::Connections connections_;
  detail::Binder binder_;
  asio::steady_timer timer_;
  std::unique_ptr<detail::RouteFinder> routes_;
  std::function<void(Event)> handler_;
  std::uint64_t next_flow_id_ = kMaxListeners + 1;  // Lower ids are the UDP sockets.
  bool drain_requested_ = false;
};

}  // namespace

base::Result<std::unique_ptr<SipEdge>, EdgeError> SipEdge::open(const EdgeOptions& options, Stack& stack) {
  auto edge = std::make_unique<AsioEdge>(stack);
  if (const auto opened = edge->open(options); !opened) return base::fail(opened.error());
  return edge;
}

}  // namespace offhook::inline v0::sip
