#include <offhook/base/shrink.hpp>
#include <offhook/sip/stack/client_record.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace offhook::inline v0::sip {

ClientRequests::ClientRequests(Shared shared) : shared_(std::move(shared)) {}
ClientRequests::~ClientRequests() = default;

void ClientRequests::hold(const Owner& owner) {
  if (owner.kind == Owner::Kind::Session) ++open_[owner.id];
}

void ClientRequests::release(const Owner& owner) {
  if (owner.kind != Owner::Kind::Session) return;
  const auto at = open_.find(owner.id);
  if (at != open_.end() && --at->second == 0) open_.erase(at);
  released_.push_back(owner.id);
}

ClientRequests::Record& ClientRequests::make(Outgoing request) {
  const TransactionId id{++shared_.last_id};
  auto record = std::make_unique<Record>();
  record->id = id;
  record->what = std::move(request);
  record->hop = hop_of(record->what.head.next_hop);
  hold(record->what.owner);
  if (record->what.owner.kind != Owner::Kind::Nobody) current_[record->what.owner] = id;
  return *records_.emplace(id, std::move(record)).first->second;
}

ClientRequests::Record* ClientRequests::find(TransactionId id) const {
  const auto at = records_.find(id);
  return at == records_.end() || at->second->dead ? nullptr : at->second.get();
}

void ClientRequests::send(Outgoing request, base::TimePoint now) { look_up(make(std::move(request)), now); }

void ClientRequests::look_up(Record& record, base::TimePoint now) {
  if (!record.hop) {
    record.trouble = "the next hop is no URI that we can send to";
    return fail(record, session::Failure::Unresolvable, now);
  }
  if (take_way_back(record, now)) return;
  if (record.what.owner.kind == Owner::Kind::Session) {
    if (const auto* known = hops_.find(record.what.owner.id, *record.hop)) {
      record.routes = *known;
      return launch(record, now);
    }
  }
  record.found.resize(1 + record.what.alternatives.size());
  record.looking_up = record.found.size();
  look_ups_.emplace(query(*record.hop), LookUp{record.id, 0});
  for (std::size_t i = 0; i < record.what.alternatives.size(); ++i) {
    const auto other = hop_of(record.what.alternatives[i]);
    if (other)
      look_ups_.emplace(query(*other), LookUp{record.id, i + 1});
    else
      --record.looking_up;
  }
}

bool ClientRequests::take_way_back(Record& record, base::TimePoint now) {
  const auto way = shared_.contacts.way(record.what.owner);
  if (!way || !goes_back(*record.hop, *way)) return false;
  record.routes = {{way->transport, way->local, way->remote, way->id, way->name}};
  launch(record, now);
  return true;
}

QueryId ClientRequests::query(const Hop& hop) {
  const QueryId id{++shared_.last_query_id};
  shared_.outbox.queries.push_back({id, hop.host, hop.port, hop.transport, hop.secure});
  return id;
}

bool ClientRequests::on_answer(QueryId query, QueryResult result, base::TimePoint now) {
  if (on_stream_answer(query, result, now) || on_ack_answer(query, result, now)) return true;
  const auto look_up = look_ups_.extract(query);
  if (!look_up) return false;
  const auto at = records_.find(look_up.mapped().request);
  if (at != records_.end() && !at->second->dead) take_routes(*at->second, look_up.mapped().place, std::move(result), now);
  return true;
}

/// When all look-ups are done, sends the request to the first usable route.
void ClientRequests::take_routes(Record& record, std::size_t place, QueryResult result, base::TimePoint now) {
  if (result.routes.empty() && (place == 0 || record.trouble.empty())) record.trouble = std::move(result.error);
  record.found[place] = std::move(result.routes);
  if (--record.looking_up > 0) return;
  std::vector<Route> routes;
  for (std::vector<Route>& some : record.found) std::move(some.begin(), some.end(), std::back_inserter(routes));
  record.found.clear();
  if (routes.empty()) return fail(record, session::Failure::Unresolvable, now);
  record.trouble.clear();
  if (record.hop) {
    memory_.arrange(*record.hop, routes, now);
    if (record.what.owner.kind == Owner::Kind::Session) hops_.remember(record.what.owner.id, *record.hop, routes);
  }
  record.routes = std::move(routes);
  launch(record, now);
}

