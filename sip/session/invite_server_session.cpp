#include <offhook/sip/session/invite_server_session.hpp>

#include <offhook/sip/session/mid_call.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

namespace {

constexpr std::string_view kReliable = "100rel";

std::optional<base::TimePoint> expiry_of(const Message& invite, base::TimePoint now) {
  const auto expires = invite.number(HeaderName::Expires);
  return expires ? std::optional(now + std::chrono::seconds(*expires)) : std::nullopt;
}

}  // namespace

InviteServerSession::InviteServerSession(const ConfirmedCall::Setup& setup, Dialog dialog, TransactionId invite, const Message& request,
                                         base::Random& random, base::TimePoint now)
    : id_(setup.id),
      invite_(invite),
      cseq_(request.cseq().number),
      wants_our_offer_(description_of(request).empty()),
      asked_(SessionTimer::asked_by(request)),
      random_(random),
      requires_reliable_(request.lists(HeaderName::Require, kReliable) || setup.reliability == Reliability::Required),
      supports_reliable_(requires_reliable_ ||
                         (setup.reliability != Reliability::Off && request.lists(HeaderName::Supported, kReliable))),
      expire_at_(expiry_of(request, now)),
      reliable_(setup.timers, cseq_),
      call_(setup, std::move(dialog), random) {
  call_.learn(request);
  call_.keep_remote(description_of(request).data);
}

bool InviteServerSession::provisional(int status, Body body, HeaderList headers, base::TimePoint now, Actions& out) {
  if (state_ != State::Proceeding || held_answer_ || status <= 100 || status >= 200) return false;
  last_is_reliable_ = is_reliable(body);
  if (!last_is_reliable_) {
    provisional_ = Respond{invite_, status, std::move(headers), std::move(body)};
    repeat_at_ = now + kRepeatProvisional;
    out.push_back(*provisional_);
    return true;
  }
  // A later response cannot change a description that was sent: RFC 6337 section 2.2
  if (described_) body = {};
  // If the INVITE had no offer, the first reliable response must carry ours (RFC 3262 section 5). Send nothing without our offer.
  if (wants_our_offer_ && !described_ && body.empty()) return true;
  const bool describes = !body.empty();
  if (describes) call_.keep_local(body);
  if (!reliable_.push(status, std::move(body), headers)) return false;
  described_ = described_ || describes;
  provisional_ = Respond{invite_, status, std::move(headers), {}};
  repeat_at_ = now + kRepeatReliable;
  send_reliable(now, out);
  return true;
}

void InviteServerSession::send_reliable(base::TimePoint now, Actions& out) {
  const auto* next = reliable_.start_next(random_, now);
  if (next == nullptr) return;
  reliable_response_ = Respond{
      invite_, next->status, next->headers, next->body, {{"Require", std::string(kReliable)}, {"RSeq", std::to_string(next->rseq)}}};
  out.push_back(reliable_response_);
}

bool InviteServerSession::answer(Body body, base::TimePoint now, Actions& out) {
  if (state_ != State::Proceeding || held_answer_ || early_offer_) return false;
  if (reliable_.holds_answer()) {  // The 2xx must wait for a PRACK: RFC 3262 section 5.
    held_answer_ = std::move(body);
    return true;
  }
  send_answer(std::move(body), now, out);
  return true;
}

void InviteServerSession::send_answer(Body body, base::TimePoint now, Actions& out) {
  state_ = State::Answered;
  stop_waiting();
  if (described_) body = {};  // RFC 6337 section 2.2
  call_.dialog().confirm();
  call_.keep_local(body);
  out.push_back(Respond{invite_, 200, {}, std::move(body), call_.accept_timer(asked_, now)});
  call_.confirming(invite_, cseq_, wants_our_offer_ && !described_, now);
}

/// Stops the timers of provisional responses, because the INVITE gets its final response.
void InviteServerSession::stop_waiting() {
  repeat_at_.reset();
  expire_at_.reset();
  provisional_.reset();
  held_answer_.reset();
  reliable_.stop();
}

