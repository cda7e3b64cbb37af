#include <offhook/sip/transport/connections.hpp>

#include <offhook/sip/transport/addresses.hpp>
#include <offhook/sip/transport_kinds.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Connections::Connections(asio::io_context& io, EdgeCounters& counters, ConnectionShared::Handlers handlers)
    : shared_{io, counters, std::move(handlers)} {
  shared_.forget = [this](FlowId id) { connections_.erase(id); };
}

Connections::~Connections() { close_all(); }

void Connections::adopt(tcp::socket socket, Transport transport) {
  error_code error;
  const auto remote = to_ours(socket.remote_endpoint(error));
  if (error) return;
  // Strangers may not take the room that our own way to the registrar needs.
  constexpr auto kMaxAccepted = SipEdge::kMaxConnections - SipEdge::kReservedConnections;
  if (connections_.size() >= kMaxAccepted || from_source(remote.ip) >= SipEdge::kMaxConnectionsPerSource) {
    ++shared_.counters.connections_refused;
    return;
  }
  if (transport != Transport::Tcp && half_open() >= SipEdge::kMaxHandshakes) {
    ++shared_.counters.handshakes_refused;
    return;
  }
  const Flow flow{FlowId{next_accepted_id_++}, transport, to_ours(socket.local_endpoint(error)), remote};
  const auto connection = std::make_shared<Connection>(shared_, flow);
  connections_.emplace(flow.id, connection);
  connection->begin_accepted(std::move(socket));
}

std::size_t Connections::from_source(const base::IpAddress& source) const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                [&](const auto& entry) { return entry.second->flow().remote.ip == source; }));
}

std::size_t Connections::half_open() const {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(), [](const auto& entry) { return entry.second->is_half_open(); }));
}

std::shared_ptr<Connection> Connections::find(const Flow& flow) const {
  if (const auto it = connections_.find(flow.id); it != connections_.end() && it->second->takes_more())
    return it->second;
  const auto it = std::find_if(connections_.begin(), connections_.end(), [&](const auto& entry) {
    return same_way(entry.second->flow(), flow) && entry.second->takes_more();
  });
  return it == connections_.end() ? nullptr : it->second;
}

void Connections::send(const Flow& flow, std::string bytes, FlowId fresh_id) {
  if (const auto connection = find(flow)) return connection->send(std::move(bytes));
  const bool nameless = names_host(flow.transport) && flow.name.empty();  // A peer that connected to us is no host that we could name.
  if (nameless || connections_.size() >= SipEdge::kMaxConnections) {
    if (!nameless) ++shared_.counters.connections_refused;
    // Not from inside the caller's own pass over the stack's output: it hears of it on the next turn of the loop.
    asio::post(shared_.io, [this, failed = flow] { shared_.handlers.failed(failed); });
    return;
  }
  Flow fresh = flow;
  fresh.id = fresh_id;
  const auto connection = std::make_shared<Connection>(shared_, fresh);
  connections_.emplace(fresh.id, connection);
  connection->send(std::move(bytes));
  connection->begin_connect();
}

void Connections::give_up(const Flow& flow) {
  if (const auto connection = find(flow)) connection->give_up();
}

void Connections::close_all() {
  for (const auto& [id, connection] : connections_) connection->close();
  connections_.clear();
}

}  // namespace offhook::inline v0::sip::detail