void ClientRequests::launch(Record& record, base::TimePoint now) {
  const Route& route = record.routes[record.route];
  record.flow = flow_along(route);
  record.branch = "z9hG4bK" + shared_.random.token();
  record.bytes = write(record.what, record.flow, record.branch);
  if (look_up_stream(record, now)) return;
  const auto key = transaction::client_key(record.branch, to_string(record.what.head.method));
  if (!shared_.table.add_client(key, record.id)) return fail(record, session::Failure::Transport, now);
  const bool another = record.route + 1 < record.routes.size() && record.what.owner.kind != Owner::Kind::Nobody;
  if (another) record.silence_ends = now + kSilence;
  transaction::Actions actions;
  if (record.what.head.method == Method::Invite) {
    record.machine.emplace<transaction::InviteClient>(shared_.timers, route.transport, now, actions);
  } else {
    record.machine.emplace<transaction::NonInviteClient>(shared_.timers, route.transport, now, actions);
  }
  carry_out(record, std::move(actions), nullptr, now);
}

void ClientRequests::send_again(TransactionId answered, std::uint32_t cseq, Authorizations authorizations, AuthAttempt attempt,
                                base::TimePoint now) {
  const auto at = records_.find(answered);
  if (at == records_.end()) return;
  Record& old = *at->second;
  Outgoing request = old.what;
  request.head.cseq = cseq;
  request.authorizations = std::move(authorizations);
  request.attempt = std::move(attempt);
  Record& next = make(std::move(request));
  next.routes = old.routes;
  next.route = old.route;
  next.stream_tried = old.stream_tried;
  release(old.what.owner);
  old.what.owner = {};
  launch(next, now);
}

void ClientRequests::carry_out(Record& record, transaction::Actions actions, const Message* response, base::TimePoint now) {
  // Send ACKs first: a response may cause the same request to the next candidate, which must follow the ACK.
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
      const bool lost = ended->why != transaction::Ended::Why::Done && !record.final_answer && !record.left;
      if (lost && (record.answered || !try_next_route(record, std::nullopt, Leaving::Done, now))) {
        const bool transport = ended->why == transaction::Ended::Why::TransportError;
        fail(record, transport ? session::Failure::Transport : session::Failure::Timeout, now);
      }
      finish(record);
    }
  }
  if (!record.dead) watch(record);
}

/// Closes the connection if the registrar did not respond to a REGISTER at all. The registrar is no longer at the other end, and
/// the next messages would be lost too. The system itself needs a quarter of an hour to notice.
void ClientRequests::mind_silence(const Record& record) {
  if (record.answered || record.what.head.method != Method::Register || !is_reliable(record.flow.transport)) return;
  ++shared_.counters.dead_flows;
  shared_.outbox.closes.push_back(record.flow);
}

void ClientRequests::watch(Record& record) {
  std::optional<base::TimePoint> due;
  if (const auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) due = invite->next_deadline();
  if (const auto* other = std::get_if<transaction::NonInviteClient>(&record.machine)) due = other->next_deadline();
  if (record.silence_ends && (!due || *record.silence_ends < *due)) due = record.silence_ends;
  deadlines_.set(record.id, due);
}

