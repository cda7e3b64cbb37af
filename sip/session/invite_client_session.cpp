#include <offhook/sip/session/invite_client_session.hpp>

#include <offhook/sip/session/mid_call.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

InviteClientSession::InviteClientSession(ConfirmedCall::Setup setup, Invitation invitation, base::Random& random, Actions& out)
    : setup_(std::move(setup)),
      invite_(std::move(invitation.head)),
      headers_(std::move(invitation.headers)),
      own_(std::move(invitation.own)),
      offer_(std::move(invitation.offer)),
      redirections_(invite_.request_uri, invitation.max_redirections),
      straight_(invitation.straight),
      timer_(setup_.session_timer),
      random_(random) {
  send_invite(out);
}

HeaderList InviteClientSession::supported() const {
  return {{"Supported", supported_by(setup_)}};
}

void InviteClientSession::send_invite(Actions& out) {
  HeaderList own = supported();
  if (setup_.reliability == Reliability::Required) own.emplace_back("Require", "100rel");
  if (!setup_.info_packages.empty()) own.emplace_back("Recv-Info", recv_info(setup_.info_packages));
  own.insert(own.end(), own_.begin(), own_.end());
  timer_.write_request(own);
  out.push_back(Send{Purpose::Invite, invite_, headers_, offer_, std::move(own)});
}

void InviteClientSession::on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) {
  if (purpose == Purpose::EarlyUpdate) return on_early_update_answered(response, now, out);
  if (purpose == Purpose::Prack && pracks_ > 0) {
    if (response.status() < 200) return;
    --pracks_;
    return on_prack_done(response.to().tag().value_or(""), response.cseq().number, response.status(), out);
  }
  if (purpose != Purpose::Invite) {
    if (call_) in_call(out, [&](auto& call, auto& actions) { call.on_response(purpose, response, now, actions); });
    return;
  }
  if (response.status() < 200) return on_provisional(response, now, out);
  if (response.status() < 300) return on_accepted(response, now, out);
  on_refused(response, out);
}

void InviteClientSession::on_provisional(const Message& response, base::TimePoint now, Actions& out) {
  switch (state_) {
    case State::Calling:
      state_ = State::Proceeding;
      patience_ends_ = now + kPatience;
      rings_until_ = now + kLongestRinging;
      break;
    case State::Proceeding:
      if (response.status() > 100) patience_ends_ = std::min(now + kPatience, rings_until_);
      break;
    // The user hung up before any response. CANCEL may be sent only now (RFC 3261 section 9.1).
    case State::Cancelling:
      if (!std::exchange(cancel_sent_, true)) out.push_back(Cancel{});
      return;
    case State::Answered:
    case State::Ended: return;  // Another branch of the fork still rings.
  }
  if (response.status() == 100) return;
  const auto rseq = response.number(HeaderName::RSeq).value_or(0);
  const bool reliable = setup_.reliability != Reliability::Off && rseq != 0;
  if (reliable && response.lists(HeaderName::Require, "100rel")) return on_reliable(response, rseq, out);
  const std::string tag(response.to().tag().value_or(""));
  if (!tag.empty()) early_.find_or_make(invite_, response);
  EarlyBranch* branch = branches_.find(tag);
  if (branch != nullptr) branch->learn(response);
  Body body = branch != nullptr && branch->is_described() ? Body{} : description_of(response);
  out.push_back(Emit{CallProgress{setup_.id, response.status(), std::string(response.reason()), tag, std::move(body)}});
}

