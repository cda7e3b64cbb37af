#include <offhook/sip/stack/call_table.hpp>

#include <offhook/base/shrink.hpp>
#include <offhook/sip/model/capabilities.hpp>
#include <offhook/sip/model/counters.hpp>
#include <offhook/sip/session/call_terms.hpp>
#include <offhook/sip/stack/call_events.hpp>
#include <offhook/sip/stack/call_record.hpp>
#include <offhook/sip/stack/hop.hpp>
#include <offhook/sip/stack/leg.hpp>
#include <offhook/sip/stack/outside.hpp>
#include <offhook/sip/stack/related_calls.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip {

CallTable::CallTable(StackParts parts, std::uint64_t first_id) : parts_(parts), last_id_(first_id) {}
CallTable::~CallTable() = default;

bool CallTable::is_full() const { return live_ >= parts_.options.limits.sessions; }

CallTable::Leg* CallTable::find(SessionId id) const {
  const auto at = legs_.find(id);
  return at == legs_.end() ? nullptr : at->second.get();
}

CallTable::Leg* CallTable::find(const Message& in_dialog) const {
  const auto id = by_dialog_.find(in_dialog);
  return id ? find(*id) : nullptr;
}

CallTable::Leg& CallTable::add(std::string call_id, std::string local_tag, std::optional<AccountId> account, std::string user) {
  const SessionId id{++last_id_};
  auto leg = std::make_unique<Leg>();
  leg->id = id;
  leg->call_id = std::move(call_id);
  leg->local_tag = std::move(local_tag);
  leg->account = account;
  leg->user = std::move(user);
  by_dialog_.add(leg->call_id, leg->local_tag, id);
  parts_.accounts.hold(account);
  ++live_;
  return *legs_.emplace(id, std::move(leg)).first->second;
}

std::optional<int> CallTable::turn_away(const Message& invite, const Flow& flow, bool proven) {
  const int status = admit(parts_.accounts, parts_.outbox, parts_.counters, invite, flow, proven).refused;
  return status == 0 ? std::nullopt : std::optional(status);
}

void CallTable::on_invite(TransactionId id, base::TimePoint now) {
  const Message& invite = *parts_.servers.request(id);
  const Flow flow = *parts_.servers.flow(id);
  const auto refuse = [&](int status, const HeaderList& headers = {}) { parts_.servers.respond(id, status, headers, {}, {}, now); };
  if (!takes_calls()) {
    if (accepting_) ++parts_.counters.refused_limit;
    return refuse(503, {{"Retry-After", std::string(kRetryAfter)}});
  }
  const auto account = parts_.accounts.named_by(invite.request_uri(), flow.remote.ip);
  const std::string tag = *parts_.servers.tag(id);
  auto dialog = Dialog::as_server(invite, tag);
  if (!dialog) return refuse(400);
  const AccountOptions* options = account ? parts_.accounts.options(*account) : nullptr;
  const SessionTimerOptions timer = options != nullptr ? options->session_timer : SessionTimerOptions{};
  const Reliability reliability = options != nullptr ? options->reliability : Reliability::Supported;
  if (const auto refusal = session::refusal_of_terms(invite, timer, reliability))
    return parts_.servers.respond(id, refusal->status, {}, {}, {}, now, refusal->own);
  const auto replaced = replaced_by(invite, account);
  if (!replaced) return refuse(replaced.error());
  parts_.servers.respond(id, 100, {}, {}, {}, now);
  Leg& leg = add(std::string(invite.call_id()), tag, account, user_of(invite.request_uri()));
  const SessionId session = leg.id;
  session::ConfirmedCall::Setup setup{session, parts_.timers, false, timer, reliability, {}};
  if (options != nullptr) setup.info_packages = options->info_packages;
  auto made = std::make_unique<session::InviteServerSession>(std::move(setup), std::move(*dialog), id, invite, parts_.random, now);
  leg.incoming = made.get();
  leg.way = flow;
  leg.session = std::move(made);
  deadlines_.set(session, leg.session->next_deadline());
  parts_.servers.assign(id, session.value);
  leg.replaces = *replaced;
  IncomingCall call = call_record(invite);
  call.asserted = leg.asserted = asserted_of(parts_.accounts, account, invite, flow);
  call.session = session;
  call.account = account;
  call.source = flow.remote;
  call.transport = flow.transport;
  call.replaces = *replaced;
  call.proven_user = parts_.servers.proven(id);
  parts_.outbox.events.push_back(std::move(call));
}

