#include <offhook/sip/stack/client_requests.hpp>

#include <offhook/sip/stack/stack.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

namespace {

ClientRecord::Answered answer_of(int status) {
  if (status >= 200) return ClientRecord::Answered::Finally;
  return status > 100 ? ClientRecord::Answered::Provisionally : ClientRecord::Answered::Trying;
}

}  // namespace

ClientRequests::ClientRequests(Shared shared)
    : shared_(std::move(shared)),
      queries_(shared_.outbox, shared_.last_query_id),
      hops_(queries_, shared_.contacts, shared_.datagram_limit),
      acks_({shared_.random, shared_.outbox, shared_.contacts, queries_, hops_.of_calls(), hops_.memory(), shared_.datagram_limit,
             {shared_.user_agent, shared_.can}}) {}

void ClientRequests::send(Outgoing request, base::TimePoint now) { look_up(make(std::move(request)), now); }

void ClientRequests::look_up(ClientRecord& record, base::TimePoint now) {
  if (!record.hop) {
    record.trouble = "the next hop is not a URI that we can send to";
    return fail(record, session::Failure::Unresolvable, now);
  }
  auto known = hops_.known(record);
  if (!known && record.hop->leaks_keys()) {
    record.trouble = "the request has keys of SRTP, and its next hop has no TLS: use TLS up to the PBX";
    return fail(record, session::Failure::Unresolvable, now);
  }
  if (!known) return hops_.look_up(record);
  record.routes = std::move(*known);
  launch(record, now);
}

bool ClientRequests::on_answer(QueryId query, QueryResult result, base::TimePoint now) {
  if (acks_.on_answer(query, result, now)) return true;
  auto found = hops_.on_answer(query, std::move(result));
  if (!found) return false;
  if (ClientRecord* record = records_.find(found->request)) take_routes(*record, std::move(*found), now);
  return true;
}

/// When all look-ups are done, sends the request to the first usable route.
void ClientRequests::take_routes(ClientRecord& record, RouteLookUps::Found found, base::TimePoint now) {
  if (found.is_stream) {
    const auto here = record.routes.begin() + static_cast<std::ptrdiff_t>(record.route);
    if (!found.routes.empty()) record.routes.insert(here, found.routes.front());
    return launch(record, now);
  }
  record.trouble = std::move(found.trouble);
  if (!found.is_complete) return;
  if (found.routes.empty()) return fail(record, session::Failure::Unresolvable, now);
  record.trouble.clear();
  hops_.arrange(record, found.routes, now);
  record.routes = std::move(found.routes);
  launch(record, now);
}

void ClientRequests::launch(ClientRecord& record, base::TimePoint now) {
  const Route& route = record.routes[record.route];
  record.flow = flow_along(route);
  record.branch = "z9hG4bK" + shared_.random.token();
  record.bytes = write(record.what, record.flow, record.branch);
  if (hops_.look_up_stream(record, now)) return;
  const auto key = transaction::client_key(record.branch, to_string(record.what.head.method));
  if (!shared_.table.add_client(key, record.id)) return fail(record, session::Failure::Transport, now);
  const bool another = record.route + 1 < record.routes.size() && record.is_owned();
  if (another) record.silence_ends = now + kSilence;
  transaction::Actions actions;
  record.machine.start(record.what.head.method, shared_.timers, route.transport, now, actions);
  carry_out(record, std::move(actions), nullptr, now);
}

void ClientRequests::send_again(TransactionId answered, std::uint32_t cseq, Authorizations authorizations, AuthAttempt attempt,
                                base::TimePoint now) {
  ClientRecord* old = records_.stored(answered);
  if (old == nullptr) return;
  Outgoing request = old->what;
  request.head.cseq = cseq;
  request.authorizations = std::move(authorizations);
  request.attempt = std::move(attempt);
  ClientRecord& next = make(std::move(request));
  next.routes = old->routes;
  next.route = old->route;
  next.stream_tried = old->stream_tried;
  records_.disown(*old);
  launch(next, now);
}

