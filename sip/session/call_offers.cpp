#include <offhook/sip/session/confirmed_call.hpp>

#include <algorithm>
#include <functional>
#include <utility>

/// Offers and answers of a call, in both directions, and the refreshes of the session that travel with them.
namespace offhook::inline v0::sip::session {

HeaderList ConfirmedCall::refresh_headers() {
  HeaderList headers = with_packages(supported());
  timer_.write_request(headers);
  return headers;
}

HeaderList ConfirmedCall::accept_timer(const SessionTimer::Asked& asked, base::TimePoint now) {
  HeaderList headers = with_packages(supported());
  timer_.accept(asked, now, headers);
  if (ours_ && ours_->refresh && glare_.next_deadline()) {  // The session has been refreshed: ours need not try again.
    ours_.reset();
    glare_.reset();
  }
  return headers;
}

void ConfirmedCall::adopt_timer(SessionTimer timer, const Message& ok, base::TimePoint now) {
  timer_ = timer;
  timer_.on_established();
  timer_.on_accepted(ok, now);
}

void ConfirmedCall::keep_local(Body body) {
  if (!body.empty()) local_ = std::move(body);
}

void ConfirmedCall::keep_remote(std::string_view description) {
  if (!description.empty()) remote_ = std::hash<std::string_view>{}(description);
}

bool ConfirmedCall::is_refused(TransactionId id, const Message& request, Actions& out) const {
  const auto min_se = timer_.too_short(SessionTimer::asked_by(request));
  if (min_se) out.push_back(Respond{id, 422, {}, {}, {{"Min-SE", std::to_string(*min_se)}}});  // RFC 4028 section 9
  return min_se.has_value();
}

void ConfirmedCall::on_reinvite(TransactionId id, const Message& request, Actions& out) {
  if (theirs_) return out.push_back(later(id));
  if (is_offering() || (answer_.running() && expects_answer_)) return out.push_back(Respond{id, 491, {}, {}});
  if (answer_.running()) {  // Whoever sends the next INVITE has our 2xx: its ACK was lost or overtaken.
    answer_.stop();
    confirmed({}, out);
  }
  if (is_refused(id, request, out)) return;
  take_offer(id, request, out);
}

void ConfirmedCall::on_update(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  // RFC 3311 section 5.2: not while another UPDATE waits for its answer, and no offer while there is one of theirs.
  const bool offers = !description_of(request).empty();
  if (theirs_ && (theirs_->method != Method::Invite || offers)) return out.push_back(later(id));
  if (!offers) {
    if (is_refused(id, request, out)) return;
    dialog_.refresh_target(request);
    learn(request);
    return out.push_back(Respond{id, 200, {}, {}, accept_timer(SessionTimer::asked_by(request), now)});
  }
  if (is_offering() || (answer_.running() && expects_answer_)) return out.push_back(Respond{id, 491, {}, {}});
  if (is_refused(id, request, out)) return;
  take_offer(id, request, out);
}

void ConfirmedCall::on_prack_offer(TransactionId id, const Message& prack, Actions& out) {
  if (is_over()) return out.push_back(Respond{id, 481, {}, {}});
  if (theirs_) return out.push_back(later(id));
  if (is_offering() || (answer_.running() && expects_answer_)) return out.push_back(Respond{id, 491, {}, {}});
  take_offer(id, prack, out);  // The answer goes into the 2xx to PRACK: RFC 3262 section 5
}

void ConfirmedCall::take_offer(TransactionId id, const Message& request, Actions& out) {
  Body offer = description_of(request);
  theirs_ = TheirOffer{id, request.method(), offer, request.cseq().number};
  if (request.method() != Method::Prack) {  // Which says nothing of timers, and moves no target: RFC 3262 section 3
    learn(request);
    theirs_->asked = SessionTimer::asked_by(request);
    theirs_->target = Dialog::target_in(request);
  }
  out.push_back(Tell{OfferReceived{setup_.id, std::move(offer)}});
}

/// With our 2xx, or with a request of ours that goes there already: RFC 6141 section 4.6.
void ConfirmedCall::take_their_target() {
  if (theirs_ && theirs_->target) dialog_.retarget(std::move(*theirs_->target));
}

void ConfirmedCall::on_reinvite_answered(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (response.cseq().number != reinvite_.cseq) return;  // A repeat of a 2xx, whose ACK waits for the address of its next hop.
  if (status < 200) return on_reinvite_provisional(response, now, out);
  reinvite_.patience_ends.reset();
  if (status < 300 && !std::exchange(reinvite_.acknowledged, true)) {
    dialog_.refresh_target(response);
    out.push_back(SendAck{dialog_.ack(reinvite_.cseq), dialog_.id().remote_tag, {}});
  }
  if (!ours_) return;
  if (is_over()) return ours_.reset();
  on_offer_answered(response, now, out);
}

/// The final response to an offer of ours, however it was sent: RFC 3261 section 14.1, RFC 3311 section 5.3.
void ConfirmedCall::on_offer_answered(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  const bool cancelled = ours_->method == Method::Invite && reinvite_.cancelled;
  const bool later = status == 491 || !ours_->refresh;  // A refresh that is refused otherwise has a pace of its own.
  if (!cancelled && later && glare_.take(response, now, random_)) {
    if (next_) ours_ = *std::exchange(next_, std::nullopt);
    return;
  }
  if (status == 422 && !cancelled && !ours_->early && timer_.on_too_small(response)) return send_offer(out);
  if (status == 408 || status == 481) return lost(status, std::string(response.reason()), out);  // RFC 3261 section 12.2.1.2
  if (ours_->method == Method::Update && offer_by_reinvite(status, now, out)) return;
  glare_.reset();
  offer_done(response, now, out);
  if (!is_over()) send_next(now, out);
}

/// Who knows no UPDATE, whatever its Allow said, or has to ask its user first (504: RFC 3311 section 5.2) gets a re-INVITE.
bool ConfirmedCall::offer_by_reinvite(int status, base::TimePoint now, Actions& out) {
  const bool unknown = status == 405 || status == 501;
  if (unknown) peer_updates_ = false;
  if ((!unknown && status != 504) || dialog_.state() == Dialog::State::Early) return false;
  ours_->method = Method::Invite;
  if (answer_.running() || theirs_) {
    glare_.postpone(now, random_);
  } else {
    send_offer(out);
  }
  return true;
}

/// Our offer has its final answer, and the call goes on.
void ConfirmedCall::offer_done(const Message& response, base::TimePoint now, Actions& out) {
  OwnOffer ours = *std::exchange(ours_, std::nullopt);
  const int status = response.status();
  Body answer = std::exchange(reinvite_.early_answer, {});
  if (status >= 300) {
    // What was agreed on early is undone on their side, perhaps: RFC 6141 section 3.4. What stood before is offered anew.
    if (!ours.refresh && !answer.empty() && !local_.empty() && !next_) next_refresh_ = true;
    if (!ours.refresh) return out.push_back(Tell{OfferRefused{setup_.id, status}});
    return timer_.on_refused(status, now, response.number(HeaderName::RetryAfter));
  }
  learn(response);
  if (!ours.early) timer_.on_accepted(response, now);
  keep_local(std::move(ours.body));
  const std::size_t before = remote_;
  if (answer.empty()) answer = description_of(response);  // Said once, it stands: RFC 6337 section 2.2
  keep_remote(answer.data);
  if (!ours.refresh || remote_ != before) out.push_back(Tell{OfferAnswered{setup_.id, std::move(answer)}});
}

/// Reliable ones are acknowledged, and move the target (RFC 6141 section 4.7).
/// Deviation: an answer in one counts with the 2xx, not before: until then nothing has changed that would have to be undone
/// (RFC 6141 section 3.4), and who answers a re-INVITE early has its 2xx at hand.
void ConfirmedCall::on_reinvite_provisional(const Message& response, base::TimePoint now, Actions& out) {
  if (ours_ && !reinvite_.patience_ends && !reinvite_.cancelled) reinvite_.patience_ends = now + kPatience;
  const auto rseq = response.number(HeaderName::RSeq).value_or(0);
  const bool reliable = rseq != 0 && response.status() > 100 && response.lists(HeaderName::Require, "100rel");
  if (!reliable || setup_.reliability == Reliability::Off || is_over() || !ours_) return;
  const std::uint32_t last = reinvite_.rseq;
  if (last != 0 && (last == UINT32_MAX || rseq != last + 1)) return;  // Again, or out of order: RFC 3262 section 4
  if (pracks_ >= kMaxPracks) return out.push_back(CountDropped{});
  ++pracks_;
  reinvite_.rseq = rseq;
  dialog_.refresh_target(response);
  if (reinvite_.early_answer.empty()) reinvite_.early_answer = description_of(response);
  HeaderList own = supported();
  own.emplace_back("RAck", std::to_string(rseq) + " " + std::to_string(reinvite_.cseq) + " INVITE");
  out.push_back(Send{Purpose::Prack, dialog_.request(Method::Prack), {}, {}, std::move(own)});
}

void ConfirmedCall::on_update_answered(const Message& response, base::TimePoint now, Actions& out) {
  if (response.status() < 200) return;
  const bool offered = is_offering() && ours_->method == Method::Update;
  if (!offered && !std::exchange(updating_, false)) return;
  if (is_over()) return;
  if (response.status() < 300) dialog_.refresh_target(response);
  if (offered) return on_offer_answered(response, now, out);
  on_refresh_answered(response, now, out);
  if (!is_over() && !updating_ && !ours_) send_next(now, out);
}

void ConfirmedCall::on_refresh_answered(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (status < 300) {
    learn(response);
    return timer_.on_accepted(response, now);
  }
  if (status == 408 || status == 481) return lost(status, std::string(response.reason()), out);  // RFC 4028 section 10
  if (status == 405 || status == 501) {  // Whatever its Allow said.
    peer_updates_ = false;
    return timer_.is_ours() ? refresh(now, out) : void();  // Theirs may have turned the timer off meanwhile.
  }
  if (status == 422 && timer_.is_ours() && timer_.on_too_small(response)) return send_update(out);
  timer_.on_refused(status, now, response.number(HeaderName::RetryAfter));
}

void ConfirmedCall::on_offer_failed(Failure failure, base::TimePoint now, Actions& out) {
  const OwnOffer ours = *std::exchange(ours_, std::nullopt);
  reinvite_.patience_ends.reset();
  reinvite_.early_answer = {};
  if (is_over()) return;
  // Of what we cancelled, and nobody answered, nothing is known but that the peer was there.
  const bool cancelled = ours.method == Method::Invite && reinvite_.cancelled;
  if (failure == Failure::Timeout && !cancelled) return lost(408, "no answer within the call", out);
  glare_.reset();
  const int status = failure == Failure::Timeout ? 408 : 503;  // RFC 3261 section 8.1.3.1
  if (ours.refresh) {
    timer_.on_refused(503, now);  // Nobody has said anything.
  } else {
    out.push_back(Tell{OfferRefused{setup_.id, status}});
  }
  send_next(now, out);
}

void ConfirmedCall::on_patience_ended(Actions& out) {
  reinvite_.patience_ends.reset();
  reinvite_.cancelled = true;
  out.push_back(Cancel{Purpose::Reinvite});
}

/// RFC 4028 section 7.4: by UPDATE without an offer where the peer allows it, else by the offer that stands.
void ConfirmedCall::refresh(base::TimePoint now, Actions& out) {
  if (state_ != State::Up || ours_ || theirs_ || answer_.running()) return timer_.postpone(now);  // Refreshes it as well.
  if (peer_updates_) return updating_ ? void() : send_update(out);
  if (local_.empty()) return timer_.on_refused(0, now);  // We have never offered anything that could be said again.
  ours_ = OwnOffer{local_, {}, Method::Invite, true};
  send_offer(out);
}

void ConfirmedCall::send_update(Actions& out, HeaderList headers) {
  updating_ = true;
  out.push_back(Send{Purpose::Update, dialog_.request(Method::Update), std::move(headers), {}, refresh_headers()});
}

bool ConfirmedCall::identify(std::string_view party, HeaderList headers, Actions& out) {
  const bool under_way = updating_ || (is_offering() && ours_->method == Method::Update);
  if (state_ != State::Up || !peer_takes_names_ || !peer_updates_ || under_way) return false;
  dialog_.rename_local(party);
  send_update(out, std::move(headers));
  return true;
}

void ConfirmedCall::send_next(base::TimePoint now, Actions& out) {
  const bool refresh = std::exchange(next_refresh_, false);
  if (next_ && next_->stale) {
    next_.reset();
    out.push_back(Tell{OfferRefused{setup_.id, 491}});
  }
  if (!next_ && !refresh) return;
  ours_ = next_ ? *std::exchange(next_, std::nullopt) : OwnOffer{local_, {}, Method::Update, true};  // RFC 6337 section 3.4
  if (theirs_ || answer_.running()) return glare_.postpone(now, random_);
  send_offer(out);
}

bool ConfirmedCall::offer(Body body, HeaderList headers, Method method, Actions& out) {
  // RFC 3261 section 14.1: not while an INVITE is under way in either direction, its ACK included.
  if (state_ != State::Up || theirs_ || answer_.running() || body.empty()) return false;
  const bool update = method == Method::Update && peer_updates_;
  if (dialog_.state() == Dialog::State::Early && (!update || ours_)) return false;
  OwnOffer offer{std::move(body), std::move(headers), update ? Method::Update : Method::Invite};
  if (ours_ && !ours_->refresh) return false;
  if (updating_ || is_offering()) {  // Behind a refresh of the stack's own it waits: RFC 6337 section 4.3
    if (next_) return false;
    next_ = std::move(offer);
    return true;
  }
  const bool waits = ours_.has_value();  // A refresh, whose place it takes.
  ours_ = std::move(offer);
  if (!waits) send_offer(out);
  return true;
}

void ConfirmedCall::outdate() {
  if (ours_) ours_->stale = true;
  if (next_) next_->stale = true;
}

void ConfirmedCall::adopt_offer(OwnOffer offer, Glare glare) {
  ours_ = std::move(offer);
  glare_ = glare;
}

void ConfirmedCall::send_offer(Actions& out) {
  ours_->early = dialog_.state() == Dialog::State::Early;
  if (!peer_updates_) ours_->method = Method::Invite;
  RequestHead head = dialog_.request(ours_->method);
  const bool update = ours_->method == Method::Update;
  if (!update) reinvite_ = Reinvite{head.cseq};
  out.push_back(Send{update ? Purpose::Update : Purpose::Reinvite, std::move(head), ours_->headers, ours_->body,
                     ours_->early ? with_packages(supported()) : refresh_headers()});
}

bool ConfirmedCall::accept_offer(Body body, base::TimePoint now, Actions& out) {
  if (!theirs_ || is_over() || (theirs_->method == Method::Invite && answer_.running())) return false;
  take_their_target();
  const TheirOffer taken = *std::exchange(theirs_, std::nullopt);
  keep_local(body);
  keep_remote(taken.offer.data);
  out.push_back(Respond{taken.request, 200, {}, std::move(body), take_timer(taken, now)});
  outdate();
  if (taken.method != Method::Invite) return true;
  expects_answer_ = taken.offer.empty();
  answer_.start(taken.request, taken.cseq, now);
  return true;
}

HeaderList ConfirmedCall::take_timer(const TheirOffer& taken, base::TimePoint now) {
  return taken.method == Method::Prack ? supported() : accept_timer(taken.asked, now);
}

bool ConfirmedCall::refuse_offer(int status, Actions& out) {
  if (!theirs_ || is_over() || status < 300 || status > 699) return false;
  out.push_back(Respond{theirs_->request, status, {}, {}});
  theirs_.reset();
  return true;
}

}  // namespace offhook::inline v0::sip::session