void InviteClientSession::on_reliable(const Message& response, std::uint32_t rseq, Actions& out) {
  const std::string tag(response.to().tag().value_or(""));
  Dialog* dialog = tag.empty() ? nullptr : early_.find_or_make(invite_, response);
  // The response belongs to no early dialog, so we cannot acknowledge it.
  if (dialog == nullptr || response.cseq().number != invite_.cseq) return;
  EarlyBranch* known = branches_.find(tag);
  // The response is a repetition, or out of order.
  if (known != nullptr && (known->rseq == UINT32_MAX || rseq != known->rseq + 1)) return;
  if (pracks_ >= kMaxPracks) return out.push_back(CountDropped{});
  EarlyBranch& branch = branches_.find_or_make(tag);
  branch.rseq = rseq;
  branch.learn(response);
  const std::string rack = std::to_string(rseq) + " " + std::to_string(invite_.cseq) + " INVITE";
  Body body = branch.is_described() ? Body{} : description_of(response);
  CallProgress progress{setup_.id, response.status(), std::string(response.reason()), tag, {}};
  // RFC 3262 section 5: the answer goes into PRACK.
  if (offer_.empty() && !body.empty()) {
    out.push_back(Emit{std::move(progress)});
    return branches_.offer(setup_.id, branch, {std::move(body), std::nullopt, rack}, out);
  }
  send_prack(*dialog, rack, {}, out);
  if (!body.empty()) {
    branch.agreed = true;
    branch.said = body;
    branch.prack = dialog->local_cseq();
  }
  progress.body = std::move(body);
  out.push_back(Emit{std::move(progress)});
}

void InviteClientSession::send_prack(Dialog& dialog, const std::string& rack, Body body, Actions& out) {
  ++pracks_;
  HeaderList own = supported();
  own.emplace_back("RAck", rack);
  out.push_back(Send{Purpose::Prack, dialog.request(Method::Prack), {}, std::move(body), std::move(own)});
}

void InviteClientSession::on_accepted(const Message& response, base::TimePoint now, Actions& out) {
  const std::string tag(response.to().tag().value_or(""));
  // This 2xx is a repetition, whose ACK waits for our answer.
  if (call_ && call_->dialog().id().remote_tag == tag) return;
  if (state_ != State::Calling && state_ != State::Proceeding) return hang_up_branch(response, out);
  Dialog* early = early_.find(tag);
  auto dialog = early != nullptr ? base::Result<Dialog, ParseError>(*early) : Dialog::as_client(invite_, response);
  // No ACK can be sent; the peer gives up after 64 * T1.
  if (!dialog) {
    state_ = State::Ended;
    branches_.drop_offers(487, out);
    return out.push_back(Emit{CallEnded{setup_.id, CallEnded::By::Network, CallEnded::Why::SessionLost, response.status(),
                                        "the Contact or the Record-Route of the 2xx cannot be used"}});
  }
  dialog->confirm(response);
  call_.emplace(setup_, std::move(*dialog), random_);
  early_.forget(tag);
  EarlyBranch* branch = branches_.find(tag);
  if (branch != nullptr && branch->updates) call_->allow_updates();
  call_->learn(response);
  call_->adopt_timer(timer_, response, now);
  state_ = State::Answered;
  owed_ack_ = response.cseq().number;
  settle(response, branch, out);
  if (branch != nullptr && branch->ours) call_->adopt_offer(*std::exchange(branch->ours, std::nullopt), branch->glare);
  headers_.clear();
  own_.clear();
  branches_.clear(setup_.id, 491, out);
}

/// Completes offer and answer with the 2xx, considering the exchanges of its early dialog.
void InviteClientSession::settle(const Message& response, EarlyBranch* early, Actions& out) {
  const bool agreed = early != nullptr && early->agreed;
  Body body = agreed ? early->said : description_of(response);
  // The peer's offer is still unanswered. No PRACK carried the answer, so the ACK does.
  if (early != nullptr && !agreed && body.empty() && early->offer) body = early->offer->body;
  call_->keep_remote(body.data);
  const bool complete = !offer_.empty() || agreed || body.empty();
  call_->keep_local(std::exchange(offer_, {}));
  if (early != nullptr) call_->keep_local(std::move(early->local));
  if (complete) send_ack({}, out);
  CallAnswered answered{setup_.id, std::move(body), !complete};
  answered.branch_tag = call_->dialog().id().remote_tag;
  out.push_back(Emit{std::move(answered)});
}

void InviteClientSession::send_ack(Body answer, Actions& out) {
  const std::uint32_t cseq = *std::exchange(owed_ack_, std::nullopt);
  call_->keep_local(answer);
  out.push_back(SendAck{call_->dialog().ack(cseq), call_->dialog().id().remote_tag, std::move(answer)});
}