void ClientRequests::deliver(Record& record, const Message& response, base::TimePoint now) {
  const bool first = !std::exchange(record.answered, true);
  const int status = response.status();
  const bool known_behind = std::exchange(record.answered_for_real, record.answered_for_real || status > 100);
  record.silence_ends.reset();
  const bool invite = record.what.head.method == Method::Invite;
  if (status >= 200) record.final_answer = true;
  if (status < 200 && record.cancel_wanted) send_cancel(record, now);
  if (invite && status >= 200 && status < 300) {
    const std::string tag(response.to().tag().value_or(""));
    if (const auto ack = record.acks.find(tag); ack != record.acks.end()) {
      // RFC 3261 section 13.2.2.4
      return shared_.outbox.transmits.push_back({ack->second.flow, ack->second.bytes});
    }
  }
  const bool back = record.left;
  if (back && !on_left(record, response, now)) return;
  // RFC 3263 section 4.3
  if (status == 503 && !known_behind) {
    const auto after = response.number(HeaderName::RetryAfter);
    if (try_next_route(record, after ? std::optional(std::chrono::seconds(*after)) : std::nullopt, Leaving::Done, now)) return;
  } else if (status != 503) {
    if (record.hop && (first || back) && record.route < record.routes.size())
      memory_.on_answer(*record.hop, record.routes[record.route], now);
  }
  if (loses(record.what, status) && hand_back(record, now)) return;
  if (status > 100) give_up_others(record, now);
  if (first || back) prefer_route(record);
  if (record.what.owner.kind != Owner::Kind::Nobody) outcomes_.push_back({record.id, record.what.owner, &response, {}});
}

/// Stores the connection's local end, so that later messages on this route (a copy with credentials, or a request within the
/// call) name an address that reaches us.
void ClientRequests::learn_own_end(Record& record, const Flow& connection) {
  if (!is_reliable(connection.transport) || record.route >= record.routes.size()) return;
  set_own_end(record.routes[record.route], connection);
  if (record.hop && record.what.owner.kind == Owner::Kind::Session)
    hops_.learn_own_end(record.what.owner.id, *record.hop, connection);
}

void ClientRequests::fail(Record& record, session::Failure failure, base::TimePoint now) {
  if (hand_back(record, now)) return finish(record);
  if (record.hop && record.what.owner.kind == Owner::Kind::Session) hops_.forget(record.what.owner.id, *record.hop);
  if (record.what.owner.kind != Owner::Kind::Nobody)
    outcomes_.push_back({record.id, record.what.owner, nullptr, failure, std::move(record.trouble)});
  finish(record);
}

void ClientRequests::finish(Record& record) {
  if (std::exchange(record.dead, true)) return;
  drop_out(record);
  shared_.table.erase(record.id);
  deadlines_.set(record.id, std::nullopt);
  dead_.push_back(record.id);
}

bool ClientRequests::on_response(const Message& response, const Flow& flow, base::TimePoint now) {
  const auto id = shared_.table.find_client(transaction::client_key(response));
  if (!id) return false;
  const auto at = records_.find(*id);
  if (at == records_.end() || at->second->dead) return false;
  Record& record = *at->second;
  // RFC 3261 section 18.1.2
  if (!is_sent_by(response.top_via(), record.flow.local)) return false;
  learn_own_end(record, flow);
  transaction::Actions actions;
  if (auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) {
    if (response.status() >= 300 && record.ack.empty()) record.ack = compose_ack(record.what.head, record.flow, record.branch, response);
    invite->on_response(response.status(), now, actions);
    if (record.limited) invite->on_cancelled(now);
  } else if (auto* other = std::get_if<transaction::NonInviteClient>(&record.machine)) {
    other->on_response(response.status(), now, actions);
  }
  carry_out(record, std::move(actions), &response, now);
  return true;
}

