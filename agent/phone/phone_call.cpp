#include <offhook/agent/phone/phone_call.hpp>

#include <offhook/sip/message/uri.hpp>

namespace offhook::inline v0::phone {

namespace {

constexpr std::string_view kSdp = "application/sdp";

base::Error error(PhoneError code, std::string detail) { return {"phone", static_cast<int>(code), std::move(detail)}; }

base::Result<void, base::Error> from_stack(const base::Result<void, sip::StackError>& result, std::string_view what) {
  if (result) return {};
  return base::fail(error(PhoneError::WrongState, std::string(what) + " does not fit the call any more (" + std::string(sip::to_string(result.error())) + ")"));
}

sip::Body sdp_body(std::string text) { return {std::string(kSdp), std::move(text)}; }

}  // namespace

std::string_view to_string(media::AudioCodec codec) {
  switch (codec) {
    case media::AudioCodec::Pcmu: return "PCMU";
    case media::AudioCodec::Pcma: return "PCMA";
    case media::AudioCodec::G722: return "G722";
  }
  return "";
}

PhoneCall::PhoneCall(CallOwner& owner, sip::IncomingCall incoming, std::uint64_t sdp_id)
    : owner_(owner),
      session_(incoming.session),
      leg_name_(owner.stack.leg_name(incoming.session)),
      peer_(std::move(incoming.from.uri)),
      offer_(std::move(incoming.offer)),
      source_(incoming.source),
      media_(owner.engine, owner.options.codecs, sdp_id) {}

PhoneCall::PhoneCall(CallOwner& owner, std::uint64_t sdp_id, std::string peer)
    : owner_(owner), state_(State::Dialling), outgoing_(true), peer_(std::move(peer)), media_(owner.engine, owner.options.codecs, sdp_id) {}

base::Result<std::shared_ptr<PhoneCall>, base::Error> PhoneCall::dial(CallOwner& owner, const DialOptions& options,
                                                                      std::shared_ptr<media::AudioPort> port, const base::IpAddress& local,
                                                                      std::uint64_t sdp_id) {
  auto call = std::make_shared<PhoneCall>(owner, sdp_id, options.target);
  if (!options.codecs.empty()) call->media_.set_codecs(options.codecs);
  if (auto opened = call->media_.open(local, std::move(port)); !opened) return base::fail(opened.error());
  auto offer = call->media_.make_offer();
  if (!offer) return base::fail(offer.error());
  auto session = owner.stack.call({options.account, options.target, sdp_body(*offer), options.headers, options.through_registrar}, base::Clock::now());
  if (!session) {
    return base::fail(error(PhoneError::BadTarget, "cannot call " + options.target + ": " + std::string(sip::to_string(session.error())) +
                                                       "; write it as sip:USER@HOST"));
  }
  call->session_ = *session;
  call->leg_name_ = owner.stack.leg_name(*session);
  return call;
}

base::Result<void, base::Error> PhoneCall::prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) {
  if (state_ != State::Offered || prepared_) return base::fail(error(PhoneError::WrongState, "the call is not waiting for media"));
  const auto local = owner_.local_towards(source_.ip);
  const auto refuse = [this](int status, base::Error why) -> base::Result<void, base::Error> {
    (void)owner_.stack.reject(session_, status, {}, now());
    return base::fail(std::move(why));
  };
  if (!local) return refuse(500, error(PhoneError::Socket, "no way to " + source_.ip.to_string()));
  if (!codecs.empty()) media_.set_codecs(codecs);
  if (auto opened = media_.open(*local, std::move(port)); !opened) return refuse(503, opened.error());
  auto description = offer_.empty() ? media_.make_offer() : media_.answer(offer_.data);
  if (!description) return refuse(488, description.error());
  our_answer_ = std::move(*description);
  prepared_ = true;
  return {};
}

base::Result<void, base::Error> PhoneCall::ring() { return from_stack(owner_.stack.ring(session_, now()), "ringing"); }

base::Result<void, base::Error> PhoneCall::answer() {
  if (state_ != State::Offered || !prepared_) return base::fail(error(PhoneError::WrongState, "the call is not waiting to be answered"));
  if (auto answered = from_stack(owner_.stack.answer(session_, sdp_body(our_answer_), now()), "answering"); !answered) return answered;
  state_ = State::Answering;
  // From the 200 on both sides may send: the caller must not wait for our first word until the ACK has come round.
  if (!offer_.empty()) media_.start();
  return {};
}