void ClientRequests::carry_out(ClientRecord& record, transaction::Actions actions, const Message* response, base::TimePoint now) {
  // Send ACKs first. A response may make us send the request to the next candidate, and the ACK must leave before that request.
  std::stable_partition(actions.begin(), actions.end(),
                        [](const auto& action) { return std::holds_alternative<transaction::Transmit>(action); });
  for (const transaction::Action& action : actions) {
    if (const auto* transmit = std::get_if<transaction::Transmit>(&action)) {
      const bool ack = transmit->what == transaction::Transmit::What::Ack;
      shared_.outbox.transmits.push_back({record.flow, ack ? record.ack : record.bytes});
    } else if (std::holds_alternative<transaction::Deliver>(action)) {
      if (response != nullptr) deliver(record, *response, now);
    } else if (const auto* ended = std::get_if<transaction::Ended>(&action)) {
      shared_.table.erase(record.id);
      if (ended->why == transaction::Ended::Why::Timeout) mind_silence(record);
      const bool lost = ended->why != transaction::Ended::Why::Done && record.answered != ClientRecord::Answered::Finally &&
                        record.turn == ClientRecord::Turn::Holds;
      if (lost && (record.is_answered() || !try_next_route(record, std::nullopt, Leaving::Done, now))) {
        const bool transport = ended->why == transaction::Ended::Why::TransportError;
        fail(record, transport ? session::Failure::Transport : session::Failure::Timeout, now);
      }
      finish(record);
    }
  }
  if (!record.dead) records_.watch(record);
}

/// Closes the connection if the registrar did not respond to a REGISTER at all. The registrar is no longer at the other end, and
/// the next messages would be lost too. The system itself needs a quarter of an hour to notice.
void ClientRequests::mind_silence(const ClientRecord& record) {
  if (record.is_answered() || record.what.head.method != Method::Register || !is_reliable(record.flow.transport)) return;
  ++shared_.counters.dead_flows;
  shared_.outbox.closes.push_back(record.flow);
}

void ClientRequests::deliver(ClientRecord& record, const Message& response, base::TimePoint now) {
  const int status = response.status();
  const auto before = record.answered;
  record.answered = std::max(before, answer_of(status));
  record.silence_ends.reset();
  if (status < 200 && record.cancelling != ClientRecord::Cancelling::No) send_cancel(record, now);
  const bool accepted = record.what.head.method == Method::Invite && status >= 200 && status < 300;
  if (accepted && acks_.repeat(record.id, std::string(response.to().tag().value_or("")))) return;
  const bool back = record.turn != ClientRecord::Turn::Holds;
  if (back && !on_left(record, response, now)) return;
  const bool first = before == ClientRecord::Answered::No || back;
  // A 503 makes us try the next candidate: RFC 3263 section 4.3.
  if (status == 503 && before < ClientRecord::Answered::Provisionally) {
    const auto after = response.number(HeaderName::RetryAfter);
    if (try_next_route(record, after ? std::optional(std::chrono::seconds(*after)) : std::nullopt, Leaving::Done, now)) return;
  } else if (status != 503) {
    if (first) hops_.on_response(record, now);
  }
  if (record.loses(status) && hand_back(record, now)) return;
  if (status > 100) give_up_others(record, now);
  if (first) hops_.prefer(record);
  if (record.is_owned()) outcomes_.push_back({record.id, record.what.owner, &response, {}});
}

void ClientRequests::fail(ClientRecord& record, session::Failure failure, base::TimePoint now) {
  if (hand_back(record, now)) return finish(record);
  hops_.forget(record);
  if (record.is_owned())
    outcomes_.push_back({record.id, record.what.owner, nullptr, failure, std::move(record.trouble)});
  finish(record);
}

void ClientRequests::finish(ClientRecord& record) {
  if (record.dead) return;
  records_.end(record);
  if (record.machine.is_invite()) acks_.forget(record.id);
  shared_.table.erase(record.id);
}

bool ClientRequests::on_response(const Message& response, const Flow& flow, base::TimePoint now) {
  const auto id = shared_.table.find_client(transaction::client_key(response));
  if (!id) return false;
  ClientRecord* found = records_.find(*id);
  // Drop a response whose topmost Via is not ours: RFC 3261 section 18.1.2.
  if (found == nullptr || !is_sent_by(response.top_via(), found->flow.local)) return false;
  ClientRecord& record = *found;
  hops_.learn_own_end(record, flow);
  transaction::Actions actions;
  const int status = response.status();
  if (record.machine.is_invite() && status >= 300 && record.ack.empty())
    record.ack = compose_ack(record.what.head, record.flow, record.branch, response);
  record.machine.on_response(status, now, actions);
  if (record.limited) record.machine.on_cancelled(now);
  carry_out(record, std::move(actions), &response, now);
  return true;
}