void ClientRequests::on_flow_failed(const Flow& flow, std::string_view why, base::TimePoint now) {
  acks_by_datagram(flow, now);
  // A connection that never came up has no local end.
  if (is_reliable(flow.transport) && flow.id != FlowId{}) hops_.forget_own_end(flow);
  std::vector<TransactionId> hit;
  for (const auto& [id, record] : records_) {
    // Further responses to a request that already got one may arrive over a new connection: RFC 3261 section 18.2.2.
    if (record->dead || record->answered || record->machine.index() == 0) continue;
    if (same_way(record->flow, flow)) hit.push_back(id);
  }
  std::sort(hit.begin(), hit.end());  // Sort them, because the order of the hash table is arbitrary.
  for (const TransactionId id : hit) {
    Record& record = *records_.at(id);
    record.trouble = why;
    transaction::Actions actions;
    if (auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) invite->on_transport_error(now, actions);
    if (auto* other = std::get_if<transaction::NonInviteClient>(&record.machine)) other->on_transport_error(now, actions);
    carry_out(record, std::move(actions), nullptr, now);
  }
}

void ClientRequests::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    const auto at = records_.find(*id);
    if (at == records_.end() || at->second->dead) continue;
    Record& record = *at->second;
    if (record.silence_ends && *record.silence_ends <= now) {
      record.silence_ends.reset();
      if (try_next_route(record, std::nullopt, Leaving::Waiting, now)) continue;
    }
    transaction::Actions actions;
    if (auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) invite->on_time(now, actions);
    if (auto* other = std::get_if<transaction::NonInviteClient>(&record.machine)) other->on_time(now, actions);
    carry_out(record, std::move(actions), nullptr, now);
  }
}

ClientRequests::Record* ClientRequests::find_invite(const Owner& owner) {
  const auto current = current_.find(owner);
  if (current == current_.end()) return nullptr;
  const auto at = records_.find(current->second);
  return at == records_.end() || at->second->dead ? nullptr : at->second.get();
}

void ClientRequests::cancel(const Owner& owner, HeaderList headers, base::TimePoint now) {
  Record* invite = find_invite(owner);
  if (invite == nullptr || invite->final_answer) return;
  if (!headers.empty()) invite->cancel_headers = std::move(headers);
  invite->cancel_wanted = true;
  give_up_others(*invite, now);
  if (invite->answered) send_cancel(*invite, now);
}

void ClientRequests::limit(std::uint64_t session, base::TimePoint now) {
  for (const auto purpose : {session::Purpose::Invite, session::Purpose::Reinvite}) {
    const auto current = current_.find({Owner::Kind::Session, session, purpose});
    const auto at = current == current_.end() ? records_.end() : records_.find(current->second);
    if (at == records_.end() || at->second->dead) continue;
    Record& record = *at->second;
    record.limited = true;
    if (auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) {
      invite->on_cancelled(now);
      deadlines_.set(record.id, invite->next_deadline());
    }
  }
}

void ClientRequests::withdraw(std::uint64_t session, HeaderList headers, base::TimePoint now) {
  Record* invite = find_invite({Owner::Kind::Session, session, session::Purpose::Invite});
  if (invite == nullptr) return;
  invite->cancel_headers = std::move(headers);
  give_up_others(*invite, now);
  if (invite->machine.index() == 0) return fail(*invite, session::Failure::Timeout, now);
  invite->cancel_wanted = true;  // The INVITE was sent: its first provisional response triggers the CANCEL.
}

void ClientRequests::send_cancel(Record& invite, base::TimePoint now) {
  if (std::exchange(invite.cancelled, true)) return;
  std::get<transaction::InviteClient>(invite.machine).on_cancelled(now);
  deadlines_.set(invite.id, std::get<transaction::InviteClient>(invite.machine).next_deadline());
  // Same branch, same flow, same route: RFC 3261 section 9.1.
  Outgoing request;
  request.head = invite.what.head;
  request.head.method = Method::Cancel;
  request.headers = invite.cancel_headers;
  Record& cancel = make(std::move(request));
  cancel.routes = {invite.routes[invite.route]};
  cancel.flow = invite.flow;
  cancel.branch = invite.branch;
  cancel.bytes = write(cancel.what, cancel.flow, cancel.branch);
  if (!shared_.table.add_client(transaction::client_key(cancel.branch, to_string(Method::Cancel)), cancel.id))
    return finish(cancel);
  transaction::Actions actions;
  cancel.machine.emplace<transaction::NonInviteClient>(shared_.timers, cancel.flow.transport, now, actions);
  carry_out(cancel, std::move(actions), nullptr, now);
}

