#include <offhook/sip/stack/calls.hpp>

#include <offhook/sip/stack/capabilities.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace offhook::inline v0::sip {

struct Calls::Leg {
  SessionId id;
  std::string call_id, local_tag;
  std::optional<AccountId> account;
  std::string user;  // Of our Contact, when no account names one.
  std::unique_ptr<session::Session> session;
  session::InviteServerSession* incoming = nullptr;  // The same, when the call came to us.
  /// Of this call alone: who challenges us through the registrar is anybody, and must not touch what REGISTER and other calls
  /// remember of realms, nonces and strengths.
  std::optional<DigestClient> digest;
  std::optional<Flow> way;  // That the last request or response took.
  bool over = false;
};

namespace {

/// What IncomingCall tells in fields of its own, what only this hop needs, and what could pass for a proven identity.
bool is_carried(HeaderName name) {
  switch (name) {
    case HeaderName::Via:
    case HeaderName::From:
    case HeaderName::To:
    case HeaderName::CallId:
    case HeaderName::CSeq:
    case HeaderName::MaxForwards:
    case HeaderName::ContentLength:
    case HeaderName::ContentType:
    case HeaderName::Authorization:
    case HeaderName::ProxyAuthorization:
    case HeaderName::Route:
    case HeaderName::RecordRoute:
    case HeaderName::PAssertedIdentity: return false;
    default: return true;
  }
}

Party party_of(const NameAddr& party) { return {std::string(party.uri.text), party.display_text()}; }

}  // namespace

Calls::Calls(Shared shared) : shared_(shared), last_id_(shared.first_id) {}
Calls::~Calls() = default;

Calls::Leg* Calls::find(SessionId id) const {
  const auto at = legs_.find(id);
  return at == legs_.end() ? nullptr : at->second.get();
}

Calls::Leg* Calls::find(const Message& in_dialog) const {
  const auto at = by_dialog_.find({std::string(in_dialog.call_id()), std::string(in_dialog.to().tag().value_or(""))});
  return at == by_dialog_.end() ? nullptr : find(at->second);
}

LegName Calls::name(SessionId id) const {
  const Leg* leg = find(id);
  return leg == nullptr ? LegName{} : LegName{leg->call_id, leg->local_tag};
}

Calls::Leg& Calls::add(SessionId id, std::string call_id, std::string local_tag, std::optional<AccountId> account,
                       std::string user) {
  auto leg = std::make_unique<Leg>();
  leg->id = id;
  leg->call_id = std::move(call_id);
  leg->local_tag = std::move(local_tag);
  leg->account = account;
  leg->user = std::move(user);
  by_dialog_[{leg->call_id, leg->local_tag}] = id;
  ++live_;
  return *legs_.emplace(id, std::move(leg)).first->second;
}

void Calls::on_invite(TransactionId id, base::TimePoint now) {
  const Message& invite = *shared_.servers.request(id);
  const Flow flow = *shared_.servers.flow(id);
  const auto refuse = [&](int status, HeaderList headers = {}) { shared_.servers.respond(id, status, headers, {}, {}, now); };
  if (!accepting_ || live_ >= shared_.max_sessions) {
    if (accepting_) ++shared_.counters.refused_limit;
    return refuse(503, {{"Retry-After", std::string(kRetryAfter)}});
  }
  const auto account = shared_.accounts.named_by(invite.request_uri(), flow.remote.ip);
  if (!shared_.accounts.empty() && (!account || !shared_.accounts.accepts(*account, flow.remote.ip))) {
    const bool stranger = !shared_.accounts.knows(flow.remote.ip);  // Who must not learn which of our users there are.
    if (stranger) tell_stranger(flow.remote);
    return refuse(stranger ? 403 : 404);
  }
  const std::string tag = *shared_.servers.tag(id);
  auto dialog = Dialog::as_server(invite, tag);
  if (!dialog) return refuse(400);
  const AccountOptions* options = account ? shared_.accounts.options(*account) : nullptr;
  const SessionTimerOptions timer = options != nullptr ? options->session_timer : SessionTimerOptions{};
  if (timer.use == SessionTimerOptions::Use::Off && invite.lists(HeaderName::Require, "timer"))
    return refuse(420, {{"Unsupported", "timer"}});
  if (const auto least = session::SessionTimer::too_short(timer, session::SessionTimer::asked_by(invite)))
    return shared_.servers.respond(id, 422, {}, {}, {}, now, {{"Min-SE", std::to_string(*least)}});
  shared_.servers.respond(id, 100, {}, {}, {}, now);
  const SessionId session{++last_id_};
  Leg& leg = add(session, std::string(invite.call_id()), tag, account, user_of(invite.request_uri()));
  auto made = std::make_unique<session::InviteServerSession>(session::ConfirmedCall::Setup{session, shared_.timers, false, timer},
                                                             std::move(*dialog), id, invite, shared_.random);
  leg.incoming = made.get();
  leg.way = flow;
  leg.session = std::move(made);
  shared_.servers.assign(id, session.value);
  tell_incoming(leg, invite, flow);
}