/// Acknowledges a 2xx that is not needed, from another branch or after our CANCEL, and ends its dialog with BYE:
/// RFC 3261 sections 9.1 and 13.2.2.4.
void InviteClientSession::hang_up_branch(const Message& response, Actions& out) {
  const std::string tag(response.to().tag().value_or(""));
  if (hung_up_.size() >= kMaxForks || std::find(hung_up_.begin(), hung_up_.end(), tag) != hung_up_.end()) return;
  Dialog* early = early_.find(tag);  // PRACKs may have used CSeq numbers of this dialog.
  auto dialog = early != nullptr ? base::Result<Dialog, ParseError>(*early) : Dialog::as_client(invite_, response);
  if (!dialog) return;
  hung_up_.push_back(tag);
  dialog->confirm(response);
  out.push_back(SendAck{dialog->ack(response.cseq().number), dialog->id().remote_tag, {}});
  out.push_back(Send{Purpose::ForkBye, dialog->request(Method::Bye), {}, {}});
}

void InviteClientSession::on_refused(const Message& response, Actions& out) {
  if (state_ == State::Answered || state_ == State::Ended) return;
  const bool told = state_ == State::Cancelling;
  // Send the INVITE again with the session interval that a 422 requires: RFC 4028 section 7.3.
  if (!told && response.status() == 422 && timer_.on_too_small(response)) {
    return start_anew(out);
  }
  if (!told && follow(response, out)) return;
  state_ = State::Ended;
  branches_.drop_offers(487, out);
  if (told) return;
  const auto why = response.status() == 408 ? CallEnded::Why::NoAnswer : CallEnded::Why::Rejected;
  out.push_back(Emit{CallEnded{setup_.id, CallEnded::By::Remote, why, response.status(), std::string(response.reason()),
                               reasons_of(response),
                               response.status() < 400 ? Redirections::contacts_of(response) : std::vector<std::string>()}});
}

/// Repeats the call as a new request. Discards the early dialogs of the old one.
void InviteClientSession::start_anew(Actions& out) {
  state_ = State::Calling;
  patience_ends_.reset();
  early_ = {};
  branches_.clear(setup_.id, 487, out);
  ++invite_.cseq;
  send_invite(out);
}

/// Follows the targets of 3xx responses one after the other, until a target answers or sends 6xx: RFC 3261 section 8.1.3.4.
bool InviteClientSession::follow(const Message& response, Actions& out) {
  if (response.status() >= 600) return false;
  if (response.status() < 400) redirections_.on_moved(response);
  auto target = redirections_.next();
  if (!target) return false;
  invite_.request_uri = std::move(*target);
  if (straight_) invite_.next_hop = invite_.request_uri;
  start_anew(out);
  return true;
}

void InviteClientSession::on_failure(Purpose purpose, const RequestHead& sent, Failure failure, base::TimePoint now,
                                     Actions& out) {
  if (purpose == Purpose::EarlyUpdate) return on_early_update_failed(sent, failure, now, out);
  if (const Dialog* dialog = purpose == Purpose::Prack && !call_ ? early_.find_party(sent.to) : nullptr)
    on_prack_done(dialog->id().remote_tag, sent.cseq, failure == Failure::Timeout ? 408 : 503, out);
  if (purpose != Purpose::Invite) {
    if (call_) in_call(out, [&](auto& call, auto& actions) { call.on_failure(purpose, failure, now, actions); });
    return;
  }
  if (state_ == State::Answered || state_ == State::Ended) return;
  const bool told = state_ == State::Cancelling;
  state_ = State::Ended;
  branches_.drop_offers(487, out);
  if (told) return;
  CallEnded ended{setup_.id, CallEnded::By::Network, CallEnded::Why::NoAnswer, 0, {}};
  switch (failure) {
    case Failure::Timeout: ended.status = 408; break;  // RFC 3261 section 8.1.3.1
    case Failure::Transport: ended.why = CallEnded::Why::Unreachable; ended.status = 503; break;
    case Failure::Unresolvable: ended.why = CallEnded::Why::Unresolvable; break;
  }
  out.push_back(Emit{std::move(ended)});
}