/// Returns the call that this INVITE is to replace, or the status that refuses it: RFC 3891 section 3. Any source that may call
/// that call's account may replace it, because the INVITE must contain tags that cannot be guessed.
base::Result<std::optional<SessionId>, int> CallTable::replaced_by(const Message& invite, std::optional<AccountId> account) const {
  auto lines = invite.lines(HeaderName::Replaces);
  const auto value = lines.next();
  if (!value) return std::nullopt;
  const auto replaces = parse_replaces(*value);
  if (!replaces || lines.next() || invite.find("Join")) return base::fail(400);
  const auto named = by_dialog_.find(replaces->call_id, replaces->to_tag);
  const Leg* leg = named ? find(*named) : nullptr;
  const bool ours = leg != nullptr && leg->account == account;
  const auto standing = ours ? leg->session->standing(replaces->from_tag) : session::Standing::Unknown;
  if (const int status = session::refusal_of_replacement(standing, replaces->early_only)) return base::fail(int{status});
  return leg->id;
}

void CallTable::on_in_dialog(TransactionId id, base::TimePoint now) {
  const Message& request = *parts_.servers.request(id);
  Leg* leg = find(request);
  if (leg == nullptr) return parts_.servers.respond(id, 481, {}, {}, {}, now);
  leg->way = *parts_.servers.flow(id);
  session::Actions actions;
  leg->session->on_request(id, request, now, actions);
  add_carried(parts_.accounts, *leg, request, actions);
  carry_out(*leg, std::move(actions), now);
  // The phone layer may need time to answer: RFC 3261 section 17.2.1. No effect if the session has already answered.
  if (request.method() == Method::Invite) parts_.servers.respond(id, 100, {}, {}, {}, now);
}

void CallTable::on_cancel(TransactionId cancel, std::optional<TransactionId> invite, base::TimePoint now) {
  const Message& request = *parts_.servers.request(cancel);
  Leg* leg = invite ? find(SessionId{parts_.servers.session(*invite)}) : nullptr;
  if (invite) parts_.servers.share_tag(cancel, *invite);
  parts_.servers.respond(cancel, invite ? 200 : 481, {}, {}, {}, now);  // RFC 3261 section 9.2
  if (leg == nullptr) return;
  session::Actions actions;
  leg->session->on_cancel(*invite, request, now, actions);
  add_carried(parts_.accounts, *leg, request, actions);
  carry_out(*leg, std::move(actions), now);
}

void CallTable::on_refused(const Message& refused) {
  Leg* leg = find(refused);
  if (Dialog* dialog = leg != nullptr ? leg->session->dialog_of(refused) : nullptr) dialog->on_refused(refused);
}

std::uint64_t CallTable::session_of(const Message& request) const {
  if (request.method() == Method::Cancel) {
    const auto invite = parts_.servers.cancelled(request);
    return invite ? parts_.servers.session(*invite) : 0;
  }
  const Leg* leg = find(request);
  return leg != nullptr ? leg->id.value : 0;
}

void CallTable::on_ack(const Message& ack, base::TimePoint now) {
  Leg* leg = find(ack);
  if (leg == nullptr) {
    ++parts_.counters.stray_acks;
    return;
  }
  session::Actions actions;
  leg->session->on_ack(ack, now, actions);
  add_carried(parts_.accounts, *leg, ack, actions);
  carry_out(*leg, std::move(actions), now);
}

void CallTable::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
  Leg* leg = find(SessionId{outcome.owner.id});
  if (leg == nullptr) return;
  const session::Purpose purpose = outcome.owner.purpose;
  const ClientRecord* request = parts_.clients.record(outcome.id);
  if (request != nullptr && outcome.response != nullptr) leg->way = request->flow;
  session::Actions actions;
  if (outcome.response == nullptr) {
    leg->session->on_failure(purpose, request != nullptr ? request->what.head : RequestHead{}, outcome.failure, now, actions);
    add_reason(outcome.trouble, actions);
  } else {
    if (answer_challenge(*leg, outcome, actions, now)) return carry_out(*leg, std::move(actions), now);
    leg->session->on_response(purpose, *outcome.response, now, actions);
    add_carried(parts_.accounts, *leg, *outcome.response, actions);
    auto asserted = leg->way ? asserted_of(parts_.accounts, leg->account, *outcome.response, *leg->way) : std::nullopt;
    if (asserted) leg->asserted = std::move(asserted);
  }
  carry_out(*leg, std::move(actions), now);
}