void Calls::tell_stranger(const base::SocketAddress& source) {
  const std::uint64_t so_far = ++shared_.counters.refused_source;
  if (std::has_single_bit(so_far)) shared_.outbox.events.push_back(StrangerRefused{source, so_far});
}

void Calls::tell_incoming(const Leg& leg, const Message& invite, const Flow& flow) {
  IncomingCall call;
  call.session = leg.id;
  call.account = leg.account;
  call.call_id = leg.call_id;
  call.request_uri = std::string(invite.request_uri());
  call.from = party_of(invite.from());
  call.to = party_of(invite.to());
  if (leg.account && shared_.accounts.is_registrar(*leg.account, flow.remote.ip)) {
    const auto asserted = invite.name_addrs(HeaderName::PAssertedIdentity, 2);  // RFC 3325 section 9.1: one or two.
    if (asserted && !asserted->empty()) call.asserted = party_of(asserted->front());
  }
  for (const Header& header : invite.headers()) {
    if (is_carried(header.id)) call.headers.emplace_back(header.name, header.value);
  }
  call.offer = session::body_of(invite);
  call.source = flow.remote;
  shared_.outbox.events.push_back(std::move(call));
}

void Calls::on_in_dialog(TransactionId id, base::TimePoint now) {
  const Message& request = *shared_.servers.request(id);
  Leg* leg = find(request);
  if (leg == nullptr) return shared_.servers.respond(id, 481, {}, {}, {}, now);
  leg->way = *shared_.servers.flow(id);
  session::Actions actions;
  leg->session->on_request(id, request, now, actions);
  carry_out(*leg, std::move(actions), now);
  // The phone may take its time: RFC 3261 section 17.2.1. Without effect when the session has answered already.
  if (request.method() == Method::Invite) shared_.servers.respond(id, 100, {}, {}, {}, now);
}

void Calls::on_cancel(TransactionId cancel, std::optional<TransactionId> invite, base::TimePoint now) {
  const Message& request = *shared_.servers.request(cancel);
  Leg* leg = invite ? find(SessionId{shared_.servers.session(*invite)}) : nullptr;
  if (invite) shared_.servers.share_tag(cancel, *invite);
  shared_.servers.respond(cancel, invite ? 200 : 481, {}, {}, {}, now);  // RFC 3261 section 9.2
  if (leg == nullptr) return;
  session::Actions actions;
  leg->session->on_cancel(*invite, request, now, actions);
  carry_out(*leg, std::move(actions), now);
}

std::uint64_t Calls::session_of(const Message& request) const {
  if (request.method() == Method::Cancel) {
    const auto invite = shared_.servers.cancelled(request);
    return invite ? shared_.servers.session(*invite) : 0;
  }
  const Leg* leg = find(request);
  return leg != nullptr ? leg->id.value : 0;
}

void Calls::on_ack(const Message& ack, base::TimePoint now) {
  Leg* leg = find(ack);
  if (leg == nullptr) {
    ++shared_.counters.stray_acks;
    return;
  }
  session::Actions actions;
  leg->session->on_ack(ack, now, actions);
  carry_out(*leg, std::move(actions), now);
}

void Calls::on_outcome(const ClientRequests::Outcome& outcome, base::TimePoint now) {
  Leg* leg = find(SessionId{outcome.owner.id});
  if (leg == nullptr) return;
  const session::Purpose purpose = outcome.owner.purpose;
  if (const Flow* flow = shared_.clients.flow(outcome.id); flow != nullptr && outcome.response != nullptr) leg->way = *flow;
  session::Actions actions;
  if (outcome.response == nullptr) {
    leg->session->on_failure(purpose, outcome.failure, now, actions);
  } else {
    if (answer_challenge(*leg, outcome, now)) return;
    leg->session->on_response(purpose, *outcome.response, now, actions);
  }
  carry_out(*leg, std::move(actions), now);
}

