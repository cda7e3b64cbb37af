#include <offhook/sip/session/confirmed_call.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/multipart.hpp>
#include <offhook/sip/session/mid_call.hpp>

#include <algorithm>
#include <cassert>
#include <functional>
#include <utility>

namespace offhook::inline v0::sip::session {

namespace {

constexpr std::string_view kSdp = "application/sdp";

}  // namespace

Body body_of(const Message& message) {
  const auto type = message.find(HeaderName::ContentType).value_or("");
  if (is_multipart(type)) {
    const auto found = find_part(type, message.body(), kSdp);
    if (found && found->part) return {std::string(kSdp), std::string(found->part->body)};
  }
  return {std::string(message.content_type()), std::string(message.body())};
}

Body description_of(const Message& message) {
  Body body = body_of(message);
  return base::iequals(body.type, kSdp) ? body : Body{};
}

std::string reason_of(const Message& request) { return std::string(request.find(HeaderName::Reason).value_or("")); }

std::string supported_by(const SessionTimerOptions& timer, Reliability reliability) {
  std::string tags;
  if (reliability != Reliability::Off) tags += "100rel, ";
  if (timer.use != SessionTimerOptions::Use::Off) tags += "timer, ";
  return tags + "replaces, norefersub";
}

ConfirmedCall::ConfirmedCall(Setup setup, Dialog dialog, base::Random& random)
    : setup_(std::move(setup)),
      dialog_(std::move(dialog)),
      random_(random),
      answer_(setup_.timers),
      glare_(setup_.owns_call_id),
      timer_(setup_.session_timer) {}

void ConfirmedCall::confirming(TransactionId invite, std::uint32_t cseq, bool expects_answer, base::TimePoint now) {
  assert(state_ == State::Up && !answer_.running());
  state_ = State::Confirming;
  expects_answer_ = expects_answer;
  answer_.start(invite, cseq, now);
}

HeaderList ConfirmedCall::supported() const {
  // RFC 4028 section 7.1: in each request.
  return {{"Supported", supported_by(setup_.session_timer, setup_.reliability)}};
}

/// Each INVITE, UPDATE and their 2xx says anew which packages we take: RFC 6086 section 5.2.
HeaderList ConfirmedCall::with_packages(HeaderList headers) const {
  if (!setup_.info_packages.empty()) headers.emplace_back("Recv-Info", recv_info(setup_.info_packages));
  return headers;
}

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

void ConfirmedCall::learn(const Message& message) {
  if (message.has(HeaderName::Allow)) peer_updates_ = message.lists(HeaderName::Allow, "UPDATE");
}

void ConfirmedCall::on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  if (!dialog_.matches(request)) return out.push_back(Respond{id, 481, {}, {}});
  if (!dialog_.accept_sequence(request)) return out.push_back(Respond{id, 500, {}, {}});  // RFC 3261 section 12.2.2
  if (request.method() == Method::Bye) return on_bye(id, request, out);  // Also when both hang up at once.
  if (request.method() == Method::Subscribe) return on_subscribe(id, request, now, out);  // It may outlive the call.
  if (is_over()) return out.push_back(Respond{id, 481, {}, {}});
  if (request.method() == Method::Invite) return on_reinvite(id, request, out);
  if (request.method() == Method::Update) return on_update(id, request, now, out);
  if (request.method() == Method::Notify) return on_notify(id, request, out);
  if (request.method() == Method::Refer) return on_refer(id, request, now, out);
  if (take_mid_call(setup_.id, setup_.info_packages, id, request, out)) return;
  out.push_back(Respond{id, 481, {}, {}});  // PRACK: nothing of ours waits for one (RFC 3262 section 3).
}

void ConfirmedCall::on_bye(TransactionId id, const Message& request, Actions& out) {
  if (theirs_) out.push_back(Respond{theirs_->request, 487, {}, {}});  // RFC 3261 section 15.1.2
  theirs_.reset();
  out.push_back(Respond{id, 200, {}, {}});
  if (const auto refer = referral_.decline()) out.push_back(Respond{*refer, 487, {}, {}});
  end({setup_.id, CallEnded::By::Remote, CallEnded::Why::Bye, 0, reason_of(request), reasons_of(request)}, out);
}

bool ConfirmedCall::send(Purpose purpose, HeaderList headers, HeaderList fields, Body body, Actions& out) {
  if (is_over()) return false;
  const Method method = purpose == Purpose::Info ? Method::Info : purpose == Purpose::Message ? Method::Message : Method::Options;
  for (auto& field : supported()) fields.push_back(std::move(field));
  out.push_back(Send{purpose, dialog_.request(method), std::move(headers), std::move(body), std::move(fields)});
  return true;
}

