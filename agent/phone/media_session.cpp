#include <offhook/agent/phone/media_session.hpp>

#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/media/stream/codec_chain.hpp>
#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/trickle_fragment.hpp>
#include <offhook/sip/dialog/dialog_set.hpp>

#include <algorithm>
#include <ctime>
#include <utility>

namespace offhook::inline v0::phone {

namespace {

// The folders sdp and media do not depend on each other, so each has its own enum. Only this file converts between them.
sdp::AudioCodec to_sdp(media::AudioCodec codec) {
  switch (codec) {
    case media::AudioCodec::Pcmu: return sdp::AudioCodec::Pcmu;
    case media::AudioCodec::Pcma: return sdp::AudioCodec::Pcma;
    case media::AudioCodec::G722: return sdp::AudioCodec::G722;
    case media::AudioCodec::Opus: return sdp::AudioCodec::Opus;
    case media::AudioCodec::L16: return sdp::AudioCodec::L16;
    case media::AudioCodec::L16Wide: return sdp::AudioCodec::L16Wide;
  }
  return sdp::AudioCodec::Pcmu;
}

media::AudioCodec to_media(sdp::AudioCodec codec) {
  switch (codec) {
    case sdp::AudioCodec::Pcmu: return media::AudioCodec::Pcmu;
    case sdp::AudioCodec::Pcma: return media::AudioCodec::Pcma;
    case sdp::AudioCodec::G722: return media::AudioCodec::G722;
    case sdp::AudioCodec::Opus: return media::AudioCodec::Opus;
    case sdp::AudioCodec::L16: return media::AudioCodec::L16;
    case sdp::AudioCodec::L16Wide: return media::AudioCodec::L16Wide;
  }
  return media::AudioCodec::Pcmu;
}

std::vector<sdp::AudioCodec> to_sdp(const std::vector<media::AudioCodec>& codecs) {
  std::vector<sdp::AudioCodec> result;
  for (const media::AudioCodec codec : codecs) result.push_back(to_sdp(codec));
  return result;
}

/// Returns the encryption that this side offers and accepts.
sdp::SrtpCapability srtp_capability(const CallSrtp& srtp, const MediaSession::Extras& extras) {
  sdp::SrtpCapability capability = srtp.capability();
  if (!extras.dtls || capability.policy == sdp::SrtpPolicy::Off) return capability;
  const auto& ours = extras.dtls->fingerprint();
  capability.dtls = sdp::DtlsCapability{{std::string(to_string(ours.hash)), ours.octets}, extras.security.offers_dtls};
  return capability;
}

/// Returns this side's Opus parameters (RFC 7587 section 6.1): no more bandwidth than the port has, and in-band FEC.
std::string opus_parameters(std::uint32_t port_rate_hz) {
  media::OpusParameters ours;
  ours.max_playback_rate_hz = ours.max_capture_rate_hz = media::chain_rate_hz(media::AudioCodec::Opus, port_rate_hz);
  ours.in_band_fec = true;
  return media::write_opus_parameters(ours);
}

media::MediaPlan to_plan(const sdp::AgreedAudio& agreed) {
  media::MediaPlan plan;
  plan.codec = to_media(agreed.codec);
  plan.send_payload_type = agreed.send_payload_type;
  plan.receive_payload_type = agreed.receive_payload_type;
  plan.send_events = agreed.send_events;
  plan.receive_events = agreed.receive_events;
  plan.event_clock_hz = agreed.event_clock_hz;
  if (const auto& also = agreed.also_receivable_events) plan.also_receive_events = media::EventNumber{also->payload_type, also->clock_hz};
  if (plan.codec == media::AudioCodec::Opus) plan.opus = media::parse_opus_parameters(agreed.parameters);
  plan.ptime_ms = agreed.ptime_ms;
  plan.remote_rtp = agreed.remote_rtp;
  plan.remote_rtcp = agreed.remote_rtcp;
  for (std::size_t i = 0; i < std::min(agreed.also_receivable.size(), plan.also_receivable.size()); ++i) {
    plan.also_receivable[i] = media::ReceivableCodec{to_media(agreed.also_receivable[i].codec), agreed.also_receivable[i].payload_type};
  }
  plan.send_comfort_noise = agreed.send_comfort_noise;
  plan.send_voip_metrics = agreed.send_voip_metrics;
  plan.send = agreed.send && !agreed.disabled;
  plan.receive = agreed.receive && !agreed.disabled;
  return plan;
}

base::Result<sdp::Session, base::Error> parse(std::string_view text) {
  auto session = sdp::parse_session(text);
  if (!session) return base::fail(phone_error(PhoneError::NotAcceptable, "the session description cannot be read: " + std::string(to_string(session.error()))));
  return std::move(*session);
}

base::Error not_acceptable(sdp::NegotiationError why) {
  return phone_error(PhoneError::NotAcceptable, "no media in common: " + std::string(to_string(why)));
}

}  // namespace

MediaSession::MediaSession(media::Engine& engine, const std::vector<media::AudioCodec>& codecs, Extras extras, std::uint64_t sdp_id)
    : engine_(engine),
      srtp_(extras.security.srtp, extras.security.has_keys),
      dtls_(extras.dtls),
      ice_(extras.ice),
      nat_(std::move(extras.nat)),
      capability_{.codecs = to_sdp(codecs), .order_of_offer = extras.order_of_offer, .comfort_noise = extras.comfort_noise, .voip_metrics = extras.voip_metrics,
                  .srtp = srtp_capability(srtp_, extras)},
      source_rule_(extras.source_rule),
      prepare_(std::move(extras.prepare)),
      sdp_id_(sdp_id),
      negotiator_(capability_, {}, sdp_id) {}

MediaSession::~MediaSession() { (void)close(); }

void MediaSession::prepare_for(std::string_view offer) {
  answers_ = true;
  const auto has = [offer](std::string_view attribute) { return offer.find("a=" + std::string(attribute) + ":") != std::string_view::npos; };
  if (!has("fingerprint")) capability_.srtp.dtls.reset();
  if (!has("ice-ufrag")) ice_ = IceUse::Off;
  const auto options = offer.substr(std::min(offer.find("a=ice-options:"), offer.size()));
  trickles_ = options.substr(0, options.find_first_of("\r\n")).find("trickle") != std::string_view::npos;
  const bool is_plain = !has("crypto") && !has("fingerprint");
  if (is_plain && capability_.srtp.policy == sdp::SrtpPolicy::Preferred) capability_.srtp = {};
}

void MediaSession::prepare_to_offer() {
  auto& srtp = capability_.srtp;
  if (!srtp.offers_dtls()) srtp.dtls.reset();
  if (!srtp.dtls && srtp.keys.empty() && srtp.policy == sdp::SrtpPolicy::Preferred) srtp = {};
  if (ice_ != IceUse::Offered) ice_ = IceUse::Off;
}

void MediaSession::open(const MediaPlace& place, std::shared_ptr<media::AudioPort> port, MediaReady ready) {
  place_ = place;
  if (auto opened = open_leg(place.local, std::move(port)); !opened) return ready(std::move(opened));
  ready_ = std::move(ready);
  if (path_) {
    path_->begin({.place = place_, .local = local_, .uses_ice = ice_ != IceUse::Off, .controlling = ice_ == IceUse::Offered && !answers_, .trickles = trickles_,
                  .servers = nat_, .wall_now = std::time(nullptr)}, base::Clock::now());
  }
  if (!path_ || !path_->is_gathering()) on_gathered();
}

/// Continues open() when the addresses of this side are known.
void MediaSession::on_gathered() {
  const MediaReady ready = std::exchange(ready_, nullptr);
  const auto ours = described();
  if (!ours) return ready(base::fail(phone_error(PhoneError::NoMedia, "the peer is in the Internet, and no public address of this machine is known: set NatOptions::public_address or a STUN server (/nat)")));
  negotiator_ = sdp::Negotiator(capability_, ours->rtp, sdp_id_);
  negotiator_.set_rtcp_port(ours->rtcp_port);
  if (!prepare_) return ready({});
  prepare_({"audio", local_}, ready);
}

std::optional<CallPath::Described> MediaSession::described() const {
  if (path_) return path_->described();
  if (!place_.is_hidden) return CallPath::Described{local_};
  return place_.as_seen ? std::optional(CallPath::Described{{*place_.as_seen, local_.port}}) : std::nullopt;
}

base::Result<void, base::Error> MediaSession::open_leg(const base::IpAddress& local, std::shared_ptr<media::AudioPort> port) {
  if (!port) return base::fail(phone_error(PhoneError::NoMedia, "a call needs an audio port: std::make_shared<media::AudioPort>()"));
  capability_.parameters[static_cast<std::size_t>(sdp::AudioCodec::Opus)] = opus_parameters(port->rate_hz);
  auto leg = engine_.open(local, std::move(port), {}, make_path());
  if (!leg) return base::fail(phone_error(PhoneError::NoMedia, "no media port on " + local.to_string() + ": " + std::string(media::to_string(leg.error()))));
  leg_ = *leg;
  local_ = {local, leg_->rtp_port};
  return {};
}

/// Makes the packet path of the leg. Returns null if the leg needs none.
std::unique_ptr<media::PacketPath> MediaSession::make_path() {
  const auto& srtp = capability_.srtp;
  const bool is_encrypted = srtp.policy != sdp::SrtpPolicy::Off;
  const bool asks_servers = place_.asks_servers && nat_ && !nat_->empty();
  if ((!is_encrypted || !srtp.dtls) && ice_ == IceUse::Off && !asks_servers) return is_encrypted ? srtp_.make_path() : nullptr;
  path_.emplace(is_encrypted && srtp.dtls ? dtls_ : nullptr, srtp_.box());
  if (!is_encrypted) srtp_.box()->put(std::make_unique<media::SrtpKeyOrder>());  // Packets pass unchanged.
  return path_->make_path();
}

/// Sets this side's ICE description in the negotiator, and the addresses for the m= line.
void MediaSession::describe_ice(sdp::Negotiator& negotiator, bool is_offer) const {
  if (!path_ || ice_ == IceUse::Off) return;
  negotiator.set_ice(path_->description(is_offer), ice_ == IceUse::Offered);
  const auto ours = path_->described();
  if (!path_->uses_ice() || !ours) return;
  negotiator.set_local(ours->rtp);
  negotiator.set_rtcp_port(ours->rtcp_port);
}

void MediaSession::set_codecs(const std::vector<media::AudioCodec>& codecs) { capability_.codecs = to_sdp(codecs); }

std::optional<media::AudioCodec> MediaSession::codec_among(const std::vector<media::AudioCodec>& codecs, std::string_view offer,
                                                           const base::IpAddress& signalling_host) const {
  const auto session = parse(offer);
  if (!session) return std::nullopt;
  sdp::AudioCapability capability = capability_;
  if (!codecs.empty()) capability.codecs = to_sdp(codecs);
  // The codec does not depend on the local address, but the address family must match the offer. The peer's host has that family.
  const auto answer = sdp::Negotiator(std::move(capability), {signalling_host, 9}, sdp_id_).answer(*session);
  if (!answer || answer->audio.disabled) return std::nullopt;
  return to_media(answer->audio.codec);
}

base::Result<std::string, base::Error> MediaSession::make_offer() {
  if (!leg_) return base::fail(phone_error(PhoneError::WrongState, "the call has no media yet"));
  describe_ice(negotiator_, true);
  auto offer = negotiator_.make_offer();
  if (!plan_) offered_ = negotiator_;
  return offer;
}

base::Result<std::string, base::Error> MediaSession::make_offer_for_anyone() {
  if (path_) path_->restart_ice();
  auto offer = make_offer();
  if (!offer) abandon_offer();
  return offer;
}

/// Returns the negotiator of an early dialog; for a new dialog, a copy of the negotiator after this side's offer. After the 2xx there is only one dialog.
sdp::Negotiator MediaSession::negotiator_of(const std::string& branch_tag) const {
  if (branch_tag.empty() || branch_tag == tag_ || !offered_) return negotiator_;
  const auto known = early_dialogs_.find(branch_tag);
  return known != early_dialogs_.end() ? known->second.negotiator : *offered_;
}

base::Result<std::string, base::Error> MediaSession::answer(std::string_view offer, const base::IpAddress& signalling_host, const std::string& branch_tag) {
  auto session = parse(offer);
  if (!session) return base::fail(session.error());
  sdp::Negotiator answering = negotiator_of(branch_tag);
  if (answering.offer_open()) answering.withdraw_offer();
  if (auto followed = follow_restart(answering, *session); !followed) return base::fail(followed.error());
  describe_ice(answering, false);
  auto answer = answering.answer(*session);
  if (!answer) return base::fail(not_acceptable(answer.error()));
  if (auto adopted = adopt({std::move(answering), *std::move(session), signalling_host}, branch_tag, false); !adopted) return base::fail(adopted.error());
  return std::move(answer->body);
}

/// Restarts ICE if the offer restarts it and this side can answer the offer, because a refused offer must change nothing.
base::Result<void, base::Error> MediaSession::follow_restart(sdp::Negotiator trial, const sdp::Session& offer) {
  if (!path_ || !path_->uses_ice()) return {};
  describe_ice(trial, false);
  const auto answer = trial.answer(offer);
  if (!answer) return base::fail(not_acceptable(answer.error()));
  path_->follow_restart(answer->audio, base::Clock::now());
  return {};
}

base::Result<void, base::Error> MediaSession::accept_answer(std::string_view answer, const base::IpAddress& signalling_host, const std::string& branch_tag) {
  auto session = parse(answer);
  if (!session) return base::fail(session.error());
  sdp::Negotiator accepting = negotiator_of(branch_tag);
  const auto agreed = accepting.accept_answer(*session);
  if (!agreed) return base::fail(not_acceptable(agreed.error()));
  return adopt({std::move(accepting), *std::move(session), signalling_host}, branch_tag, true);
}

bool MediaSession::confirm(const std::string& branch_tag) {
  const auto confirmed = early_dialogs_.find(branch_tag);
  if (confirmed != early_dialogs_.end() && branch_tag != tag_ && !adopt(confirmed->second, branch_tag, true)) return false;
  early_dialogs_.clear();
  offered_.reset();
  tag_.clear();
  return plan_.has_value();
}

void MediaSession::add_trickled(std::string_view body) {
  auto theirs = sdp::read_trickle_fragment(body, negotiator_.mid());
  if (theirs && path_) path_->add_trickled(*std::move(theirs), base::Clock::now());
}

void MediaSession::abandon_offer() {
  negotiator_.withdraw_offer();
  if (path_) path_->cancel_restart();
}

base::Result<std::string, base::Error> MediaSession::offer_hold(bool on_hold) {
  set_on_hold(on_hold);
  auto offer = make_offer();
  if (offer) holding_ = on_hold;
  return offer;
}

void MediaSession::take_back_hold() {
  abandon_offer();
  set_on_hold(held_);
  holding_.reset();
}

void MediaSession::set_on_hold(bool on_hold) {
  negotiator_.set_direction(on_hold ? sdp::Direction::SendOnly : sdp::Direction::SendRecv);
}

/// Applies the agreement of a dialog to the leg. An error changes nothing.
base::Result<void, base::Error> MediaSession::adopt(Dialog dialog, const std::string& branch_tag, bool is_answer) {
  const sdp::AgreedAudio agreed = *dialog.negotiator.agreed();
  if (!agreed.dtls) {  // With DTLS, the keys come from the handshake.
    if (auto keyed = srtp_.apply(agreed.srtp, branch_tag != tag_); !keyed) return keyed;
  }
  if (offered_ && !branch_tag.empty() && (early_dialogs_.contains(branch_tag) || early_dialogs_.size() < sip::kMaxForks)) early_dialogs_.insert_or_assign(branch_tag, dialog);
  if (plan_ && branch_tag != tag_) ++dialogs_;
  tag_ = branch_tag;
  has_answer_ = is_answer;
  negotiator_ = std::move(dialog.negotiator);
  others_ = negotiator_.others_of(dialog.remote);
  if (holding_) held_ = *std::exchange(holding_, std::nullopt);  // An answer of this side also agrees on the pending hold.
  const auto before = std::exchange(plan_, to_plan(agreed));
  plan_->signalling_host = dialog.signalling_host;
  plan_->source_rule = source_rule_;
  if (!started_ || !leg_) return {};
  take_plan(before && media::learns_anew(*before, *plan_));
  return {};
}

void MediaSession::start() {
  if (started_ || !leg_ || !plan_) return;
  started_ = true;
  take_plan(false);
}

/// Starts the leg with the present plan, and negotiates for it.
void MediaSession::take_plan(bool relearn) {
  if (path_) path_->apply({*negotiator_.agreed(), *plan_, dialogs_, has_answer_}, base::Clock::now());
  (void)engine_.start(leg_->id, path_ ? path_->along_path(*plan_) : *plan_, relearn);  // start() never fails for an open leg.
}

base::Result<void, base::Error> MediaSession::negotiate(base::TimePoint now) {
  if (!path_) return {};
  if (ready_) {
    if (path_->gather(now)) on_gathered();
    return {};
  }
  const auto changed = path_->poll(now);
  if (!changed) return base::fail(changed.error());
  if (*changed && started_ && leg_) (void)engine_.start(leg_->id, path_->along_path(*plan_));  // The stream itself notices another remote address.
  return {};
}

std::optional<base::Duration> MediaSession::negotiation_pause() const {
  const bool offers_ice = ice_ == IceUse::Offered && negotiator_.offer_open();
  return path_ && (started_ || ready_ || offers_ice) ? path_->pause(offers_ice) : std::nullopt;
}

void MediaSession::retry_negotiation() {
  if (!path_ || !started_ || !leg_ || !plan_) return;
  path_->forget_failure();
  take_plan(true);
}

std::optional<media::AudioCodec> MediaSession::codec() const {
  if (!plan_) return std::nullopt;
  return plan_->codec;
}

std::optional<media::LegId> MediaSession::leg() const {
  if (!leg_) return std::nullopt;
  return leg_->id;
}

std::optional<media::LegStatistics> MediaSession::close() {
  if (!leg_) return std::nullopt;
  const media::LegId id = leg_->id;
  leg_.reset();
  if (path_) path_->end(base::Clock::now());
  (void)engine_.close(id);
  return engine_.statistics(id);
}

}  // namespace offhook::inline v0::phone