void InviteClientSession::on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  if (call_) {
    const bool offers = request.method() == Method::Invite || (request.method() == Method::Update && !description_of(request).empty());
    if (owed_ack_ && offers) return out.push_back(later(id));  // The peer's 2xx carried an offer that we have not answered.
    return in_call(out, [&](auto& call, auto& actions) { call.on_request(id, request, now, actions); });
  }
  Dialog* dialog = early_.find(request.from().tag().value_or(""));
  const bool never = request.method() == Method::Bye || request.method() == Method::Prack;
  if (is_over() || dialog == nullptr || !dialog->matches(request) || never) {
    return out.push_back(Respond{id, 481, {}, {}});  // The called side must not send BYE in an early dialog: RFC 3261 section 15
  }
  if (!dialog->accept_sequence(request)) return out.push_back(Respond{id, 500, {}, {}});
  if (request.method() == Method::Update) return on_early_update(id, request, *dialog, out);
  if (take_mid_call(setup_, id, request, out)) return;
  out.push_back(Respond{id, 491, {}, {}});  // Our INVITE is pending: RFC 3261 section 14.2
}

Respond InviteClientSession::later(TransactionId id) {
  return {id, 500, {{"Retry-After", std::to_string(random_.below(11))}}, {}, {}};
}

/// Accepts the peer's offer that arrived before the 2xx.
bool InviteClientSession::accept_early(Body body, std::string_view tag, Actions& out) {
  EarlyBranch* branch = branches_.waiting(tag);
  if (is_over() || call_ || branch == nullptr) return false;
  Dialog* dialog = early_.find(branch->tag);
  if (dialog == nullptr) return false;
  const EarlyBranch::Offer offer = *std::exchange(branch->offer, std::nullopt);
  branch->agreed = true;
  branch->said = {};
  branch->local = body;
  if (offer.update) {
    out.push_back(Respond{*offer.update, 200, {}, std::move(body)});
  } else {
    send_prack(*dialog, offer.rack, std::move(body), out);
    branch->prack = dialog->local_cseq();
  }
  if (branch->ours) branch->ours->stale = true;
  return true;
}

Standing InviteClientSession::standing(std::string_view remote_tag) {
  if (call_) return call_->standing(remote_tag);
  if (early_.find(remote_tag) == nullptr) return Standing::Unknown;
  return is_over() ? Standing::Ended : Standing::EarlyOurs;
}

void InviteClientSession::on_ack(const Message& ack, base::TimePoint now, Actions& out) {
  if (call_) call_->on_ack(ack, now, out);
}

void InviteClientSession::on_cancel(TransactionId invite, const Message&, base::TimePoint, Actions& out) {
  if (call_) call_->on_cancel(invite, out);
}

void InviteClientSession::on_time(base::TimePoint now, Actions& out) {
  if (call_) return in_call(out, [&](auto& call, auto& actions) { call.on_time(now, actions); });
  while (EarlyBranch* branch = branches_.take_due(now)) retry_early_update(*branch, now, out);
  if (state_ != State::Proceeding || *patience_ends_ > now) return;
  state_ = State::Cancelling;
  cancel_sent_ = true;
  branches_.drop_offers(487, out);
  out.push_back(Cancel{});
  out.push_back(Emit{CallEnded{setup_.id, CallEnded::By::Network, CallEnded::Why::NoAnswer, 408, "the call rang for too long"}});
}

std::optional<base::TimePoint> InviteClientSession::next_deadline() const {
  if (call_) return call_->next_deadline();
  if (state_ != State::Proceeding) return std::nullopt;
  const auto retry = branches_.next_deadline();
  return retry ? std::min(*retry, *patience_ends_) : patience_ends_;
}

bool InviteClientSession::hang_up(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Calling: out.push_back(Withdraw{}); break;
    case State::Proceeding:
      cancel_sent_ = true;
      branches_.drop_offers(487, out);
      out.push_back(Cancel{});
      break;
    case State::Answered:
      // A 2xx is always acknowledged before the call is ended: RFC 3261 section 13.2.2.4
      if (owed_ack_) send_ack({}, out);
      return call_->hang_up(out);
    case State::Cancelling:
    case State::Ended: return false;
  }
  state_ = State::Cancelling;
  out.push_back(Emit{CallEnded{setup_.id, CallEnded::By::Local, CallEnded::Why::Cancelled, 0, {}}});
  return true;
}