base::Result<void, base::Error> PhoneCall::reject(int status) {
  return from_stack(owner_.stack.reject(session_, status, {}, now()), "rejecting");
}

base::Result<void, base::Error> PhoneCall::hang_up() { return from_stack(owner_.stack.hang_up(session_, now()), "hanging up"); }

base::Result<void, base::Error> PhoneCall::change_hold(bool on_hold) {
  if (state_ != State::Connected) return base::fail(error(PhoneError::WrongState, "only a call that is up can be held or resumed"));
  media_.set_on_hold(on_hold);
  auto offer = media_.make_offer();
  if (!offer) return base::fail(offer.error());
  return from_stack(owner_.stack.offer(session_, sdp_body(std::move(*offer)), now()), on_hold ? "holding" : "resuming");
}

base::Result<void, base::Error> PhoneCall::transfer(std::string_view target) {
  if (state_ != State::Connected) return base::fail(error(PhoneError::WrongState, "only a call that is up can be transferred"));
  std::string uri(target);
  if (const auto parsed = sip::parse_uri(target); !parsed || parsed->scheme == sip::Uri::Scheme::Other) {
    const auto peer = sip::parse_uri(peer_);
    if (!peer || peer->host.empty()) return base::fail(error(PhoneError::BadTarget, "cannot complete the transfer target " + uri));
    uri = "sip:" + sip::escape_user(target) + "@" + std::string(peer->host);
    if (peer->port) uri += ":" + std::to_string(*peer->port);
  }
  return from_stack(owner_.stack.refer(session_, uri, now()), "transferring");
}

void PhoneCall::on_progress(const sip::CallProgress& event) {
  // An answer in a provisional response starts early media; the one in the 2xx then repeats it (RFC 3261 section 13.2.1).
  bool early_media = false;
  if (event.body.type == kSdp && media_.accept_answer(event.body.data)) {
    media_.start();
    early_media = has_early_answer_ = true;
  }
  owner_.tell(CallRinging{shared_from_this(), event.status, early_media});
}

void PhoneCall::on_answered(const sip::CallAnswered& event) {
  // Without one, that of the provisional response stands: RFC 6337 section 2.2.
  const bool stands = event.body.empty() && has_early_answer_;
  if (!stands && !media_.accept_answer(event.body.data)) {
    (void)hang_up();  // An answer that cannot be used: the call is up for SIP, and has to be ended with BYE.
    return;
  }
  media_.start();
  connected();
}

void PhoneCall::on_confirmed(const sip::CallConfirmed& event) {
  // Without an answer to the offer in our 200 there is no media, now or later: RFC 3264 section 5 leaves the peer no such choice.
  const bool owed = state_ == State::Answering && offer_.empty();
  if (event.body.empty() ? owed : !media_.accept_answer(event.body.data)) {
    (void)hang_up();
    return;
  }
  if (event.body.empty()) media_.abandon_offer();  // Of a re-INVITE that wanted ours and then did not answer it: all stays as it was.
  media_.start();
  if (state_ == State::Answering) return connected();
  tell_media();
}

void PhoneCall::connected() {
  state_ = State::Connected;
  owner_.tell(CallConnected{shared_from_this()});
}

void PhoneCall::tell_media() { owner_.tell(CallMediaChanged{shared_from_this(), media_.sends(), media_.receives()}); }

void PhoneCall::on_offer(const sip::OfferReceived& event) {
  auto description = event.offer.empty() ? media_.make_offer() : media_.answer(event.offer.data);
  if (!description) {
    (void)owner_.stack.refuse_offer(session_, 488, now());
    return;
  }
  (void)owner_.stack.accept_offer(session_, sdp_body(std::move(*description)), now());
  if (!event.offer.empty()) tell_media();
}

void PhoneCall::on_offer_answered(const sip::OfferAnswered& event) {
  if (!media_.accept_answer(event.answer.data)) return media_.abandon_offer();
  tell_media();
}

void PhoneCall::on_offer_refused() {
  media_.abandon_offer();
  tell_media();
}

void PhoneCall::on_ended(const sip::CallEnded& event) {
  state_ = State::Ended;
  owner_.tell(CallFinished{shared_from_this(), event, media_.close()});
}

}  // namespace offhook::inline v0::phone