bool InviteServerSession::reject(int status, HeaderList headers, Actions& out, HeaderList contacts) {
  if (state_ != State::Proceeding || status < 300 || status > 699) return false;
  refuse(status, std::move(headers), {id_, CallEnded::By::Local, CallEnded::Why::Rejected, status, {}}, out, std::move(contacts));
  return true;
}

void InviteServerSession::refuse(int status, HeaderList headers, CallEnded ended, Actions& out, HeaderList own) {
  state_ = State::Ended;
  stop_waiting();
  call_.clear();
  if (early_offer_) out.push_back(Respond{std::exchange(early_offer_, std::nullopt)->request, 487, {}, {}});
  out.push_back(Respond{invite_, status, std::move(headers), {}, std::move(own)});
  out.push_back(Emit{std::move(ended)});
}

void InviteServerSession::on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  const bool prack = request.method() == Method::Prack;
  if (state_ == State::Answered && !prack) return call_.on_request(id, request, now, out);
  if (state_ == State::Ended || !call_.dialog().matches(request)) return out.push_back(Respond{id, 481, {}, {}});
  if (!call_.dialog().accept_sequence(request)) return out.push_back(Respond{id, 500, {}, {}});
  if (prack) return on_prack(id, request, now, out);
  on_early_request(id, request, now, out);
}

void InviteServerSession::on_early_request(TransactionId id, const Message& request, base::TimePoint, Actions& out) {
  // The caller may end an early dialog with BYE: RFC 3261 section 15
  if (request.method() == Method::Bye) {
    out.push_back(Respond{id, 200, {}, {}});
    return refuse(487, {}, {id_, CallEnded::By::Remote, CallEnded::Why::Bye, 487, reason_of(request), reasons_of(request)}, out);
  }
  if (take_mid_call(call_.setup(), id, request, out)) return;
  if (request.method() != Method::Update || early_offer_) return out.push_back(later(id));
  if (!description_of(request).empty()) {
    // RFC 3311 section 5.2: refuse an offer with 491 while our own offer has no answer, and with 500 while the INVITE's offer has none.
    const bool ours = (wants_our_offer_ && described_ && !agreed_) || call_.is_offering();
    if (ours) return out.push_back(Respond{id, 491, {}, {}});
    if (!agreed_ || held_answer_ || reliable_.holds_answer()) return out.push_back(later(id));
    call_.dialog().refresh_target(request);
    return take_early_offer(id, request, std::nullopt, out);
  }
  call_.dialog().refresh_target(request);
  out.push_back(Respond{id, 200, {}, {}});
}

Respond InviteServerSession::later(TransactionId id) {
  return {id, 500, {{"Retry-After", std::to_string(random_.below(11))}}, {}, {}};
}

void InviteServerSession::take_early_offer(TransactionId id, const Message& request, std::optional<RAck> prack, Actions& out) {
  Body offer = description_of(request);
  early_offer_ = EarlyOffer{id, offer, prack};
  out.push_back(Emit{OfferReceived{id_, std::move(offer)}});
}

/// Answers a further PRACK for a response after we refused the offer in the first one: 200 without an offer, 488 with one
/// (RFC 6337 section 2.3). Returns false for any other PRACK.
bool InviteServerSession::is_refused_before(TransactionId id, const Message& prack, const RAck& rack, Actions& out) {
  if (refused_ != rack) return false;
  const bool offers = !description_of(prack).empty();
  if (!offers) refused_.reset();
  out.push_back(Respond{id, offers ? 488 : 200, {}, {}});
  return true;
}

