#include <offhook/sip/stack/client_record.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

void ClientRequests::send_ack(std::uint64_t session, session::SendAck ack, base::TimePoint now) {
  PendingAck pending{session, {}, std::move(ack), {}};
  for (const auto purpose : {session::Purpose::Invite, session::Purpose::Reinvite}) {
    const auto current = current_.find({Owner::Kind::Session, session, purpose});
    if (current == current_.end()) continue;
    const auto at = records_.find(current->second);
    if (at != records_.end() && at->second->what.head.cseq == pending.ack.head.cseq) pending.invite = current->second;
  }
  send_ack(std::move(pending), now);
}

void ClientRequests::send_ack(PendingAck pending, base::TimePoint now) {
  const std::uint64_t session = pending.session;
  const auto hop = hop_of(pending.ack.head.next_hop);
  if (!hop) {
    if (const auto at = records_.find(pending.invite); at != records_.end()) write_ack(std::move(pending), at->second->flow, now);
    return;
  }
  pending.hop = *hop;
  const auto way = shared_.contacts.way({Owner::Kind::Session, session, {}});
  if (way && goes_back(*hop, *way)) return write_ack(std::move(pending), *way, now);
  const auto* known = hops_.find(session, *hop);
  if (known != nullptr && !known->empty()) return write_ack(std::move(pending), flow_along(known->front()), now);
  hold_for(pending.session);
  pending_acks_.emplace(query(*hop), std::move(pending));
}

bool ClientRequests::on_ack_answer(QueryId query, const QueryResult& result, base::TimePoint now) {
  if (on_large_ack_answer(query, result)) return true;
  auto ack = pending_acks_.extract(query);
  if (!ack) return false;
  PendingAck& pending = ack.mapped();
  const std::uint64_t session = pending.session;
  const auto invite = records_.find(pending.invite);
  if (!result.routes.empty()) {
    if (session != 0) hops_.remember(session, pending.hop, result.routes);
    write_ack(std::move(pending), flow_along(result.routes.front()), now);
  } else if (invite != records_.end()) {
    // The INVITE's flow is the best one known.
    write_ack(std::move(pending), invite->second->flow, now);
  }
  release_for(session);
  return true;
}

/// Sends an ACK. RFC 3261 section 18.1.1 (large requests use TCP) also applies to an ACK. Its body is an answer if the 2xx
/// carried the offer.
void ClientRequests::write_ack(PendingAck pending, const Flow& flow, base::TimePoint now) {
  std::string bytes = ack_text(pending, flow);
  const bool large = shared_.datagram_limit != 0 && bytes.size() > shared_.datagram_limit;
  if (!large || flow.transport != Transport::Udp || memory_.is_passed_over(Transport::Tcp, flow.remote, now))
    return transmit_ack(std::move(pending), flow, flow, std::move(bytes));
  hold_for(pending.session);
  large_acks_.emplace(query({flow.remote.ip.to_string(), flow.remote.port, Transport::Tcp, false}),
                      LargeAck{std::move(pending), flow});
}

bool ClientRequests::on_large_ack_answer(QueryId query, const QueryResult& result) {
  auto waiting = large_acks_.extract(query);
  if (!waiting) return false;
  LargeAck& ack = waiting.mapped();
  const std::uint64_t session = ack.what.session;
  const auto stream = std::find_if(result.routes.begin(), result.routes.end(),
                                   [](const Route& route) { return route.transport == Transport::Tcp; });
  const Flow flow = stream != result.routes.end() ? flow_along(*stream) : ack.datagrams;
  std::string bytes = ack_text(ack.what, flow);
  transmit_ack(std::move(ack.what), flow, ack.datagrams, std::move(bytes));
  release_for(session);
  return true;
}

std::string ClientRequests::ack_text(const PendingAck& pending, const Flow& flow) {
  Outgoing request;
  request.owner = {Owner::Kind::Session, pending.session, {}};
  request.head = pending.ack.head;
  request.body = pending.ack.body;
  const auto invite = records_.find(pending.invite);
  // RFC 3261 section 13.2.2.4
  if (invite != records_.end()) request.authorizations = invite->second->what.authorizations;
  return write(request, flow, "z9hG4bK" + shared_.random.token());
}

void ClientRequests::transmit_ack(PendingAck pending, const Flow& flow, const Flow& datagrams, std::string bytes) {
  shared_.outbox.transmits.push_back({flow, bytes});
  Record* invite = find(pending.invite);
  const std::string tag = pending.ack.remote_tag;
  if (invite != nullptr) invite->acks[tag] = {std::move(pending), flow, datagrams, std::move(bytes)};
}

/// Sends large ACKs as datagrams if their connection failed, as a request would be.
void ClientRequests::acks_by_datagram(const Flow& failed, base::TimePoint now) {
  if (!is_reliable(failed.transport)) return;
  std::vector<WrittenAck> hit;
  for (const auto& [id, record] : records_) {
    if (record->dead) continue;
    for (const auto& [tag, ack] : record->acks) {
      if (ack.datagrams.transport == Transport::Udp && same_way(ack.flow, failed)) hit.push_back(ack);
    }
  }
  // Sort them, because the order of the hash table is arbitrary.
  std::sort(hit.begin(), hit.end(), [](const auto& a, const auto& b) { return a.what.invite < b.what.invite; });
  for (WrittenAck& ack : hit) {
    memory_.on_failure({failed.transport, failed.local, failed.remote, {}}, std::nullopt, now);
    std::string bytes = ack_text(ack.what, ack.datagrams);
    transmit_ack(std::move(ack.what), ack.datagrams, ack.datagrams, std::move(bytes));
  }
}

void ClientRequests::hold_for(std::uint64_t session) {
  if (session != 0) hold({Owner::Kind::Session, session, {}});
}

void ClientRequests::release_for(std::uint64_t session) {
  if (session != 0) release({Owner::Kind::Session, session, {}});
}

}  // namespace offhook::inline v0::sip
