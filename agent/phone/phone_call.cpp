#include <offhook/agent/phone/phone_call.hpp>

#include <offhook/agent/call/codec_name.hpp>
#include <offhook/agent/phone/target.hpp>
#include <offhook/agent/phone/tone_refusal.hpp>
#include <offhook/base/text.hpp>
#include <offhook/media/detect/call_progress_detector.hpp>
#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/transport.hpp>
#include <offhook/sip/message/uri.hpp>
#include <offhook/sip/model/capabilities.hpp>

#include <utility>

namespace offhook::inline v0::phone {

namespace {

constexpr std::string_view kSdp = "application/sdp";
constexpr auto kToneLook = std::chrono::milliseconds(100);

MediaSession::Extras extras_of(const PhoneCore& core, const MediaSecurity& security) {
  const EndpointOptions& options = core.options;
  return {options.comfort_noise, options.voip_metrics, options.source_rule, options.order_of_offer, options.prepare_media, security, core.dtls, options.ice, core.nat};
}

/// Returns the host to which the media of an offer go if its address family differs from that of the signalling, as it may on dual-stack hosts. Otherwise
/// returns the source of the signalling.
base::IpAddress media_host_of(const std::string& offer, const base::IpAddress& source) {
  const auto session = sdp::parse_session(offer);
  if (!session) return source;
  for (const sdp::Media& stream : session->media) {
    const auto transport = base::iequals(stream.kind, "audio") ? sdp::read_transport(*session, stream) : base::fail(sdp::NegotiationError::NoAudio);
    if (transport && transport->rtp.ip.is_v6() != source.is_v6() && !transport->rtp.ip.is_unspecified()) return transport->rtp.ip;
    if (transport) break;
  }
  return source;
}

/// Returns the status that refuses a call whose media could not be prepared, for the reason `why`.
int refusal_of(const base::Error& why) { return is(why, PhoneError::Socket) ? 500 : is(why, PhoneError::NotAcceptable) ? 488 : 503; }

}  // namespace

std::string_view to_string(media::AudioCodec codec) { return call::name_of(codec); }

PhoneCall::PhoneCall(const std::shared_ptr<PhoneCore>& core, sip::IncomingCall incoming, std::uint64_t sdp_id, MediaSecurity security, std::optional<base::IpAddress> seen)
    : core_(core),
      session_(incoming.session),
      leg_name_(core->stack.calls().leg_name(incoming.session)),
      peer_(std::move(incoming.from.uri)),
      offer_(std::move(incoming.offer)),
      source_(incoming.source),
      seen_(seen),
      media_(core->engine, core->options.codecs, extras_of(*core, security), sdp_id),
      keys_need_tls_(security.needs_tls()) {}

PhoneCall::PhoneCall(const std::shared_ptr<PhoneCore>& core, std::uint64_t sdp_id, std::string peer, MediaSecurity security)
    : core_(core),
      state_(State::Dialling),
      outgoing_(true),
      peer_(std::move(peer)),
      media_(core->engine, core->options.codecs, extras_of(*core, security), sdp_id),
      keys_need_tls_(security.needs_tls()) {}

sip::Body PhoneCall::sdp_body(std::string text) const { return {std::string(kSdp), std::move(text), keys_need_tls_}; }

base::Result<void, base::Error> PhoneCall::dial(const DialOptions& options, std::shared_ptr<media::AudioPort> port, const MediaPlace& place) {
  if (!options.codecs.empty()) media_.set_codecs(options.codecs);
  media_.prepare_to_offer();
  early_media_ = options.early_media;
  if (options.heeds_tones && port && port->progress_detector) listened_ = port;
  const auto later = [options](PhoneCall& call, const Ready& ready) {
    const auto sent = ready ? call.invite(options) : ready;
    if (!sent) call.end_unsent(sip::CallEnded::Why::Unreachable, sent.error().detail);
  };
  const auto ready = open_media(place, std::move(port), later);
  if (!ready) return {};
  return *ready ? invite(options) : *ready;
}

base::Result<void, base::Error> PhoneCall::invite(const DialOptions& options) {
  media_.set_other_media(options.other_media);
  auto offer = media_.make_offer();
  if (!offer) return base::fail(offer.error());
  sip::CallOptions wanted{options.account.id(), options.target, sdp_body(*offer), options.headers, options.through_registrar};
  wanted.replaces = options.replaces;
  wanted.session_timer = options.session_timer;
  wanted.reliability = options.reliability;
  wanted.privacy = options.privacy;
  wanted.max_redirections = options.max_redirections;
  if (options.for_transfer) wanted.for_transfer = options.for_transfer->id();
  auto session = core()->stack.calls().call(std::move(wanted), now());
  if (!session) return base::fail(refused(session.error(), "the call cannot begin"));  // Logs show this error, and must not show the number.
  session_ = *session;
  leg_name_ = core()->stack.calls().leg_name(session_);
  core()->sent(shared_from_this(), options);
  keep_negotiating();
  return {};
}

void PhoneCall::end_unsent(sip::CallEnded::Why why, std::string reason) {
  sip::CallEnded ended;
  ended.by = sip::CallEnded::By::Local;
  ended.why = why;
  ended.reason = std::move(reason);
  on_ended(ended);
  core()->unsent(shared_from_this());
}

/// Opens the media. Returns the result if it is known at once. Otherwise `later` gets the result, after EndpointOptions::prepare_limit at the latest.
std::optional<PhoneCall::Ready> PhoneCall::open_media(const MediaPlace& place, std::shared_ptr<media::AudioPort> port,
                                                      std::function<void(PhoneCall&, const Ready&)> later) {
  const auto open = [&](MediaReady ready) {
    media_.open(place, std::move(port), [weak = weak_from_this(), ready = std::move(ready)](base::Result<void, base::Error> result) {
      if (const auto self = weak.lock(); self && self->usable_core()) ready(std::move(result));  // Otherwise the endpoint has stopped.
    });
  };
  auto ready = media_wait_.begin(open, core()->options.prepare_limit, core()->after, [weak = weak_from_this(), later = std::move(later)](const Ready& then) {
    if (const auto self = weak.lock()) later(*self, then);
  });
  keep_negotiating();
  return ready;
}

template <class Do>
base::Result<void, base::Error> PhoneCall::ask(std::string_view what, Do operation) {
  const auto core = usable_core();
  if (!core) return base::fail(core.error());
  return from_stack(operation((*core)->stack), what);
}

base::Result<void, base::Error> PhoneCall::do_prepare(std::shared_ptr<media::AudioPort> port, const std::vector<media::AudioCodec>& codecs) {
  const auto core = usable_core();
  if (!core) return base::fail(core.error());
  if (state_ != State::Offered || std::exchange(has_port_, true)) return base::fail(phone_error(PhoneError::WrongState, "cannot prepare media: the call does not wait for an answer, or has media already"));
  if (!codecs.empty()) media_.set_codecs(codecs);
  if (offer_.empty()) media_.prepare_to_offer();
  else media_.prepare_for(offer_.data);
  const base::IpAddress far = media_host_of(offer_.data, source_.ip);
  if (const auto local = (*core)->local_towards(far); !local) {
    on_prepared(base::fail(phone_error(PhoneError::Socket, "this machine has no network route to " + far.to_string())));
  } else if (const auto ready = open_media((*core)->place_for_call(*local, source_.ip, seen_), std::move(port), [](PhoneCall& call, const Ready& later) { call.on_prepared(later); })) {
    on_prepared(*ready);
  }
  return {};
}

void PhoneCall::on_prepared(const Ready& ready) {
  auto description = ready ? describe() : base::Result<std::string, base::Error>(base::fail(ready.error()));
  if (description) {
    our_answer_ = std::move(*description);
    return core()->emit(CallPrepared{shared_from_this(), Prepared(session_)});
  }
  const int status = refusal_of(description.error());
  (void)core()->stack.calls().reject(session_, status, status == 503 ? sip::HeaderList{{"Retry-After", std::string(sip::kRetryAfter)}} : sip::HeaderList{}, now());
  core()->emit(CallPrepared{shared_from_this(), base::fail(description.error())});
}

/// Returns this side's answer to the offer of the INVITE, or an offer if the INVITE has none.
base::Result<std::string, base::Error> PhoneCall::describe() {
  return offer_.empty() ? media_.make_offer() : media_.answer(offer_.data, source_.ip);
}

base::Result<void, base::Error> PhoneCall::may_answer(const Prepared& prepared) const {
  if (prepared.call_ != session_) return base::fail(phone_error(PhoneError::WrongState, "cannot answer the call: the prepared media belongs to another call"));
  if (state_ != State::Offered || our_answer_.empty()) return base::fail(phone_error(PhoneError::WrongState, "cannot answer the call: it does not wait for an answer, or has no prepared media"));
  return {};
}

base::Result<void, base::Error> PhoneCall::do_answer(Prepared prepared, sip::Extras extras) {
  const auto core = usable_core();
  if (!core) return base::fail(core.error());
  if (auto may = may_answer(prepared); !may) return may;
  if (auto answered = from_stack((*core)->stack.calls().answer(session_, sdp_body(our_answer_), now(), std::move(extras)), "answer the call"); !answered) return answered;
  state_ = State::Answering;
  // Both sides may send after the 200, so that the caller hears the first words without waiting for the ACK.
  if (!offer_.empty()) start_media();
  return {};
}

base::Result<void, base::Error> PhoneCall::do_progress(const Prepared& prepared, int status, sip::HeaderList headers) {
  if (const auto core = usable_core(); !core) return base::fail(core.error());
  if (auto may = may_answer(prepared); !may) return may;
  if (offer_.empty()) return base::fail(phone_error(PhoneError::WrongState, "cannot start early media: the caller has offered no media"));
  const auto emit = [&](sip::Stack& stack) { return stack.calls().provisional(session_, status, sdp_body(our_answer_), now(), std::move(headers)); };
  if (auto asked = ask("start early media", emit); !asked) return asked;
  core()->rang(session_);
  start_media();
  return {};
}

base::Result<void, base::Error> PhoneCall::do_ring(int status, sip::HeaderList headers) {
  auto asked = ask("send ringing", [&](sip::Stack& stack) { return stack.calls().provisional(session_, status, {}, now(), std::move(headers)); });
  if (asked) core()->rang(session_);
  return asked;
}

base::Result<void, base::Error> PhoneCall::do_reject(int status, sip::HeaderList headers) {
  return ask("reject the call", [&](sip::Stack& stack) { return stack.calls().reject(session_, status, std::move(headers), now()); });
}

base::Result<void, base::Error> PhoneCall::do_redirect(const std::vector<std::string>& targets, int status, sip::HeaderList headers) {
  return ask("redirect the call", [&](sip::Stack& stack) { return stack.calls().redirect(session_, targets, now(), status, std::move(headers)); });
}

base::Result<void, base::Error> PhoneCall::do_hang_up(sip::Extras extras) {
  if (const auto core = usable_core(); core && media_wait_.is_running() && outgoing_) {
    end_unsent(sip::CallEnded::Why::Cancelled, {});
    return {};
  }
  return ask("hang up", [&](sip::Stack& stack) { return stack.calls().hang_up(session_, now(), std::move(extras)); });
}

base::Result<void, base::Error> PhoneCall::do_hold(bool on_hold, sip::Extras extras) {
  const std::string_view what = on_hold ? "hold" : "resume";
  if (auto may = may_offer(what); !may) return may;
  return offer_anew(what, on_hold, std::move(extras));
}

base::Result<void, base::Error> PhoneCall::do_set_other_media(std::vector<sdp::Media> ours, sip::Extras extras) {
  constexpr std::string_view kWhat = "offer other media";
  if (state_ == State::Offered && !our_answer_.empty()) {
    media_.set_other_media(std::move(ours));
    auto description = describe();
    if (!description) return base::fail(description.error());
    our_answer_ = std::move(*description);
    return {};
  }
  if (auto may = may_offer(kWhat); !may) return may;
  media_.set_other_media(std::move(ours));
  return offer_anew(kWhat, media_.is_on_hold(), std::move(extras));
}

base::Result<void, base::Error> PhoneCall::may_offer(std::string_view what) const {
  if (const auto core = usable_core(); !core) return base::fail(core.error());
  if (state_ != State::Connected) return base::fail(phone_error(PhoneError::WrongState, "cannot " + std::string(what) + ": the call is not connected"));
  if (media_.is_hold_pending()) return base::fail(phone_error(PhoneError::WrongState, "cannot " + std::string(what) + ": the agent's last offer has no answer yet"));
  return {};
}

base::Result<void, base::Error> PhoneCall::offer_anew(std::string_view what, bool on_hold, sip::Extras extras) {
  auto offer = media_.offer_hold(on_hold);
  if (!offer) return base::fail(offer.error());
  auto asked = ask(what, [&](sip::Stack& stack) { return stack.calls().offer(session_, sdp_body(std::move(*offer)), now(), std::move(extras)); });
  if (!asked) media_.take_back_hold();
  return asked;
}

base::Result<void, base::Error> PhoneCall::do_identify(const sip::Party& party, sip::HeaderList headers) {
  return ask("send another name", [&](sip::Stack& stack) { return stack.calls().identify(session_, party, now(), std::move(headers)); });
}

base::Result<void, base::Error> PhoneCall::do_transfer(std::string_view target, sip::HeaderList headers) {
  if (const auto core = usable_core(); !core) return base::fail(core.error());
  if (state_ != State::Connected) return base::fail(phone_error(PhoneError::WrongState, "cannot transfer the call: the call is not connected"));
  std::string uri(target);
  if (const auto parsed = sip::parse_uri(target); !parsed || parsed->scheme == sip::Uri::Scheme::Other) {
    const auto peer = sip::parse_uri(peer_);
    if (!peer || peer->host.empty()) return base::fail(phone_error(PhoneError::BadTarget, "cannot transfer the call: neither the target nor the peer's address has a host"));
    uri = target_at(target, std::string(peer->host) + (peer->port ? ":" + std::to_string(*peer->port) : ""));
  }
  sip::ReferOptions options;
  options.target = std::move(uri);
  options.headers = std::move(headers);
  return ask("transfer the call", [&](sip::Stack& stack) { return stack.transfers().refer(session_, std::move(options), now()); });
}

bool PhoneCall::peer_replaces() const {
  const auto core = usable_core();
  return core && (*core)->stack.transfers().peer_replaces(session_);
}

base::Result<void, base::Error> PhoneCall::do_transfer_to(sip::SessionId other, sip::HeaderList headers) {
  sip::ReferOptions options;
  options.replaces = other;
  options.headers = std::move(headers);
  return ask("transfer the call", [&](sip::Stack& stack) { return stack.transfers().refer(session_, std::move(options), now()); });
}

base::Result<void, base::Error> PhoneCall::do_accept_transfer(sip::HeaderList headers) {
  return ask("accept the transfer", [&](sip::Stack& stack) { return stack.transfers().accept(session_, now(), std::move(headers)); });
}

base::Result<void, base::Error> PhoneCall::do_decline_transfer(int status, sip::HeaderList headers) {
  return ask("decline the transfer", [&](sip::Stack& stack) { return stack.transfers().decline(session_, status, now(), std::move(headers)); });
}

base::Result<void, base::Error> PhoneCall::do_send_text(sip::Body body, sip::Extras extras) {
  return ask("send a message", [&](sip::Stack& stack) { return stack.calls().message(session_, std::move(body), now(), std::move(extras)); });
}

base::Result<void, base::Error> PhoneCall::do_send_info(std::string package, sip::Body body, sip::Extras extras) {
  return ask("send INFO", [&](sip::Stack& stack) { return stack.calls().info(session_, std::move(package), std::move(body), now(), std::move(extras)); });
}

void PhoneCall::on_progress(const sip::CallProgress& event) {
  // An answer in a provisional response starts early media; the 2xx then repeats the answer (RFC 3261 section 13.2.1).
  bool early_media = false;
  if (event.body.type == kSdp && media_.accept_answer(event.body.data, signalling_host(), event.branch_tag)) {
    early_media = early_media_;
    if (early_media) start_media();
    if (early_media && listened_ && !std::exchange(heeding_, true)) apply_tones();
  }
  core()->emit(CallRinging{shared_from_this(), event.status, early_media, event});
}

void PhoneCall::start_media() {
  media_.start();
  keep_negotiating();
}

/// Schedules the next negotiate(), as long as the media need it. This thread polls, because the leg's worker cannot notify it.
void PhoneCall::keep_negotiating() {
  const auto core = core_.lock();
  const auto pause = media_.negotiation_pause();
  if (!core || !pause || state_ == State::Ended || waits_for_answer_ || std::exchange(negotiates_, true)) return;
  core->after(*pause, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->negotiate();
  });
}

