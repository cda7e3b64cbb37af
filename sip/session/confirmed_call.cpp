#include <offhook/sip/session/confirmed_call.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/multipart.hpp>
#include <offhook/sip/model/capabilities.hpp>
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
  if (!is_plain_encoding(base::trim(message.find(HeaderName::ContentEncoding).value_or("")))) return {};
  Body body = body_of(message);
  return base::iequals(body.type, kSdp) ? body : Body{};
}

std::string reason_of(const Message& request) { return std::string(request.find(HeaderName::Reason).value_or("")); }

std::string supported_by(const ConfirmedCall::Setup& setup) {
  std::string tags;
  if (setup.reliability != Reliability::Off) tags += "100rel, ";
  if (setup.session_timer.use != SessionTimerOptions::Use::Off) tags += "timer, ";
  if (accepts_package(setup.info_packages, kTrickleIce)) tags += std::string(kTrickleIce) + ", ";
  return tags + "replaces, norefersub, from-change";
}

ConfirmedCall::ConfirmedCall(Setup setup, Dialog dialog, base::Random& random)
    : setup_(std::move(setup)),
      dialog_(std::move(dialog)),
      random_(random),
      answer_(setup_.timers),
      glare_(setup_.owns_call_id),
      timer_(setup_.session_timer),
      transfers_(setup_.id, dialog_, supported_by(setup_)) {}

void ConfirmedCall::confirming(TransactionId invite, std::uint32_t cseq, bool expects_answer, base::TimePoint now) {
  assert(state_ == State::Up && !answer_.running());
  state_ = State::Confirming;
  expects_answer_ = expects_answer;
  answer_.start(invite, cseq, now);
}

HeaderList ConfirmedCall::supported() const {
  // Each request lists the extensions: RFC 4028 section 7.1.
  return {{"Supported", supported_by(setup_)}};
}

/// Each INVITE, each UPDATE and their 2xx list the accepted packages: RFC 6086 section 5.2.
HeaderList ConfirmedCall::with_packages(HeaderList headers) const {
  if (!setup_.info_packages.empty()) headers.emplace_back("Recv-Info", recv_info(setup_.info_packages));
  return headers;
}

void ConfirmedCall::learn(const Message& message) {
  if (message.has(HeaderName::Allow)) peer_updates_ = message.lists(HeaderName::Allow, "UPDATE");
  if (!message.has(HeaderName::Supported)) return;
  peer_takes_names_ = message.lists(HeaderName::Supported, "from-change");
  peer_replaces_ = message.lists(HeaderName::Supported, "replaces");
}

void ConfirmedCall::on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  if (!dialog_.matches(request)) return out.push_back(Respond{id, 481, {}, {}});
  // Refuse a request whose CSeq is out of order: RFC 3261 section 12.2.2.
  if (!dialog_.accept_sequence(request)) return out.push_back(Respond{id, 500, {}, {}});
  if (request.method() == Method::Bye) return on_bye(id, request, out);  // Accept the BYE even if both sides hang up at once.
  // A SUBSCRIBE is valid even after the BYE, because the subscription of a REFER may outlive the call.
  if (request.method() == Method::Subscribe) return transfers_.on_subscribe(id, request, now, out);
  if (is_over()) return out.push_back(Respond{id, 481, {}, {}});
  if (request.method() == Method::Invite) return on_reinvite(id, request, out);
  if (request.method() == Method::Update) return on_update(id, request, now, out);
  if (request.method() == Method::Notify) return transfers_.on_notify(id, request, out);
  if (request.method() == Method::Refer) return transfers_.on_refer(id, request, now, out);
  if (take_mid_call(setup_, id, request, out)) return;
  out.push_back(Respond{id, 481, {}, {}});  // No response of ours waits for a PRACK (RFC 3262 section 3).
}

void ConfirmedCall::on_bye(TransactionId id, const Message& request, Actions& out) {
  // Refuse the peer's request that still waits for an answer: RFC 3261 section 15.1.2.
  if (theirs_) out.push_back(Respond{theirs_->request, 487, {}, {}});
  theirs_.reset();
  out.push_back(Respond{id, 200, {}, {}});
  transfers_.refuse_pending(out);
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
  // A peer that implements only RFC 2543 has no tag; Replaces then has the tag 0: RFC 3891 section 6.1.
  if (tag != remote_tag && !(tag.empty() && remote_tag == "0")) return Standing::Unknown;
  return is_over() ? Standing::Ended : Standing::Up;
}