/// Starts the call's next requests at the address that responded.
void ClientRequests::prefer_route(const Record& record) {
  if (record.route == 0 || record.what.owner.kind != Owner::Kind::Session) return;
  if (record.hop) hops_.prefer(record.what.owner.id, *record.hop, record.routes[record.route]);
}

std::string ClientRequests::write(const Outgoing& request, const Flow& flow, std::string_view branch) {
  const std::string contact = shared_.contacts.contact(request.owner, request.head.method, flow);
  return compose(request, flow, branch, contact, {shared_.user_agent, shared_.can});
}

std::optional<ClientRequests::Outcome> ClientRequests::take_outcome() {
  if (outcomes_.empty()) return std::nullopt;
  const Outcome outcome = outcomes_.front();
  outcomes_.erase(outcomes_.begin());
  return outcome;
}

const Outgoing* ClientRequests::request(TransactionId id) const {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : &at->second->what;
}

const Flow* ClientRequests::flow(TransactionId id) const {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : &at->second->flow;
}

std::optional<base::SocketAddress> ClientRequests::own_end(TransactionId id) const {
  const auto at = records_.find(id);
  if (at == records_.end() || at->second->route >= at->second->routes.size()) return std::nullopt;
  return at->second->routes[at->second->route].local;
}

const std::vector<Route>* ClientRequests::routes(TransactionId id) const {
  const auto at = records_.find(id);
  return at == records_.end() ? nullptr : &at->second->routes;
}

void ClientRequests::collect(std::vector<std::uint64_t>& ended) {
  for (const TransactionId id : dead_) {
    const auto at = records_.find(id);
    if (at == records_.end()) continue;
    const Owner owner = at->second->what.owner;
    if (const auto current = current_.find(owner); current != current_.end() && current->second == id) current_.erase(current);
    records_.erase(at);
    release(owner);
  }
  dead_.clear();
  base::shrink(records_);
  for (const std::uint64_t session : released_) {
    if (!open_.contains(session)) ended.push_back(session);
  }
  released_.clear();
}

bool ClientRequests::uses(const Flow& flow) const {
  return std::any_of(records_.begin(), records_.end(),
                     [&](const auto& entry) { return !entry.second->dead && same_way(entry.second->flow, flow); });
}

std::size_t ClientRequests::unfinished() const {
  const auto waiting = std::count_if(records_.begin(), records_.end(),
                                     [](const auto& entry) { return !entry.second->dead && !entry.second->final_answer; });
  return static_cast<std::size_t>(waiting) + pending_acks_.size() + large_acks_.size();
}

void ClientRequests::add_to(StackSizes& sizes) const {
  sizes.requests_sent += records_.size();
  sizes.look_ups += look_ups_.size() + stream_look_ups_.size() + pending_acks_.size() + large_acks_.size();
  sizes.routes += hops_.size();
  sizes.timers += deadlines_.size();
}

bool ClientRequests::is_consistent() const {
  return std::all_of(records_.begin(), records_.end(), [&](const auto& entry) {
    const Record& record = *entry.second;
    if (record.dead) return true;
    const auto is_left = [&](TransactionId id) {
      const Record* other = find(id);
      return other != nullptr && other->left && !other->given_up && other->holder == record.id;
    };
    if (record.left && !record.behind.empty()) return false;
    if (!std::all_of(record.behind.begin(), record.behind.end(), is_left)) return false;
    if (const auto* invite = std::get_if<transaction::InviteClient>(&record.machine)) return invite->is_consistent();
    if (const auto* other = std::get_if<transaction::NonInviteClient>(&record.machine)) return other->is_consistent();
    return true;
  });
}

}  // namespace offhook::inline v0::sip