void CallTable::on_flow_failed(const Flow& flow) {
  if (!is_reliable(flow.transport)) return;
  for (auto& [id, leg] : legs_) {
    // The NAT assigns another port to the next connection.
    if (leg->seen && same_way(leg->seen->flow, flow)) leg->seen.reset();
  }
}

bool CallTable::answer_challenge(Leg& leg, const ClientRequests::Outcome& outcome, session::Actions& actions, base::TimePoint now) {
  AuthAttempt attempt;
  auto credentials =
      sip::answer_challenge(parts_.clients, parts_.accounts, parts_.random, outcome, leg.account, leg.digest, attempt);
  const ClientRecord* request = parts_.clients.record(outcome.id);
  if (!credentials || request == nullptr) return false;
  const auto cseq = leg.session->take_cseq(outcome.owner.purpose, request->what.head, actions);
  if (!cseq) return false;
  leg.seen = seen_address(*outcome.response, request->flow);
  parts_.clients.send_again(outcome.id, *cseq, std::move(*credentials), std::move(attempt), now);
  return true;
}

void CallTable::carry_out(Leg& leg, session::Actions actions, base::TimePoint now) {
  for (session::Action& action : actions) {
    if (auto* response = std::get_if<session::Respond>(&action)) {
      respond(leg, *response, now);
    } else if (auto* again = std::get_if<session::RepeatAnswer>(&action)) {
      parts_.servers.repeat(again->request, now);
    } else if (auto* request = std::get_if<session::Send>(&action)) {
      send(leg, std::move(*request), now);
    } else if (const auto* cancel = std::get_if<session::Cancel>(&action)) {
      const bool parts = cancel->purpose == session::Purpose::Invite;
      parts_.clients.cancel({Owner::Kind::Session, leg.id.value, cancel->purpose}, parts ? leg.parting : HeaderList(), now);
    } else if (std::holds_alternative<session::CountDropped>(action)) {
      ++parts_.counters.refused_limit;
    } else if (std::holds_alternative<session::Withdraw>(action)) {
      parts_.clients.withdraw(leg.id.value, leg.parting, now);
    } else if (auto* ack = std::get_if<session::SendAck>(&action)) {
      parts_.clients.send_ack(leg.id.value, std::move(*ack), now);
    } else if (auto* emit = std::get_if<session::Emit>(&action)) {
      if (std::holds_alternative<CallEnded>(emit->event) && !std::exchange(leg.over, true)) --live_;
      report_progress(*this, leg, emit->event, now);
      parts_.outbox.events.push_back(std::move(emit->event));
    }
  }
  if (leg.session->is_over()) {
    parts_.clients.limit(leg.id.value, now);
    ended_.push_back(leg.id.value);
  }
  deadlines_.set(leg.id, leg.session->next_deadline());
}

void CallTable::send(const Leg& leg, session::Send request, base::TimePoint now) {
  auto way = leg.account ? parts_.accounts.outbound_route(*leg.account) : OutboundRoute{};
  Outgoing out;
  out.owner = {Owner::Kind::Session, leg.id.value, request.purpose};
  out.to_registrar = request.purpose == session::Purpose::Invite && !way.next_hop.empty() && request.head.next_hop == way.next_hop;
  if (out.to_registrar) out.alternatives = std::move(way.alternatives);
  out.peer_opened = leg.incoming != nullptr;
  out.head = std::move(request.head);
  out.headers = std::move(request.headers);
  if (request.purpose == session::Purpose::Bye) out.headers.insert(out.headers.end(), leg.parting.begin(), leg.parting.end());
  out.body = std::move(request.body);
  out.own = std::move(request.own);
  parts_.clients.send(std::move(out), now);
}