void PhoneCall::negotiate() {
  negotiates_ = false;
  if (state_ == State::Ended || !usable_core()) return;
  if (const auto negotiated = media_.negotiate(now()); !negotiated) {
    waits_for_answer_ = state_ == State::Dialling;  // Some peers begin ICE and DTLS only when their user answers.
    if (waits_for_answer_) return;
    failure_ = negotiated.error().detail;
    sip::Extras extras;
    extras.reason = sip::Reason{"SIP", 488, failure_};
    (void)hang_up(std::move(extras));
    return;
  }
  report_connected();
  keep_negotiating();
}

/// Polls for tones, because the media worker that detects them cannot notify this thread.
void PhoneCall::apply_tones() {
  const auto core = core_.lock();
  if (!core || state_ != State::Dialling) return;
  refused_by_ = listened_->progress_detector->refusal();
  if (refused_by_ != media::LineTone::None) {
    (void)hang_up();
    return;
  }
  core->after(kToneLook, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->apply_tones();
  });
}

void PhoneCall::on_answered(const sip::CallAnswered& event) {
  // If the 2xx has no answer, the answer of the provisional response in its dialog counts: RFC 6337 section 2.2.
  const bool answered = event.body.empty() || media_.accept_answer(event.body.data, signalling_host(), event.branch_tag);
  if (!media_.confirm(event.branch_tag) || !answered) {
    (void)hang_up();  // The answer cannot be used. For SIP the call is established, so it must end with BYE.
    return;
  }
  if (std::exchange(waits_for_answer_, false)) media_.retry_negotiation();
  start_media();
  connected(event.headers, event.asserted);
}