void ClientRequests::on_flow_failed(const Flow& flow, std::string_view why, base::TimePoint now) {
  acks_.on_flow_failed(flow, now);
  // A connection that never came up has no local end.
  if (is_reliable(flow.transport) && flow.id != FlowId{}) hops_.of_calls().forget_own_end(flow);
  // Further responses to a request that already got one may arrive over a new connection: RFC 3261 section 18.2.2.
  for (ClientRecord* record : records_.unanswered_over(flow)) {
    record->trouble = why;
    transaction::Actions actions;
    record->machine.on_transport_error(now, actions);
    carry_out(*record, std::move(actions), nullptr, now);
  }
}

void ClientRequests::on_time(base::TimePoint now) {
  while (ClientRecord* record = records_.take_due(now)) {
    if (record->silence_ends && *record->silence_ends <= now) {
      record->silence_ends.reset();
      if (try_next_route(*record, std::nullopt, Leaving::Waiting, now)) continue;
    }
    transaction::Actions actions;
    record->machine.on_time(now, actions);
    carry_out(*record, std::move(actions), nullptr, now);
  }
}

void ClientRequests::cancel(const Owner& owner, HeaderList headers, base::TimePoint now) {
  ClientRecord* invite = records_.current(owner);
  if (invite == nullptr || invite->answered == ClientRecord::Answered::Finally) return;
  if (!headers.empty()) invite->cancel_headers = std::move(headers);
  invite->want_cancel();
  give_up_others(*invite, now);
  if (invite->is_answered()) send_cancel(*invite, now);
}

void ClientRequests::limit(std::uint64_t session, base::TimePoint now) {
  for (const auto purpose : {session::Purpose::Invite, session::Purpose::Reinvite}) {
    ClientRecord* record = records_.current({Owner::Kind::Session, session, purpose});
    if (record == nullptr) continue;
    record->limited = true;
    if (!record->machine.is_invite()) continue;
    record->machine.on_cancelled(now);
    records_.watch(*record);
  }
}

void ClientRequests::withdraw(std::uint64_t session, HeaderList headers, base::TimePoint now) {
  ClientRecord* invite = records_.current({Owner::Kind::Session, session, session::Purpose::Invite});
  if (invite == nullptr) return;
  invite->cancel_headers = std::move(headers);
  give_up_others(*invite, now);
  if (!invite->machine.is_started()) return fail(*invite, session::Failure::Timeout, now);
  invite->want_cancel();  // The INVITE was sent: its first provisional response triggers the CANCEL.
}

void ClientRequests::send_ack(std::uint64_t session, session::SendAck ack, base::TimePoint now) {
  std::optional<ClientAcks::Invite> acknowledged;
  for (const auto purpose : {session::Purpose::Invite, session::Purpose::Reinvite}) {
    const ClientRecord* invite = records_.current({Owner::Kind::Session, session, purpose});
    if (invite != nullptr && invite->what.head.cseq == ack.head.cseq) acknowledged = as_acknowledged(*invite);
  }
  acks_.send(session, std::move(ack), std::move(acknowledged), now);
}

void ClientRequests::send_cancel(ClientRecord& invite, base::TimePoint now) {
  if (std::exchange(invite.cancelling, ClientRecord::Cancelling::Sent) == ClientRecord::Cancelling::Sent) return;
  invite.machine.on_cancelled(now);
  records_.watch(invite);
  // The CANCEL has the branch, the flow and the route of its INVITE: RFC 3261 section 9.1.
  Outgoing request;
  request.head = invite.what.head;
  request.head.method = Method::Cancel;
  request.headers = invite.cancel_headers;
  ClientRecord& cancel = make(std::move(request));
  cancel.routes = {invite.routes[invite.route]};
  cancel.flow = invite.flow;
  cancel.branch = invite.branch;
  cancel.bytes = write(cancel.what, cancel.flow, cancel.branch);
  if (!shared_.table.add_client(transaction::client_key(cancel.branch, to_string(Method::Cancel)), cancel.id))
    return finish(cancel);
  transaction::Actions actions;
  cancel.machine.start(Method::Cancel, shared_.timers, cancel.flow.transport, now, actions);
  carry_out(cancel, std::move(actions), nullptr, now);
}

std::string ClientRequests::write(const Outgoing& request, const Flow& flow, std::string_view branch) {
  const std::string contact = shared_.contacts.contact(request.owner, request.head.method, flow);
  return compose(request, flow, branch, contact, {shared_.user_agent, shared_.can});
}

void ClientRequests::add_to(StackSizes& sizes) const {
  sizes.requests_sent += records_.size();
  sizes.look_ups += hops_.look_ups() + acks_.waiting();
  sizes.routes += hops_.of_calls().size();
  sizes.timers += records_.timers();
}

}  // namespace offhook::inline v0::sip