/// Only towards the account's own registrar: whoever calls us could otherwise challenge our BYE, and so collect digests of our
/// password. RFC 3261 sections 22.2 and 26.
bool Calls::answer_challenge(Leg& leg, const ClientRequests::Outcome& outcome, base::TimePoint now) {
  const int status = outcome.response->status();
  const Outgoing* request = shared_.clients.request(outcome.id);
  const Flow* flow = shared_.clients.flow(outcome.id);
  if (request == nullptr || flow == nullptr || !leg.account) return false;
  const AccountOptions* account = shared_.accounts.options(*leg.account);
  if (account == nullptr) return false;
  if (status >= 200 && status < 300 && leg.digest) leg.digest->on_success(*outcome.response, request->attempt);
  if (status != 401 && status != 407) return false;
  if (request->to_registrar) shared_.accounts.learn_registrar(*leg.account, flow->remote.ip);
  if (!shared_.accounts.is_registrar(*leg.account, flow->remote.ip)) return false;
  if (!shared_.accounts.may_answer(*leg.account, *outcome.response)) return false;
  if (!leg.digest) leg.digest.emplace(Credentials{account->username, account->password});
  AuthAttempt attempt = request->attempt;
  const AuthorizedRequest what{to_string(request->head.method), request->head.request_uri, request->body.data};
  auto credentials = leg.digest->answer(*outcome.response, what, shared_.random, attempt);
  if (!credentials) return false;
  const auto cseq = leg.session->take_cseq(outcome.owner.purpose, request->head);
  if (!cseq) return false;
  shared_.clients.send_again(outcome.id, *cseq, std::move(*credentials), std::move(attempt), now);
  return true;
}

void Calls::carry_out(Leg& leg, session::Actions actions, base::TimePoint now) {
  for (session::Action& action : actions) {
    if (auto* response = std::get_if<session::Respond>(&action)) {
      respond(leg, *response, now);
    } else if (auto* again = std::get_if<session::RepeatAnswer>(&action)) {
      shared_.servers.repeat(again->request, now);
    } else if (auto* send = std::get_if<session::Send>(&action)) {
      const AccountOptions* account = leg.account ? shared_.accounts.options(*leg.account) : nullptr;
      Outgoing request;
      request.owner = {Owner::Kind::Session, leg.id.value, send->purpose};
      request.to_registrar =
          send->purpose == session::Purpose::Invite && account != nullptr && send->head.next_hop == account->registrar;
      request.head = std::move(send->head);
      request.headers = std::move(send->headers);
      request.body = std::move(send->body);
      request.own = std::move(send->own);
      shared_.clients.send(std::move(request), now);
    } else if (std::holds_alternative<session::Cancel>(action)) {
      shared_.clients.cancel(leg.id.value, now);
    } else if (std::holds_alternative<session::Withdraw>(action)) {
      shared_.clients.withdraw(leg.id.value);
    } else if (auto* ack = std::get_if<session::SendAck>(&action)) {
      shared_.clients.send_ack(leg.id.value, std::move(*ack), now);
    } else if (auto* tell = std::get_if<session::Tell>(&action)) {
      if (std::holds_alternative<CallEnded>(tell->event) && !std::exchange(leg.over, true)) --live_;
      shared_.outbox.events.push_back(std::move(tell->event));
    }
  }
  if (leg.session->is_over()) {
    shared_.clients.limit(leg.id.value, now);
    ended_.push_back(leg.id.value);
  }
  deadlines_.set(leg.id, leg.session->next_deadline());
}

void Calls::respond(Leg& leg, const session::Respond& response, base::TimePoint now) {
  const Message* request = shared_.servers.request(response.request);
  const Flow* flow = shared_.servers.flow(response.request);
  if (request == nullptr || flow == nullptr) return;
  const bool target = request->method() == Method::Invite || request->method() == Method::Update;
  const std::string own = target && response.status > 100 && response.status < 300 ? contact(leg.id.value, *flow) : std::string();
  shared_.servers.respond(response.request, response.status, response.headers, response.body, own, now, response.own);
}

void Calls::on_time(base::TimePoint now) {
  while (const auto id = deadlines_.take_due(now)) {
    Leg* leg = find(*id);
    if (leg == nullptr) continue;
    session::Actions actions;
    leg->session->on_time(now, actions);
    carry_out(*leg, std::move(actions), now);
  }
}

base::Result<SessionId, StackError> Calls::call(CallOptions options, base::TimePoint now) {
  const AccountOptions* account = shared_.accounts.options(options.account);
  if (account == nullptr) return base::fail(StackError::UnknownAccount);
  const auto target = parse_uri(options.target);
  if (!target || !hop_of(account->address_of_record)) return base::fail(StackError::BadUri);
  const std::string request_uri = as_request_uri(*target);
  const std::string next_hop = options.through_registrar ? account->registrar : request_uri;
  if (!hop_of(next_hop)) return base::fail(StackError::BadUri);
  if (live_ >= shared_.max_sessions) return base::fail(StackError::Full);
  const SessionId id{++last_id_};
  const std::string tag = shared_.random.token();
  const std::string display = account->display_name.empty() ? std::string() : quote(account->display_name) + " ";
  RequestHead head;
  head.method = Method::Invite;
  head.request_uri = request_uri;
  head.next_hop = next_hop;
  head.from = display + "<" + account->address_of_record + ">;tag=" + tag;
  head.to = "<" + request_uri + ">";
  head.call_id = shared_.random.token();
  head.cseq = 1;
  Leg& leg = add(id, head.call_id, tag, options.account, {});
  const SessionTimerOptions timer = options.session_timer.value_or(account->session_timer);
  session::Actions actions;
  leg.session = std::make_unique<session::InviteClientSession>(session::ConfirmedCall::Setup{id, shared_.timers, true, timer},
                                                               std::move(head), std::move(options.headers),
                                                               std::move(options.offer), shared_.random, actions);
  carry_out(leg, std::move(actions), now);
  return id;
}