bool InviteClientSession::offer(Body body, HeaderList headers, base::TimePoint, Actions& out) {
  return call_ && !owed_ack_ && call_->offer(std::move(body), std::move(headers), Method::Invite, out);
}

Dialog* InviteClientSession::dialog_of(const Message& request) {
  Dialog* dialog = call_ ? &call_->dialog() : early_.find(request.from().tag().value_or(""));
  return dialog != nullptr && dialog->matches(request) ? dialog : nullptr;
}

bool InviteClientSession::accept_offer(Body body, std::string_view branch, base::TimePoint now, Actions& out) {
  if (!call_) return accept_early(std::move(body), branch, out);
  if (call_->is_over() || is_lost(branch)) return false;
  if (!owed_ack_) return call_->accept_offer(std::move(body), now, out);
  send_ack(std::move(body), out);
  return true;
}

bool InviteClientSession::refuse_offer(int status, std::string_view branch, base::TimePoint now, Actions& out) {
  if (!call_) {
    EarlyBranch* waiting = branches_.waiting(branch);
    if (waiting == nullptr || status < 300 || status > 699) return false;
    if (!waiting->offer->update) return hang_up(now, out);  // A PRACK must carry an answer and cannot refuse the offer.
    out.push_back(Respond{*std::exchange(waiting->offer, std::nullopt)->update, status, {}, {}});
    return true;
  }
  if (call_->is_over() || is_lost(branch)) return false;
  return owed_ack_ ? hang_up(now, out) : call_->refuse_offer(status, out);
}

std::optional<std::uint32_t> InviteClientSession::take_cseq(Purpose purpose, const RequestHead& sent, Actions& out) {
  switch (purpose) {
    case Purpose::Invite:
      // The user hung up, so the INVITE is not needed.
      if (state_ != State::Calling && state_ != State::Proceeding) return std::nullopt;
      // RSeq starts anew with the new request: RFC 3262 section 3. Discard the early dialogs of the old one.
      early_ = {};
      branches_.clear(setup_.id, 487, out);
      return ++invite_.cseq;
    case Purpose::Prack:
      if (call_ && call_->dialog().id().remote_tag == tag_in(sent.to)) return call_->dialog().take_cseq();
      if (Dialog* dialog = early_.find_party(sent.to)) {
        EarlyBranch* branch = branches_.find(dialog->id().remote_tag);
        const std::uint32_t cseq = dialog->take_cseq();
        if (branch != nullptr && branch->prack == sent.cseq) branch->prack = cseq;
        return cseq;
      }
      return std::nullopt;
    case Purpose::EarlyUpdate:
      if (call_) return call_->dialog().id().remote_tag == tag_in(sent.to) ? call_->take_cseq(Purpose::Update) : std::nullopt;
      if (Dialog* dialog = early_.find_party(sent.to)) {
        const EarlyBranch* branch = branches_.find(dialog->id().remote_tag);
        return branch != nullptr && branch->is_offering() ? std::optional(dialog->take_cseq()) : std::nullopt;
      }
      return std::nullopt;
    case Purpose::Reinvite:
    case Purpose::Update:
    case Purpose::Bye:
    case Purpose::Refer:
    case Purpose::Notify:
    case Purpose::Info:
    case Purpose::Message:
    case Purpose::Options:
      if (call_) return call_->take_cseq(purpose);
      return std::nullopt;
    // This branch got only its INVITE and this BYE.
    case Purpose::ForkBye: return sent.cseq + 1;
  }
  return std::nullopt;
}

bool InviteClientSession::is_over() const {
  return state_ == State::Cancelling || state_ == State::Ended || (call_ && call_->is_over());
}

bool InviteClientSession::is_consistent() const {
  if (call_.has_value() != (state_ == State::Answered)) return false;
  if (branches_.size() > early_.size() || (branches_.is_waiting() && state_ != State::Proceeding)) return false;
  if (branches_.next_deadline() && state_ != State::Proceeding) return false;
  if (owed_ack_ && (!call_ || call_->is_over())) return false;
  return !call_ || call_->is_consistent();
}

}  // namespace offhook::inline v0::sip::session