void InviteServerSession::on_prack(TransactionId id, const Message& prack, base::TimePoint now, Actions& out) {
  const auto rack = parse_rack(prack.find(HeaderName::RAck).value_or(""));
  if (!rack) return out.push_back(Respond{id, 400, {}, {}});
  if (is_refused_before(id, prack, *rack, out)) return;
  const auto provisional = reliable_.on_prack(*rack);
  if (!provisional) return out.push_back(Respond{id, 481, {}, {}});  // RFC 3262 section 3
  const bool offered_ours = wants_our_offer_ && !provisional->body.empty();
  if (!provisional->body.empty()) agreed_ = true;
  Body description = description_of(prack);
  if (description.empty() || offered_ours) {
    out.push_back(Respond{id, 200, {}, {}});
    if (offered_ours) call_.keep_remote(description.data);
    if (offered_ours) out.push_back(Emit{OfferAnswered{id_, std::move(description)}});
  } else if (state_ == State::Answered) {
    call_.on_prack_offer(id, prack, out);
  } else if (agreed_ && !early_offer_ && !call_.is_offering()) {
    // The answer goes into the 2xx to PRACK: RFC 3262 section 5
    take_early_offer(id, prack, *rack, out);
  } else {
    refused_ = *rack;
    out.push_back(Respond{id, 488, {}, {}});
  }
  go_on(now, out);
}

/// Sends the response that waited for a PRACK, or for the phone layer's answer to an early offer.
void InviteServerSession::go_on(base::TimePoint now, Actions& out) {
  if (state_ != State::Proceeding) return;
  if (held_answer_ && !early_offer_ && !reliable_.holds_answer()) {
    return send_answer(*std::exchange(held_answer_, std::nullopt), now, out);
  }
  send_reliable(now, out);
}

void InviteServerSession::on_ack(const Message& ack, base::TimePoint now, Actions& out) {
  if (state_ == State::Answered) call_.on_ack(ack, now, out);
}

void InviteServerSession::on_cancel(TransactionId invite, const Message& cancel, base::TimePoint, Actions& out) {
  if (state_ == State::Answered) return call_.on_cancel(invite, out);
  if (state_ == State::Ended || invite != invite_) return;
  refuse(487, {}, {id_, CallEnded::By::Remote, CallEnded::Why::Cancelled, 487, reason_of(cancel), reasons_of(cancel)}, out);
}

void InviteServerSession::on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Ended) return;
  call_.on_response(purpose, response, now, out);
  after_update(out);
}

void InviteServerSession::on_failure(Purpose purpose, const RequestHead&, Failure failure, base::TimePoint now, Actions& out) {
  if (state_ == State::Ended) return;
  call_.on_failure(purpose, failure, now, out);
  after_update(out);
}

/// Ends the call if the peer did not respond in the early dialog: RFC 3261 section 12.2.1.2.
void InviteServerSession::after_update(Actions& out) {
  if (state_ != State::Proceeding || !call_.is_over()) return;
  refuse(504, {}, {id_, CallEnded::By::Network, CallEnded::Why::SessionLost, 504, "the peer did not respond to our UPDATE"}, out);
}

void InviteServerSession::on_time(base::TimePoint now, Actions& out) {
  // Our offer is not retried while the peer's offer waits: RFC 3311 section 5.1.
  if (state_ != State::Ended && !early_offer_) call_.on_time(now, out);
  if (state_ == State::Answered) return;
  if (expire_at_ && *expire_at_ <= now)  // RFC 3261 section 13.3.1
    return refuse(487, {}, {id_, CallEnded::By::Remote, CallEnded::Why::Cancelled, 487, "the INVITE has expired"}, out);
  switch (reliable_.on_time(now)) {
    case ReliableProvisionals::Due::Nothing: break;
    case ReliableProvisionals::Due::Repeat: out.push_back(reliable_response_); break;
    case ReliableProvisionals::Due::GiveUp:  // RFC 3262 section 3
      return refuse(504, {}, {id_, CallEnded::By::Network, CallEnded::Why::NoAck, 504, "the peer sent no PRACK for our provisional response"},
                    out);
  }
  if (!repeat_at_ || now < *repeat_at_ || !provisional_) return;
  repeat_at_ = now + (last_is_reliable_ ? kRepeatReliable : kRepeatProvisional);
  if (!last_is_reliable_) return out.push_back(*provisional_);
  if (reliable_.push(provisional_->status, {}, provisional_->headers)) send_reliable(now, out);
}