template <class Do>
base::Result<void, StackError> Calls::command(SessionId id, base::TimePoint now, Do what) {
  Leg* leg = find(id);
  if (leg == nullptr) return base::fail(StackError::UnknownSession);
  session::Actions actions;
  if (!what(*leg, actions)) return base::fail(StackError::WrongState);
  carry_out(*leg, std::move(actions), now);
  return {};
}

base::Result<void, StackError> Calls::provisional(SessionId id, int status, Body body, base::TimePoint now) {
  return command(
      id, now, [&](Leg& leg, auto& out) { return leg.incoming && leg.incoming->provisional(status, std::move(body), now, out); });
}

base::Result<void, StackError> Calls::answer(SessionId id, Body body, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.incoming && leg.incoming->answer(std::move(body), now, out); });
}

base::Result<void, StackError> Calls::reject(SessionId id, int status, HeaderList headers, base::TimePoint now) {
  return command(id, now,
                 [&](Leg& leg, auto& out) { return leg.incoming && leg.incoming->reject(status, std::move(headers), out); });
}

base::Result<void, StackError> Calls::hang_up(SessionId id, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->hang_up(now, out); });
}

base::Result<void, StackError> Calls::offer(SessionId id, Body body, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->offer(std::move(body), now, out); });
}

base::Result<void, StackError> Calls::accept_offer(SessionId id, Body body, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->accept_offer(std::move(body), now, out); });
}

base::Result<void, StackError> Calls::refuse_offer(SessionId id, int status, base::TimePoint now) {
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->refuse_offer(status, now, out); });
}

base::Result<void, StackError> Calls::refer(SessionId id, std::string target, base::TimePoint now) {
  if (find(id) != nullptr && !parse_uri(target)) return base::fail(StackError::BadUri);
  return command(id, now, [&](Leg& leg, auto& out) { return leg.session->refer(std::move(target), now, out); });
}

std::string Calls::contact(std::uint64_t session, const Flow& flow) const {
  const Leg* leg = find(SessionId{session});
  if (leg == nullptr) return {};
  if (leg->account) return shared_.accounts.contact(*leg->account, flow);
  return "<" + contact_uri(leg->user, flow.transport, flow.local) + ">";
}

void Calls::collect() {
  shared_.clients.collect(ended_);
  shared_.servers.collect(ended_);
  for (const std::uint64_t number : std::exchange(ended_, {})) {
    const SessionId id{number};
    const Leg* leg = find(id);
    if (leg == nullptr || !leg->session->is_over()) continue;
    if (leg->session->next_deadline() || shared_.clients.owns_any(number) || shared_.servers.owns_any(number)) continue;
    by_dialog_.erase({leg->call_id, leg->local_tag});
    deadlines_.set(id, std::nullopt);
    shared_.clients.forget(number);
    legs_.erase(id);
  }
}

bool Calls::knows(const Message& in_dialog) const {
  const Leg* leg = find(in_dialog);
  return leg != nullptr && !leg->over;
}

bool Calls::uses(const Flow& flow) const {
  return std::any_of(legs_.begin(), legs_.end(), [&](const auto& entry) {
    return !entry.second->over && entry.second->way && same_way(*entry.second->way, flow);
  });
}

std::size_t Calls::unfinished() const {
  return static_cast<std::size_t>(std::count_if(legs_.begin(), legs_.end(), [](const auto& entry) {
    return !entry.second->over || entry.second->session->next_deadline();
  }));
}

bool Calls::is_consistent() const {
  const auto live = std::count_if(legs_.begin(), legs_.end(), [](const auto& entry) { return !entry.second->over; });
  if (static_cast<std::size_t>(live) != live_ || by_dialog_.size() != legs_.size()) return false;
  return std::all_of(legs_.begin(), legs_.end(), [](const auto& entry) {
    return entry.second->session->is_consistent() && entry.second->over == entry.second->session->is_over();
  });
}

}  // namespace offhook::inline v0::sip