Standing ConfirmedCall::standing(std::string_view remote_tag) const {
  const std::string& tag = dialog_.id().remote_tag;
  if (tag != remote_tag && !(tag.empty() && remote_tag == "0")) return Standing::Unknown;  // RFC 3891 section 6.1: of RFC 2543
  return is_over() ? Standing::Ended : Standing::Up;
}

/// Nothing that was under way matters any more.
void ConfirmedCall::clear() {
  theirs_.reset();
  ours_.reset();
  next_.reset();
  next_refresh_ = false;
  reinvite_.patience_ends.reset();
  glare_.reset();
  transfer_.stop();
  timer_.stop();
}

Respond ConfirmedCall::later(TransactionId id) {
  // RFC 3261 section 14.2: between 0 and 10 seconds, chosen at random.
  return {id, 500, {{"Retry-After", std::to_string(random_.below(11))}}, {}, {}};
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
  if (theirs_ && !(theirs_->method == Method::Invite && request.body().empty())) return out.push_back(later(id));
  if (request.body().empty()) {
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

void ConfirmedCall::on_cancel(TransactionId invite, Actions& out) {
  if (!theirs_ || theirs_->request != invite) return;  // Answered already: CANCEL has no effect (RFC 3261 section 9.2).
  theirs_.reset();
  out.push_back(Respond{invite, 487, {}, {}});
}

void ConfirmedCall::confirmed(Body body, Actions& out) {
  const bool tell = state_ == State::Confirming || expects_answer_;
  expects_answer_ = false;
  keep_remote(body.data);
  if (state_ == State::Leaving) return send_bye(out);
  if (state_ == State::Confirming) state_ = State::Up;
  if (tell && state_ == State::Up) out.push_back(Tell{CallConfirmed{setup_.id, std::move(body)}});
}

void ConfirmedCall::on_ack(const Message& ack, base::TimePoint, Actions& out) {
  if (!dialog_.matches(ack) || !answer_.on_ack(ack.cseq().number)) return;
  confirmed(description_of(ack), out);
}

void ConfirmedCall::on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) {
  switch (purpose) {
    case Purpose::Refer:
      return tell_transfer(transfer_.on_response(response), out);
    case Purpose::Notify:
    case Purpose::Info:
    case Purpose::Message:
    case Purpose::Options:
      return on_other_answered(purpose, response.status(), out);
    case Purpose::Reinvite: return on_reinvite_answered(response, now, out);
    case Purpose::Update: return on_update_answered(response, now, out);
    case Purpose::Prack:
      if (response.status() >= 200 && pracks_ > 0) --pracks_;
      return;
    case Purpose::Invite:
    case Purpose::Bye:  // What a BYE is answered with changes nothing.
    case Purpose::ForkBye: return;
  }
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
  if (status == 491 && !reinvite_.cancelled && glare_.retry_later(now, random_)) {
    if (next_) ours_ = OurOffer{*std::exchange(next_, std::nullopt), false};
    return;
  }
  if (status == 422 && !reinvite_.cancelled && timer_.on_too_small(response)) return send_offer(out);
  if (status == 408 || status == 481) return lost(status, std::string(response.reason()), out);  // RFC 3261 section 12.2.1.2
  glare_.reset();
  offer_done(response, now, out);
  if (!is_over()) send_next(out);
}

/// Our re-INVITE has its final answer, and the call goes on.
void ConfirmedCall::offer_done(const Message& response, base::TimePoint now, Actions& out) {
  OurOffer ours = *std::exchange(ours_, std::nullopt);
  const int status = response.status();
  Body answer = std::exchange(reinvite_.early_answer, {});
  if (status >= 300) {
    // What was agreed on early is undone on their side, perhaps: RFC 6141 section 3.4. What stood before is offered anew.
    if (!ours.refresh && !answer.empty() && !local_.empty() && !next_) next_refresh_ = true;
    if (!ours.refresh) return out.push_back(Tell{OfferRefused{setup_.id, status}});
    return timer_.on_refused(status, now, response.number(HeaderName::RetryAfter));
  }
  learn(response);
  timer_.on_accepted(response, now);
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

void ConfirmedCall::on_other_answered(Purpose purpose, int status, Actions& out) {
  if (status < 200) return;
  // 481 to a NOTIFY, or no answer to it: nobody listens (RFC 6665 section 4.2.2).
  if (purpose == Purpose::Notify) return status >= 300 ? referral_.on_refused() : void();
  const Method method = purpose == Purpose::Info ? Method::Info : purpose == Purpose::Message ? Method::Message : Method::Options;
  const bool gone = (status == 481 || status == 408) && !is_over();  // RFC 3261 section 12.2.1.2
  out.push_back(Tell{MidCallAnswered{setup_.id, method, status}});
  if (gone) lost(status, "no answer within the call", out);
}

void ConfirmedCall::on_update_answered(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (status < 200 || !std::exchange(updating_, false) || is_over()) return;
  if (status < 300) {
    dialog_.refresh_target(response);
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

void ConfirmedCall::on_failure(Purpose purpose, Failure failure, base::TimePoint now, Actions& out) {
  const int failed = failure == Failure::Timeout ? 408 : 503;
  if (purpose == Purpose::Refer) return tell_transfer(transfer_.on_failure(failed), out);
  const bool other =
      purpose == Purpose::Notify || purpose == Purpose::Info || purpose == Purpose::Message || purpose == Purpose::Options;
  if (other) return on_other_answered(purpose, failed, out);
  if (purpose == Purpose::Reinvite) return on_reinvite_failed(failure, now, out);
  const bool updated = purpose == Purpose::Update && std::exchange(updating_, false);
  if (!updated || is_over()) return;
  if (failure == Failure::Timeout) return lost(408, "no answer within the call", out);
  timer_.on_refused(failed, now);
}

void ConfirmedCall::on_reinvite_failed(Failure failure, base::TimePoint now, Actions& out) {
  if (!ours_) return;
  const OurOffer ours = *std::exchange(ours_, std::nullopt);
  reinvite_.patience_ends.reset();
  reinvite_.early_answer = {};
  if (is_over()) return;
  // Of what we cancelled, and nobody answered, nothing is known but that the peer was there.
  if (failure == Failure::Timeout && !reinvite_.cancelled) return lost(408, "no answer within the call", out);
  glare_.reset();
  const int status = failure == Failure::Timeout ? 408 : 503;  // RFC 3261 section 8.1.3.1
  if (ours.refresh) {
    timer_.on_refused(503, now);  // Nobody has said anything.
  } else {
    out.push_back(Tell{OfferRefused{setup_.id, status}});
  }
  send_next(out);
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
  ours_ = OurOffer{local_, true};
  send_offer(out);
}

void ConfirmedCall::send_update(Actions& out) {
  updating_ = true;
  out.push_back(Send{Purpose::Update, dialog_.request(Method::Update), {}, {}, refresh_headers()});
}

void ConfirmedCall::send_next(Actions& out) {
  const bool refresh = std::exchange(next_refresh_, false);
  if (!next_ && !refresh) return;
  ours_ = next_ ? OurOffer{*std::exchange(next_, std::nullopt), false} : OurOffer{local_, true};
  send_offer(out);
}

void ConfirmedCall::lost(int status, std::string reason, Actions& out) {
  if (state_ == State::Confirming) {
    leave(out);
  } else {
    send_bye(out);
  }
  out.push_back(Tell{CallEnded{setup_.id, CallEnded::By::Network, CallEnded::Why::SessionLost, status, std::move(reason)}});
}

void ConfirmedCall::on_time(base::TimePoint now, Actions& out) {
  switch (answer_.on_time(now)) {
    case AnswerRepeater::Due::Nothing: break;
    case AnswerRepeater::Due::Repeat: out.push_back(RepeatAnswer{answer_.invite()}); break;
    case AnswerRepeater::Due::GiveUp: {
      const bool told = is_over();
      send_bye(out);  // RFC 3261 section 13.3.1.4
      if (!told)
        out.push_back(Tell{CallEnded{setup_.id, CallEnded::By::Network, CallEnded::Why::NoAck, 0, "no ACK to our answer"}});
      return;
    }
  }
  tell_transfer(transfer_.on_time(now), out);
  const auto due = referral_.on_time(now);
  if (due.declined) out.push_back(Respond{*due.declined, 603, {}, {}});
  notify(due.notice, out);
  switch (timer_.on_time(now)) {
    case SessionTimer::Due::Nothing: break;
    case SessionTimer::Due::Refresh: refresh(now, out); break;
    case SessionTimer::Due::Expired: return lost(408, "the session was not refreshed", out);  // RFC 4028 section 10
  }
  if (reinvite_.patience_ends && now >= *reinvite_.patience_ends) on_patience_ended(out);
  if (!glare_.take_due(now) || !ours_) return;
  if (theirs_ || answer_.running()) return glare_.postpone(now, random_);
  if (!ours_->stale) return send_offer(out);
  if (!std::exchange(ours_, std::nullopt)->refresh) out.push_back(Tell{OfferRefused{setup_.id, 491}});  // Now it may offer anew.
  glare_.reset();
}

std::optional<base::TimePoint> ConfirmedCall::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& due : {answer_.next_deadline(), glare_.next_deadline(), transfer_.next_deadline(), timer_.next_deadline(),
                          referral_.next_deadline(), reinvite_.patience_ends}) {
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

bool ConfirmedCall::hang_up(Actions& out) {
  if (is_over()) return false;
  end_referral(out);
  const CallEnded ended{setup_.id, CallEnded::By::Local, CallEnded::Why::Bye, 0, {}};
  if (state_ == State::Confirming) {
    leave(out);
  } else {
    send_bye(out);
  }
  out.push_back(Tell{ended});
  return true;
}

/// The BYE waits for the ACK to our 2xx.
void ConfirmedCall::leave(Actions& out) {
  if (theirs_) out.push_back(Respond{theirs_->request, 487, {}, {}, {}});
  state_ = State::Leaving;
  clear();
}

void ConfirmedCall::send_bye(Actions& out) {
  if (state_ == State::Over) return;
  if (theirs_) out.push_back(Respond{theirs_->request, 487, {}, {}});
  take_their_target();
  end_referral(out);
  out.push_back(Send{Purpose::Bye, dialog_.request(Method::Bye), {}, {}, supported()});
  clear();
  answer_.stop();
  state_ = State::Over;
}

void ConfirmedCall::end(CallEnded ended, Actions& out) {
  const bool told = is_over();
  state_ = State::Over;
  clear();
  answer_.stop();
  if (!told) out.push_back(Tell{std::move(ended)});
}

bool ConfirmedCall::offer(Body body, Actions& out) {
  // RFC 3261 section 14.1: not while an INVITE is under way in either direction, its ACK included.
  if (state_ != State::Up || theirs_ || answer_.running() || body.empty()) return false;
  if (ours_) {  // Behind a refresh of the stack's own it waits, or takes its place.
    if (!ours_->refresh || next_) return false;
    if (glare_.next_deadline()) ours_ = OurOffer{std::move(body), false};
    else next_ = std::move(body);
    return true;
  }
  ours_ = OurOffer{std::move(body), false};
  send_offer(out);
  return true;
}

void ConfirmedCall::send_offer(Actions& out) {
  RequestHead head = dialog_.request(Method::Invite);
  reinvite_ = Reinvite{head.cseq};
  out.push_back(Send{Purpose::Reinvite, std::move(head), {}, ours_->body, refresh_headers()});
}

bool ConfirmedCall::accept_offer(Body body, base::TimePoint now, Actions& out) {
  if (!theirs_ || is_over() || (theirs_->method == Method::Invite && answer_.running())) return false;
  take_their_target();
  const TheirOffer taken = *std::exchange(theirs_, std::nullopt);
  keep_local(body);
  keep_remote(taken.offer.data);
  out.push_back(Respond{taken.request, 200, {}, std::move(body), take_timer(taken, now)});
  if (ours_) ours_->stale = true;
  if (taken.method != Method::Invite) return true;
  expects_answer_ = taken.offer.empty();
  answer_.start(taken.request, taken.cseq, now);
  return true;
}

HeaderList ConfirmedCall::take_timer(const TheirOffer& taken, base::TimePoint now) {
  return taken.method == Method::Prack ? supported() : accept_timer(taken.asked, now);
}

std::optional<std::uint32_t> ConfirmedCall::take_cseq(Purpose purpose) {
  if (purpose == Purpose::Update && (!updating_ || is_over())) return std::nullopt;
  if (purpose == Purpose::Reinvite) {
    if (!ours_ || reinvite_.cancelled || is_over()) return std::nullopt;  // Nobody wants it any more.
    reinvite_ = Reinvite{dialog_.take_cseq()};
    return reinvite_.cseq;
  }
  return dialog_.take_cseq();
}

bool ConfirmedCall::refuse_offer(int status, Actions& out) {
  if (!theirs_ || is_over() || status < 300 || status > 699) return false;
  out.push_back(Respond{theirs_->request, status, {}, {}});
  theirs_.reset();
  return true;
}

bool ConfirmedCall::is_consistent() const {
  if (!referral_.is_consistent() || !timer_.is_consistent() || pracks_ > kMaxPracks) return false;
  if (reinvite_.patience_ends && (!is_offering() || reinvite_.cancelled)) return false;
  if (state_ == State::Over) return next_deadline() == referral_.next_deadline() && !theirs_ && !ours_ && !next_;
  if (state_ == State::Confirming || state_ == State::Leaving) return answer_.running() && !ours_;
  return (!glare_.next_deadline() || ours_) && (!next_ || (ours_ && ours_->refresh));
}

}  // namespace offhook::inline v0::sip::session
