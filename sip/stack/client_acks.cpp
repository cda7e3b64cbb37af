#include <offhook/sip/stack/client_acks.hpp>

#include <offhook/sip/locate/services.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

using transaction::TransactionId;

void ClientAcks::send(std::uint64_t session, session::SendAck ack, std::optional<Invite> invite, base::TimePoint now) {
  auto hop = hop_of(ack.head.next_hop);
  if (hop) hop->takes_keys = ack.body.needs_tls;
  Pending pending{session, std::move(invite), std::move(ack), {}};
  if (!hop) return write_along_invite(std::move(pending), now);
  pending.hop = *hop;
  const auto way = shared_.contacts.way({Owner::Kind::Session, session, {}});
  if (way && goes_back(*hop, *way)) return write(std::move(pending), *way, now);
  if (hop->leaks_keys()) return write_along_invite(std::move(pending), now);
  const auto* known = shared_.hops.find(session, *hop);
  if (known != nullptr && !known->empty()) return write(std::move(pending), flow_along(known->front()), now);
  pending_.emplace(shared_.queries.ask(*hop), std::move(pending));
}

bool ClientAcks::repeat(TransactionId invite, const std::string& tag) {
  const auto ack = written_.find({invite, tag});
  if (ack == written_.end()) return false;
  shared_.outbox.transmits.push_back({ack->second.flow, ack->second.bytes});
  return true;
}

void ClientAcks::forget(TransactionId invite) {
  const auto drop = [&](Pending& pending) {
    if (pending.invite && pending.invite->id == invite) pending.invite.reset();
  };
  for (auto& [query, pending] : pending_) drop(pending);
  for (auto& [query, large] : large_) drop(large.what);
  auto first = written_.lower_bound({invite, {}});
  while (first != written_.end() && first->first.first == invite) first = written_.erase(first);
}

bool ClientAcks::on_answer(QueryId query, const QueryResult& result, base::TimePoint now) {
  if (on_large_answer(query, result)) return true;
  auto ack = pending_.extract(query);
  if (!ack) return false;
  Pending& pending = ack.mapped();
  released_.push_back(pending.session);
  if (!result.routes.empty()) {
    if (pending.session != 0) shared_.hops.remember(pending.session, pending.hop, result.routes);
    write(std::move(pending), flow_along(result.routes.front()), now);
  } else {
    write_along_invite(std::move(pending), now);
  }
  return true;
}

/// Sends the ACK by the flow of its INVITE, because no better flow is known. If the answer has keys and the flow has no TLS, sends the ACK without a body; the
/// peer then ends the call.
void ClientAcks::write_along_invite(Pending pending, base::TimePoint now) {
  if (!pending.invite) return;
  const Flow flow = pending.invite->flow;
  if (pending.ack.body.needs_tls && !locate::is_secure(flow.transport)) pending.ack.body = {};
  write(std::move(pending), flow, now);
}

/// Sends an ACK. RFC 3261 section 18.1.1 (large requests use TCP) also applies to an ACK. Its body is an answer if the 2xx
/// carried the offer.
void ClientAcks::write(Pending pending, const Flow& flow, base::TimePoint now) {
  std::string bytes = text(pending, flow);
  const bool large = shared_.datagram_limit != 0 && bytes.size() > shared_.datagram_limit;
  if (!large || flow.transport != Transport::Udp || shared_.memory.is_passed_over(Transport::Tcp, flow.remote, now))
    return transmit(std::move(pending), flow, flow, std::move(bytes));
  large_.emplace(shared_.queries.ask({flow.remote.ip.to_string(), flow.remote.port, Transport::Tcp, false}),
                 Large{std::move(pending), flow});
}

bool ClientAcks::on_large_answer(QueryId query, const QueryResult& result) {
  auto waiting = large_.extract(query);
  if (!waiting) return false;
  Large& ack = waiting.mapped();
  released_.push_back(ack.what.session);
  const auto stream = std::find_if(result.routes.begin(), result.routes.end(),
                                   [](const Route& route) { return route.transport == Transport::Tcp; });
  const Flow flow = stream != result.routes.end() ? flow_along(*stream) : ack.datagrams;
  std::string bytes = text(ack.what, flow);
  transmit(std::move(ack.what), flow, ack.datagrams, std::move(bytes));
  return true;
}

std::string ClientAcks::text(const Pending& pending, const Flow& flow) {
  Outgoing request;
  request.head = pending.ack.head;
  request.body = pending.ack.body;
  if (pending.invite) request.authorizations = pending.invite->authorizations;  // RFC 3261 section 13.2.2.4
  return compose(request, flow, "z9hG4bK" + shared_.random.token(), {}, shared_.words);
}

void ClientAcks::transmit(Pending pending, const Flow& flow, const Flow& datagrams, std::string bytes) {
  shared_.outbox.transmits.push_back({flow, bytes});
  if (!pending.invite) return;
  const std::pair key(pending.invite->id, pending.ack.remote_tag);
  written_[key] = {std::move(pending), flow, datagrams, std::move(bytes)};
}

void ClientAcks::on_flow_failed(const Flow& failed, base::TimePoint now) {
  if (!is_reliable(failed.transport)) return;
  std::vector<Written> hit;
  for (const auto& [key, ack] : written_) {
    if (ack.datagrams.transport == Transport::Udp && same_way(ack.flow, failed)) hit.push_back(ack);
  }
  for (Written& ack : hit) {
    shared_.memory.on_failure({failed.transport, failed.local, failed.remote, {}}, std::nullopt, now);
    std::string bytes = text(ack.what, ack.datagrams);
    transmit(std::move(ack.what), ack.datagrams, ack.datagrams, std::move(bytes));
  }
}

void ClientAcks::collect(std::vector<std::uint64_t>& ended) {
  ended.insert(ended.end(), released_.begin(), released_.end());
  released_.clear();
}

bool ClientAcks::owns_any(std::uint64_t session) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) { return entry.second.session == session; }) ||
         std::any_of(large_.begin(), large_.end(), [&](const auto& entry) { return entry.second.what.session == session; });
}

}  // namespace offhook::inline v0::sip