std::optional<base::TimePoint> InviteServerSession::next_deadline() const {
  if (state_ == State::Answered) return call_.next_deadline();
  std::optional<base::TimePoint> first;
  const auto retry = early_offer_ ? std::nullopt : call_.next_deadline();
  for (const auto& due : {reliable_.next_deadline(), repeat_at_, expire_at_, retry}) {
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

bool InviteServerSession::hang_up(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Proceeding: return reject(480, {}, out);
    case State::Answered: return call_.hang_up(out);
    case State::Ended: return false;
  }
  return false;
}

bool InviteServerSession::offer(Body body, HeaderList headers, base::TimePoint, Actions& out) {
  return state_ == State::Answered && call_.offer(std::move(body), std::move(headers), Method::Invite, out);
}

/// Sends an offer by UPDATE. Before a 2xx, refuses until the first offer is answered and acknowledged: RFC 3311 section 5.1.
bool InviteServerSession::update(Body body, HeaderList headers, std::string_view, base::TimePoint, Actions& out) {
  if (state_ == State::Ended) return false;
  const bool open = agreed_ && !early_offer_ && !held_answer_ && !reliable_.holds_answer();
  if (state_ == State::Proceeding && !open) return false;
  return call_.offer(std::move(body), std::move(headers), Method::Update, out);
}

Dialog* InviteServerSession::dialog_of(const Message& request) { return call_.dialog().matches(request) ? &call_.dialog() : nullptr; }

Standing InviteServerSession::standing(std::string_view remote_tag) {
  const Standing standing = call_.standing(remote_tag);
  if (standing == Standing::Unknown || state_ == State::Answered) return standing;
  return state_ == State::Ended ? Standing::Ended : Standing::EarlyTheirs;
}

bool InviteServerSession::accept_offer(Body body, std::string_view, base::TimePoint now, Actions& out) {
  if (early_offer_ && state_ == State::Proceeding) {
    call_.keep_local(body);
    call_.keep_remote(early_offer_->body.data);
    call_.outdate();
    out.push_back(Respond{std::exchange(early_offer_, std::nullopt)->request, 200, {}, std::move(body)});
    go_on(now, out);
    return true;
  }
  return state_ == State::Answered && call_.accept_offer(std::move(body), now, out);
}

bool InviteServerSession::refuse_offer(int status, std::string_view, base::TimePoint now, Actions& out) {
  if (early_offer_ && state_ == State::Proceeding && status >= 300 && status <= 699) {
    const EarlyOffer offer = *std::exchange(early_offer_, std::nullopt);
    if (offer.prack) refused_ = offer.prack;
    out.push_back(Respond{offer.request, status, {}, {}});
    go_on(now, out);
    return true;
  }
  return state_ == State::Answered && call_.refuse_offer(status, out);
}

std::optional<std::uint32_t> InviteServerSession::take_cseq(Purpose purpose, const RequestHead&, Actions&) {
  const bool never = purpose == Purpose::Invite || purpose == Purpose::ForkBye;
  const bool early = state_ == State::Proceeding && purpose == Purpose::Update;
  if ((state_ != State::Answered && !early) || never) return std::nullopt;
  return call_.take_cseq(purpose);
}

bool InviteServerSession::is_over() const { return state_ == State::Ended || (state_ == State::Answered && call_.is_over()); }

bool InviteServerSession::is_consistent() const {
  if (state_ != State::Proceeding && (repeat_at_ || expire_at_ || reliable_.next_deadline() || held_answer_ || early_offer_)) return false;
  return call_.is_consistent() && provisional_.has_value() == repeat_at_.has_value();
}

}  // namespace offhook::inline v0::sip::session