void ConfirmedCall::clear() {
  theirs_.reset();
  ours_.reset();
  next_.reset();
  next_refresh_ = false;
  reinvite_.patience_ends.reset();
  glare_.reset();
  transfers_.stop();
  timer_.stop();
}

Respond ConfirmedCall::later(TransactionId id) {
  // RFC 3261 section 14.2: a random value between 0 and 10 seconds.
  return {id, 500, {{"Retry-After", std::to_string(random_.below(11))}}, {}, {}};
}

void ConfirmedCall::on_cancel(TransactionId invite, Actions& out) {
  if (!theirs_ || theirs_->request != invite) return;  // The offer is answered, so CANCEL has no effect (RFC 3261 section 9.2).
  theirs_.reset();
  out.push_back(Respond{invite, 487, {}, {}});
}

void ConfirmedCall::confirmed(Body body, Actions& out) {
  const bool emit = state_ == State::Confirming || expects_answer_;
  expects_answer_ = false;
  keep_remote(body.data);
  if (state_ == State::Leaving) return send_bye(out);
  if (state_ == State::Confirming) state_ = State::Up;
  if (emit && state_ == State::Up) out.push_back(Emit{CallConfirmed{setup_.id, std::move(body)}});
}

void ConfirmedCall::on_ack(const Message& ack, base::TimePoint, Actions& out) {
  if (!dialog_.matches(ack) || !answer_.on_ack(ack.cseq().number)) return;
  confirmed(description_of(ack), out);
}

void ConfirmedCall::on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) {
  switch (purpose) {
    case Purpose::Refer:
      return transfers_.on_response(response, out);
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
    case Purpose::EarlyUpdate:
    case Purpose::Bye:  // The response to a BYE changes nothing.
    case Purpose::ForkBye: return;
  }
}

void ConfirmedCall::on_other_answered(Purpose purpose, int status, Actions& out) {
  if (status < 200) return;
  // If the peer refuses our NOTIFY or does not respond to it, the subscription is gone (RFC 6665 section 4.2.2).
  if (purpose == Purpose::Notify) return status >= 300 ? transfers_.on_notify_refused() : void();
  const Method method = purpose == Purpose::Info ? Method::Info : purpose == Purpose::Message ? Method::Message : Method::Options;
  const bool gone = (status == 481 || status == 408) && !is_over();  // RFC 3261 section 12.2.1.2
  out.push_back(Emit{MidCallAnswered{setup_.id, method, status}});
  if (gone) lost(status, "the peer no longer knows the call, or did not respond within it", out);
}

void ConfirmedCall::on_failure(Purpose purpose, Failure failure, base::TimePoint now, Actions& out) {
  const int failed = failure == Failure::Timeout ? 408 : 503;
  if (purpose == Purpose::Refer) return transfers_.on_failure(failed, out);
  const bool other =
      purpose == Purpose::Notify || purpose == Purpose::Info || purpose == Purpose::Message || purpose == Purpose::Options;
  if (other) return on_other_answered(purpose, failed, out);
  if (purpose == Purpose::Reinvite) return ours_ ? on_offer_failed(failure, now, out) : void();
  if (purpose != Purpose::Update) return;
  if (is_offering() && ours_->method == Method::Update) return on_offer_failed(failure, now, out);
  if (!std::exchange(updating_, false) || is_over()) return;
  if (failure == Failure::Timeout) return lost(408, "the peer did not respond to a request within the call", out);
  timer_.on_refused(failed, now);
  send_next(now, out);
}

void ConfirmedCall::lost(int status, std::string reason, Actions& out) {
  // The called side must not send BYE in an early dialog; its final response ends the call.
  if (dialog_.state() == Dialog::State::Early) {
    clear();
    state_ = State::Over;
    return;
  }
  if (state_ == State::Confirming) {
    leave(out);
  } else {
    send_bye(out);
  }
  out.push_back(Emit{CallEnded{setup_.id, CallEnded::By::Network, CallEnded::Why::SessionLost, status, std::move(reason)}});
}