void PhoneCall::on_confirmed(const sip::CallConfirmed& event) {
  // If the ACK does not answer the offer in the 200, the call has no media, now or later: RFC 3264 section 5 requires an answer.
  const bool owed = state_ == State::Answering && offer_.empty();
  if (event.body.empty() ? owed : !media_.accept_answer(event.body.data, signalling_host())) {
    (void)hang_up();
    return;
  }
  if (event.body.empty()) media_.abandon_offer();  // The peer requested an offer by a re-INVITE, and did not answer this offer: nothing changes.
  start_media();
  if (state_ == State::Answering) return connected(event.headers, event.asserted);
  report_media(event.headers, event.asserted);
}

base::IpAddress PhoneCall::signalling_host() const { return core()->stack.calls().peer(session_).ip; }

void PhoneCall::connected(const sip::HeaderFields& headers, const std::optional<sip::Party>& asserted) {
  state_ = State::Connected;
  unreported_ = Unreported{headers, asserted, now() + core()->options.path_limit};
  report_connected();
}

/// Sends CallConnected when the media can pass, or at the limit.
void PhoneCall::report_connected() {
  if (!unreported_ || (!media_.is_path_open() && now() < unreported_->latest)) return;
  const Unreported answer = *std::exchange(unreported_, std::nullopt);
  core()->emit(CallConnected{shared_from_this(), media_.sends(), media_.receives(), answer.headers, answer.asserted});
}

