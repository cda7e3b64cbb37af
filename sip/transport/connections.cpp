#include <offhook/sip/transport/connections.hpp>

#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/transport/addresses.hpp>

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
  if (error || !takes(remote.ip, transport)) return;
  const Flow flow{FlowId{next_accepted_id_++}, transport, to_ours(socket.local_endpoint(error)), remote};
  const auto connection = std::make_shared<Connection>(shared_, flow);
  connections_.emplace(flow.id, connection);
  connection->begin_accepted(std::move(socket));
}

/// Decides whether to accept a connection. Unknown peers must not use up the connections for ourselves and known peers: if these
/// need one, the least recently needed connection of an unknown peer is closed.
bool Connections::takes(const base::IpAddress& source, Transport transport) {
  const auto of_source = count([&](const Connection& one) { return one.flow().remote.ip == source; });
  const bool known = shared_.handlers.known(source);
  const auto is_unneeded = [this](const Connection& one) { return !shared_.handlers.in_use(one.flow()); };
  if (of_source >= shared_.limits.per_source || (!has_room(known) && !evict_stranger(is_unneeded))) {
    ++shared_.counters.connections_refused;
    return false;
  }
  const bool shakes_hands = transport != Transport::Tcp;
  const auto is_half_open = [](const Connection& one) { return one.is_half_open(); };
  if (shakes_hands && half_open() >= SipEdge::kMaxHandshakes && !(known && evict_stranger(is_half_open))) {
    ++shared_.counters.handshakes_refused;
    return false;
  }
  return true;
}

bool Connections::has_room(bool known) const {
  const ConnectionLimits& limits = shared_.limits;
  const std::size_t accepted = limits.most - limits.for_own;
  if (connections_.size() >= accepted) return false;
  return known || count([](const Connection& one) { return one.is_strangers(); }) < accepted - limits.for_known;
}

template <class Is>
bool Connections::evict_stranger(Is is) {
  std::shared_ptr<Connection> chosen;
  for (const auto& [id, one] : connections_) {
    if (one->is_strangers() && is(*one) && (!chosen || one->needed_at() < chosen->needed_at())) chosen = one;
  }
  if (!chosen) return false;
  ++shared_.counters.connections_evicted;
  chosen->give_up();
  return true;
}

template <class Is>
std::size_t Connections::count(Is is) const {
  return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(), [&](const auto& entry) { return is(*entry.second); }));
}

std::size_t Connections::half_open() const {
  return count([](const Connection& one) { return one.is_half_open(); });
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
  // We have no name for the host of a peer that connected to us.
  const bool nameless = names_host(flow.transport) && flow.name.empty();
  if (nameless || connections_.size() >= shared_.limits.most) {
    if (!nameless) ++shared_.counters.connections_refused;
    // Report it in the next turn of the loop, because send() runs while the edge iterates over the stack's output.
    asio::post(shared_.io, [this, failed = flow, nameless] {
      shared_.last_failure = nameless ? "the connection is closed, and only the peer can open it again" : "too many connections are open";
      shared_.handlers.failed(failed);
    });
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
