#include <offhook/sip/stack/client_record.hpp>

#include <utility>

namespace offhook::inline v0::sip {

void ClientRequests::send_ack(std::uint64_t session, session::SendAck ack, base::TimePoint) {
  PendingAck pending{session, {}, std::move(ack), {}};
  for (const auto purpose : {session::Purpose::Invite, session::Purpose::Reinvite}) {
    const auto current = current_.find({Owner::Kind::Session, session, purpose});
    if (current == current_.end()) continue;
    const auto at = records_.find(current->second);
    if (at != records_.end() && at->second->what.head.cseq == pending.ack.head.cseq) pending.invite = current->second;
  }
  send_ack(std::move(pending));
}

void ClientRequests::send_ack(PendingAck pending) {
  const std::uint64_t session = pending.session;
  const auto hop = hop_of(pending.ack.head.next_hop);
  if (!hop) {
    if (const auto at = records_.find(pending.invite); at != records_.end()) write_ack(pending, at->second->flow);
    return;
  }
  pending.hop = *hop;
  const auto* known = hops_.find(session, *hop);
  if (known != nullptr && !known->empty()) return write_ack(pending, flow_along(known->front()));
  if (session != 0) hold({Owner::Kind::Session, session, {}});
  pending_acks_.emplace(query(*hop), std::move(pending));
}

bool ClientRequests::on_ack_answer(QueryId query, const QueryResult& result) {
  const auto ack = pending_acks_.extract(query);
  if (!ack) return false;
  const PendingAck& pending = ack.mapped();
  const auto invite = records_.find(pending.invite);
  const Owner owner{Owner::Kind::Session, pending.session, {}};
  if (!result.routes.empty()) {
    const Route& route = result.routes.front();
    write_ack(pending, flow_along(route));
    if (pending.session != 0) hops_.remember(pending.session, pending.hop, result.routes);
  } else if (invite != records_.end()) {
    write_ack(pending, invite->second->flow);  // The way that the INVITE took is the best that we know.
  }
  if (owner.id != 0) release(owner);
  return true;
}

void ClientRequests::write_ack(const PendingAck& pending, const Flow& flow) {
  Outgoing request;
  request.owner = {Owner::Kind::Session, pending.session, {}};
  request.head = pending.ack.head;
  request.body = pending.ack.body;
  const auto invite = records_.find(pending.invite);
  if (invite != records_.end()) request.authorizations = invite->second->what.authorizations;  // RFC 3261 section 13.2.2.4
  std::string bytes = write(request, flow, "z9hG4bK" + shared_.random.token());
  if (invite != records_.end() && !invite->second->dead) {
    invite->second->acks[pending.ack.remote_tag] = bytes;
    invite->second->ack_flows[pending.ack.remote_tag] = flow;
  }
  shared_.outbox.transmits.push_back({flow, std::move(bytes)});
}

}  // namespace offhook::inline v0::sip
