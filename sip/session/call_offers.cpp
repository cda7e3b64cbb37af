#include <offhook/sip/session/confirmed_call.hpp>

#include <algorithm>
#include <functional>
#include <utility>

/// Offers and answers of a call in both directions, and the session refreshes that they carry.
namespace offhook::inline v0::sip::session {

HeaderList ConfirmedCall::refresh_headers() {
  HeaderList headers = with_packages(supported());
  timer_.write_request(headers);
  return headers;
}

HeaderList ConfirmedCall::accept_timer(const SessionTimer::Asked& asked, base::TimePoint now) {
  HeaderList headers = with_packages(supported());
  timer_.accept(asked, now, headers);
  // The peer has refreshed the session, so our refresh need not be tried again.
  if (ours_ && ours_->refresh && glare_.next_deadline()) {
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
  // The peer sent a new INVITE, so it has our 2xx: its ACK was lost or overtaken.
  if (answer_.running()) {
    answer_.stop();
    confirmed({}, out);
  }
  if (is_refused(id, request, out)) return;
  take_offer(id, request, out);
}

void ConfirmedCall::on_update(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  // RFC 3311 section 5.2: no UPDATE while another one waits for its answer, and no offer while an offer of the peer is pending.
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
  // A PRACK carries no session timer and does not refresh the target: RFC 3262 section 3
  if (request.method() != Method::Prack) {
    learn(request);
    theirs_->asked = SessionTimer::asked_by(request);
    theirs_->target = Dialog::target_in(request);
  }
  out.push_back(Emit{OfferReceived{setup_.id, std::move(offer)}});
}

/// Applies the peer's new target, together with our 2xx or before our next request to the peer: RFC 6141 section 4.6.
void ConfirmedCall::take_their_target() {
  if (theirs_ && theirs_->target) dialog_.retarget(std::move(*theirs_->target));
}

void ConfirmedCall::on_reinvite_answered(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  // A response to an earlier re-INVITE is a repeated 2xx, whose ACK waits for the address of its next hop.
  if (response.cseq().number != reinvite_.cseq) return;
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

/// Processes the final response to our offer, which was sent by INVITE or UPDATE: RFC 3261 section 14.1, RFC 3311 section 5.3.
void ConfirmedCall::on_offer_answered(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  const bool cancelled = ours_->method == Method::Invite && reinvite_.cancelled;
  const bool later = status == 491 || !ours_->refresh;  // A refused refresh has its own retry timer.
  if (!cancelled && later && glare_.take(response, now, random_)) {
    if (next_) ours_ = *std::exchange(next_, std::nullopt);
    return;
  }
  if (status == 422 && !cancelled && !ours_->early && timer_.on_too_small(response)) return send_offer(out);
  // These statuses end the dialog: RFC 3261 section 12.2.1.2.
  if (status == 408 || status == 481) return lost(status, std::string(response.reason()), out);
  if (ours_->method == Method::Update && offer_by_reinvite(status, now, out)) return;
  glare_.reset();
  offer_done(response, now, out);
  if (!is_over()) send_next(now, out);
}

/// Sends the offer by re-INVITE if the peer does not support UPDATE in spite of its Allow, or must ask its user first (504:
/// RFC 3311 section 5.2). Returns false if neither applies.
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

/// Processes the final response to our offer, if the call continues and the offer is not repeated.
void ConfirmedCall::offer_done(const Message& response, base::TimePoint now, Actions& out) {
  OwnOffer ours = *std::exchange(ours_, std::nullopt);
  const int status = response.status();
  Body answer = std::exchange(reinvite_.early_answer, {});
  if (status >= 300) {
    // The peer may undo what the early answer agreed on: RFC 6141 section 3.4. Offer the previous description again.
    if (!ours.refresh && !answer.empty() && !local_.empty() && !next_) next_refresh_ = true;
    if (!ours.refresh) return out.push_back(Emit{OfferRefused{setup_.id, status}});
    return timer_.on_refused(status, now, response.number(HeaderName::RetryAfter));
  }
  learn(response);
  if (!ours.early) timer_.on_accepted(response, now);
  keep_local(std::move(ours.body));
  const std::size_t before = remote_;
  if (answer.empty()) answer = description_of(response);  // The first answer stands: RFC 6337 section 2.2
  keep_remote(answer.data);
  if (!ours.refresh || remote_ != before) out.push_back(Emit{OfferAnswered{setup_.id, std::move(answer)}});
}

/// Acknowledges reliable provisional responses, which also refresh the target (RFC 6141 section 4.7).
/// Deviation: an answer in a provisional response takes effect only with the 2xx. Until then nothing has changed that would have
/// to be undone (RFC 6141 section 3.4). A peer that answers a re-INVITE early sends its 2xx soon.
void ConfirmedCall::on_reinvite_provisional(const Message& response, base::TimePoint now, Actions& out) {
  if (ours_ && !reinvite_.patience_ends && !reinvite_.cancelled) reinvite_.patience_ends = now + kPatience;
  const auto rseq = response.number(HeaderName::RSeq).value_or(0);
  const bool reliable = rseq != 0 && response.status() > 100 && response.lists(HeaderName::Require, "100rel");
  if (!reliable || setup_.reliability == Reliability::Off || is_over() || !ours_) return;
  const std::uint32_t last = reinvite_.rseq;
  // The response is a repetition, or out of order: RFC 3262 section 4
  if (last != 0 && (last == UINT32_MAX || rseq != last + 1)) return;
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
  // These statuses end the session: RFC 4028 section 10.
  if (status == 408 || status == 481) return lost(status, std::string(response.reason()), out);
  if (status == 405 || status == 501) {  // The peer does not support UPDATE, in spite of its Allow.
    peer_updates_ = false;
    return timer_.is_ours() ? refresh(now, out) : void();  // The peer's refresh may have turned the timer off meanwhile.
  }
  if (status == 422 && timer_.is_ours() && timer_.on_too_small(response)) return send_update(out);
  timer_.on_refused(status, now, response.number(HeaderName::RetryAfter));
}

void ConfirmedCall::on_offer_failed(Failure failure, base::TimePoint now, Actions& out) {
  const OwnOffer ours = *std::exchange(ours_, std::nullopt);
  reinvite_.patience_ends.reset();
  reinvite_.early_answer = {};
  if (is_over()) return;
  // A cancelled re-INVITE without a final response says nothing about the peer, except that it responded before.
  const bool cancelled = ours.method == Method::Invite && reinvite_.cancelled;
  if (failure == Failure::Timeout && !cancelled) return lost(408, "the peer did not respond to a request within the call", out);
  glare_.reset();
  const int status = failure == Failure::Timeout ? 408 : 503;  // RFC 3261 section 8.1.3.1
  if (ours.refresh) {
    timer_.on_refused(503, now);  // The peer has not responded.
  } else {
    out.push_back(Emit{OfferRefused{setup_.id, status}});
  }
  send_next(now, out);
}

void ConfirmedCall::on_patience_ended(Actions& out) {
  reinvite_.patience_ends.reset();
  reinvite_.cancelled = true;
  out.push_back(Cancel{Purpose::Reinvite});
}

/// Refreshes the session: RFC 4028 section 7.4. Uses UPDATE without an offer if the peer allows UPDATE, otherwise repeats our
/// last offer.
void ConfirmedCall::refresh(base::TimePoint now, Actions& out) {
  // The pending exchange refreshes the session as well.
  if (state_ != State::Up || ours_ || theirs_ || answer_.running()) return timer_.postpone(now);
  if (peer_updates_) return updating_ ? void() : send_update(out);
  if (local_.empty()) return timer_.on_refused(0, now);  // We have no earlier offer to repeat.
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
    out.push_back(Emit{OfferRefused{setup_.id, 491}});
  }
  if (!next_ && !refresh) return;
  ours_ = next_ ? *std::exchange(next_, std::nullopt) : OwnOffer{local_, {}, Method::Update, true};  // RFC 6337 section 3.4
  if (theirs_ || answer_.running()) return glare_.postpone(now, random_);
  send_offer(out);
}

bool ConfirmedCall::offer(Body body, HeaderList headers, Method method, Actions& out) {
  // RFC 3261 section 14.1: no offer while an INVITE is pending in either direction, including its ACK.
  if (state_ != State::Up || theirs_ || answer_.running() || body.empty()) return false;
  const bool update = method == Method::Update && peer_updates_;
  if (dialog_.state() == Dialog::State::Early && (!update || ours_)) return false;
  OwnOffer offer{std::move(body), std::move(headers), update ? Method::Update : Method::Invite};
  if (ours_ && !ours_->refresh) return false;
  // The offer waits until the stack's own refresh is done: RFC 6337 section 4.3
  if (updating_ || is_offering()) {
    if (next_) return false;
    next_ = std::move(offer);
    return true;
  }
  const bool waits = ours_.has_value();  // A refresh is waiting; the offer takes its place.
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