void CallTable::respond(Leg& leg, const session::Respond& response, base::TimePoint now) {
  const Message* request = parts_.servers.request(response.request);
  const Flow* flow = parts_.servers.flow(response.request);
  if (request == nullptr || flow == nullptr) return;
  const Method method = request->method();
  const bool target =
      method == Method::Invite || method == Method::Update || method == Method::Refer || method == Method::Subscribe;
  HeaderList headers = response.headers;
  const bool answers = response.status >= 200 && request->method() == Method::Invite;
  if (answers) {
    for (auto& extra : std::exchange(leg.answering, {})) headers.push_back(std::move(extra));
  }
  if (response.status / 100 == 2 && method != Method::Bye) {
    if (auto changed = learn_peer(parts_.accounts, leg, *request, *flow)) parts_.outbox.events.push_back(std::move(*changed));
  }
  const std::string own = target && response.status > 100 && response.status < 300 ? contact(leg.id.value, *flow) : std::string();
  parts_.servers.respond(response.request, response.status, headers, response.body, own, now, response.own);
  if (!answers || !leg.replaces) return;
  const SessionId replaced = *std::exchange(leg.replaces, std::nullopt);
  if (response.status < 300) end_replaced(*this, replaced, now);
}

void CallTable::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    Leg* leg = find(*id);
    if (leg == nullptr) continue;
    session::Actions actions;
    leg->session->on_time(now, actions);
    carry_out(*leg, std::move(actions), now);
  }
}

std::string CallTable::contact(std::uint64_t session, const Flow& flow) const {
  const Leg* leg = find(SessionId{session});
  if (leg == nullptr) return {};
  Flow seen = flow;
  if (leg->seen && leg->seen->holds_for(flow)) seen.local = leg->seen->address;
  if (leg->account) return parts_.accounts.contact(*leg->account, seen, leg->anonymous ? AccountTable::As::Anonymous : AccountTable::As::Named);
  return "<" + parts_.accounts.own_uri(leg->user, flow) + ">";
}

std::optional<Flow> CallTable::way(std::uint64_t session) const {
  const Leg* leg = find(SessionId{session});
  return leg != nullptr ? leg->way : std::nullopt;
}

void CallTable::collect() {
  parts_.clients.collect(ended_);
  parts_.servers.collect(ended_);
  for (const std::uint64_t number : ended_) {
    const SessionId id{number};
    const Leg* leg = find(id);
    if (leg == nullptr || !leg->session->is_over()) continue;
    if (leg->session->next_deadline() || parts_.clients.owns_any(number) || parts_.servers.owns_any(number)) continue;
    by_dialog_.erase(leg->call_id, leg->local_tag);
    deadlines_.set(id, std::nullopt);
    parts_.clients.forget(number);
    parts_.accounts.release(leg->account);
    legs_.erase(id);
  }
  ended_.clear();
  base::shrink(legs_);
}

bool CallTable::knows(const Message& in_dialog) const {
  const Leg* leg = find(in_dialog);
  return leg != nullptr && !leg->over;
}

bool CallTable::uses(const Flow& flow) const {
  return std::any_of(legs_.begin(), legs_.end(), [&](const auto& entry) {
    return !entry.second->over && entry.second->way && same_way(*entry.second->way, flow);
  });
}

std::size_t CallTable::unfinished() const {
  return static_cast<std::size_t>(std::count_if(legs_.begin(), legs_.end(), [](const auto& entry) {
    if (!entry.second->over) return true;
    // A peer that hung up but still waits for reports on its referred call does not delay us.
    const auto* call = entry.second->session->confirmed();
    const bool reports_only =
        call != nullptr && call->referral().under_way() && call->state() == session::ConfirmedCall::State::Over;
    return entry.second->session->next_deadline() && !reports_only;
  }));
}

bool CallTable::is_consistent() const {
  const auto live = std::count_if(legs_.begin(), legs_.end(), [](const auto& entry) { return !entry.second->over; });
  if (static_cast<std::size_t>(live) != live_ || by_dialog_.size() != legs_.size()) return false;
  return std::all_of(legs_.begin(), legs_.end(), [](const auto& entry) {
    return entry.second->session->is_consistent() && entry.second->over == entry.second->session->is_over();
  });
}

}  // namespace offhook::inline v0::sip