void ConfirmedCall::on_time(base::TimePoint now, Actions& out) {
  switch (answer_.on_time(now)) {
    case AnswerRepeater::Due::Nothing: break;
    case AnswerRepeater::Due::Repeat: out.push_back(RepeatAnswer{answer_.invite()}); break;
    case AnswerRepeater::Due::GiveUp: {
      const bool told = is_over();
      send_bye(out);  // RFC 3261 section 13.3.1.4
      if (!told)
        out.push_back(Emit{CallEnded{setup_.id, CallEnded::By::Network, CallEnded::Why::NoAck, 0, "the peer sent no ACK for our answer"}});
      return;
    }
  }
  transfers_.on_time(now, out);
  switch (timer_.on_time(now)) {
    case SessionTimer::Due::Nothing: break;
    case SessionTimer::Due::Refresh: refresh(now, out); break;
    // End the call if no refresh came in time: RFC 4028 section 10.
    case SessionTimer::Due::Expired: return lost(408, "the session was not refreshed", out);
  }
  if (reinvite_.patience_ends && now >= *reinvite_.patience_ends) on_patience_ended(out);
  if (!glare_.take_due(now) || !ours_) return;
  if (theirs_ || answer_.running() || updating_) return glare_.postpone(now, random_);
  if (!ours_->stale) return send_offer(out);
  // The phone layer may now offer again.
  if (!std::exchange(ours_, std::nullopt)->refresh) out.push_back(Emit{OfferRefused{setup_.id, 491}});
  glare_.reset();
}

std::optional<base::TimePoint> ConfirmedCall::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& due : {answer_.next_deadline(), glare_.next_deadline(), transfers_.next_deadline(), timer_.next_deadline(),
                          reinvite_.patience_ends}) {
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

bool ConfirmedCall::hang_up(Actions& out) {
  if (is_over()) return false;
  transfers_.give_up(out);
  const CallEnded ended{setup_.id, CallEnded::By::Local, CallEnded::Why::Bye, 0, {}};
  if (state_ == State::Confirming) {
    leave(out);
  } else {
    send_bye(out);
  }
  out.push_back(Emit{ended});
  return true;
}

/// Ends the call, but delays the BYE until the ACK to our 2xx arrives.
void ConfirmedCall::leave(Actions& out) {
  if (theirs_) out.push_back(Respond{theirs_->request, 487, {}, {}, {}});
  state_ = State::Leaving;
  clear();
}

void ConfirmedCall::send_bye(Actions& out) {
  if (state_ == State::Over) return;
  if (theirs_) out.push_back(Respond{theirs_->request, 487, {}, {}});
  take_their_target();
  transfers_.give_up(out);
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
  if (!told) out.push_back(Emit{std::move(ended)});
}

std::optional<std::uint32_t> ConfirmedCall::take_cseq(Purpose purpose) {
  const bool offers = is_offering() && ours_->method == Method::Update;
  if (purpose == Purpose::Update && ((!updating_ && !offers) || is_over())) return std::nullopt;
  if (purpose == Purpose::Reinvite) {
    if (!ours_ || reinvite_.cancelled || is_over()) return std::nullopt;  // The re-INVITE is no longer needed.
    reinvite_ = Reinvite{dialog_.take_cseq()};
    return reinvite_.cseq;
  }
  return dialog_.take_cseq();
}

bool ConfirmedCall::is_consistent() const {
  if (!transfers_.is_consistent() || !timer_.is_consistent() || pracks_ > kMaxPracks) return false;
  if (reinvite_.patience_ends && (!is_offering() || reinvite_.cancelled)) return false;
  if (state_ == State::Over) return next_deadline() == transfers_.next_deadline() && !theirs_ && !ours_ && !next_;
  if (state_ == State::Leaving) return answer_.running() && !ours_;
  // An UPDATE may be pending when we answer.
  const bool reinvites = is_offering() && ours_->method != Method::Update;
  if (state_ == State::Confirming && (!answer_.running() || reinvites)) return false;
  if (updating_ && ours_ && ours_->method == Method::Update && is_offering()) return false;  // Only one UPDATE may be pending.
  return (!glare_.next_deadline() || ours_) && (!next_ || updating_ || (ours_ && ours_->refresh));
}

}  // namespace offhook::inline v0::sip::session