void PhoneCall::report_media(const sip::HeaderFields& headers, const std::optional<sip::Party>& asserted) {
  if (unreported_) return report_connected();  // CallConnected reports the present state of the media.
  core()->emit(CallMediaChanged{shared_from_this(), media_.sends(), media_.receives(), headers, asserted});
}

void PhoneCall::on_offer(const sip::OfferReceived& event) {
  const bool leaks_keys = keys_need_tls_ && !uses_tls(event.transport);
  if (leaks_keys) return (void)core()->stack.calls().refuse_offer(session_, 488, now(), event.branch_tag);
  auto description = event.offer.empty() ? media_.make_offer_for_anyone() : media_.answer(event.offer.data, signalling_host(), event.branch_tag);
  if (!description) {
    (void)core()->stack.calls().refuse_offer(session_, 488, now(), event.branch_tag);
    return;
  }
  (void)core()->stack.calls().accept_offer(session_, sdp_body(std::move(*description)), now(), event.branch_tag);
  keep_negotiating();
  if (!event.offer.empty()) report_media(event.headers, event.asserted);
}

void PhoneCall::on_offer_answered(const sip::OfferAnswered& event) {
  if (!media_.accept_answer(event.answer.data, signalling_host(), event.branch_tag)) return media_.take_back_hold();
  keep_negotiating();
  report_media(event.headers, event.asserted);
}

void PhoneCall::on_offer_refused(const sip::OfferRefused& event) {
  media_.take_back_hold();
  report_media(event.headers);
}

void PhoneCall::on_ended(const sip::CallEnded& event) {
  state_ = State::Ended;
  media_wait_.cancel();
  core()->emit(CallFinished{shared_from_this(), end_of(event), media_.close(), refused_by_});
}

/// Adds the reason why this side has ended the call: a tone before the answer, or media that could not be negotiated.
sip::CallEnded PhoneCall::end_of(sip::CallEnded event) {
  if (event.by != sip::CallEnded::By::Local) {
    refused_by_ = media::LineTone::None;
    return event;
  }
  if (!failure_.empty()) event.reason = failure_;
  return refused_by_ != media::LineTone::None ? refusal_by(refused_by_, std::move(event)) : event;
}

void PhoneCall::let_go() {
  state_ = State::Ended;
  media_wait_.cancel();
  (void)media_.close();
}

}  // namespace offhook::inline v0::phone
