#include <offhook/sdp/audio_stream.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

bool sends(Direction direction) { return direction == Direction::SendRecv || direction == Direction::SendOnly; }
bool receives(Direction direction) { return direction == Direction::SendRecv || direction == Direction::RecvOnly; }

Direction direction_of(bool send, bool receive) {
  if (send) return receive ? Direction::SendRecv : Direction::SendOnly;
  return receive ? Direction::RecvOnly : Direction::Inactive;
}

/// Reduces our direction to what the peer's direction `theirs` allows: RFC 3264 section 6.1.
Direction meet(Direction ours, Direction theirs) {
  return direction_of(sends(ours) && receives(theirs), receives(ours) && sends(theirs));
}

void add_format(Media& media, std::uint8_t number, const CodecName& codec, const std::string& parameters) {
  const std::string text = std::to_string(number);
  const std::string channels = codec.channels == 1 ? "" : "/" + std::to_string(codec.channels);
  media.formats.push_back(text);
  media.attributes.push_back({"rtpmap", text + " " + std::string(codec.name) + "/" + std::to_string(codec.clock_hz) + channels});
  if (!parameters.empty()) media.attributes.push_back({"fmtp", text + " " + parameters});
}

AudioCapability checked(AudioCapability capability) {
  std::vector<AudioCodec> once;
  for (const AudioCodec codec : capability.codecs) {
    if (std::find(once.begin(), once.end(), codec) == once.end()) once.push_back(codec);
  }
  if (once.empty()) once.push_back(AudioCodec::Pcmu);
  capability.codecs = std::move(once);
  if (capability.event_payload_type < 96 || capability.event_payload_type > 127) capability.event_payload_type = 101;
  capability.ptime_ms = clamp_ptime(capability.ptime_ms);
  return capability;
}

}  // namespace

AudioStream::AudioStream(AudioCapability capability) : capability_(checked(std::move(capability))), numbers_(capability_) {}

base::Result<RemoteStream, NegotiationError> AudioStream::read(const Session& remote, const Media& stream, const Transport& ours) const {
  auto theirs = read_remote_stream(remote, stream, capability_);
  if (!theirs) return theirs;
  const base::IpAddress& ip = theirs->transport.rtp.ip;
  if (!ip.is_unspecified() && ip.is_v6() != ours.rtp.ip.is_v6() && !speaks_ice(remote, stream)) return base::fail(NegotiationError::BadAddress);
  if (!theirs->is_encrypted() && must_be_secure()) return base::fail(NegotiationError::NotSecure);
  if (theirs->dtls && theirs->dtls->setup == Setup::HoldConn) return base::fail(NegotiationError::NoCommonCrypto);
  return theirs;
}

Media AudioStream::offer(Media line) {
  offered_ = wish_;
  if (!protocol_.empty()) line.protocol = protocol_;
  const Extras extras = offered_extras();
  offered_rtcp_mux_ = extras.rtcp_mux;
  write(capability_.codecs, extras, wish_, line);
  if (offers_dtls()) {
    write_dtls({{capability_.srtp.dtls->fingerprint}, Setup::ActPass, {}}, line);
  } else {
    write_offered_keys(capability_.srtp, line);
  }
  return line;
}

Media AudioStream::answer(RemoteStream theirs, const Media& offered, Media line) {
  if (capability_.order_of_offer) sort_as_listed(theirs.codecs, offered);
  numbers_.learn(offered, capability_);
  const Direction direction = offered_ = meet(wish_, theirs.direction);
  offered_rtcp_mux_ = theirs.transport.rtcp_mux;
  auto agreed = agree(theirs, direction);
  const Setup present = agreed_ && agreed_->dtls && !agreed_->dtls->is_client ? Setup::Passive : Setup::Active;
  const auto setup = theirs.dtls ? answer_setup(theirs.dtls->setup, Setup::Active, present).value_or(Setup::Active) : Setup::Active;
  if (theirs.dtls) agreed.dtls = agree_dtls(theirs, setup);
  agreed_ = std::move(agreed);
  protocol_ = offered.protocol;
  agreed_->also_receivable.clear();  // Our answer names one codec, and one kind of events.
  agreed_->also_receivable_events.reset();
  write({agreed_->codec}, answered_extras(theirs), direction, line);
  if (agreed_->srtp) line.attributes.push_back({"crypto", write_crypto_line({theirs.key->tag, agreed_->srtp->suite, agreed_->srtp->send_secret, {}})});
  if (agreed_->dtls) write_dtls({{capability_.srtp.dtls->fingerprint}, setup, {}}, line);
  remember(std::move(theirs));
  return line;
}

/// Stores the peer's m= line. For a hold in the style of RFC 2543, which has no address, keeps the former address: the DTLS association belongs to it.
void AudioStream::remember(RemoteStream theirs) {
  if (remote_ && theirs.transport.rtp.ip.is_unspecified()) theirs.transport.rtp = remote_->transport.rtp;
  remote_ = std::move(theirs);
}

base::Result<void, NegotiationError> AudioStream::accept_answer(RemoteStream theirs, const Media& answered) {
  const bool is_plain_refused = must_be_secure() || is_secure_protocol(answered.protocol) || (capability_.srtp.policy != SrtpPolicy::Off && has_keys_of_peer(answered, capability_.srtp));
  if (!theirs.is_encrypted() && is_plain_refused) return base::fail(NegotiationError::NotSecure);
  if (theirs.dtls.has_value() != offers_dtls()) return base::fail(NegotiationError::NoCommonCrypto);
  const auto setup = theirs.dtls ? offerer_setup(Setup::ActPass, theirs.dtls->setup) : Setup::Active;
  if (!setup) return base::fail(NegotiationError::NoCommonCrypto);
  // The offer listed the codecs in our order. The answer lists them in the peer's order, and we send the first codec of the answer:
  // RFC 3264 section 7.
  sort_as_listed(theirs.codecs, answered);
  auto agreed = agree(theirs, meet(offered_, theirs.direction));
  if (theirs.dtls) agreed.dtls = agree_dtls(theirs, *setup);
  agreed_ = std::move(agreed);
  remember(std::move(theirs));
  protocol_ = answered.protocol;
  return {};
}

void AudioStream::disable() {
  if (!agreed_) return;
  agreed_->send = agreed_->receive = false;
  agreed_->disabled = true;
}

AgreedAudio AudioStream::agree(const RemoteStream& theirs, Direction ours) const {
  const ReceivableCodec& first = theirs.codecs.front();
  AgreedAudio agreed;
  agreed.codec = first.codec;
  agreed.send_payload_type = first.payload_type;
  agreed.receive_payload_type = numbers_.of(first.codec).value_or(first.payload_type);
  agreed.parameters = theirs.parameters[static_cast<std::size_t>(first.codec)];
  agree_events(theirs.events, agreed);
  agreed.srtp = agree_keys(theirs.key);
  agreed.send_comfort_noise = theirs.comfort_noise && allows_comfort_noise(first.codec);
  agreed.send_voip_metrics = theirs.wants_voip_metrics;
  agreed.ptime_ms = theirs.ptime_ms;
  agreed.remote_rtp = theirs.transport.rtp;
  agreed.remote_rtcp = offered_rtcp_mux_ && theirs.transport.rtcp_mux ? theirs.transport.rtp : theirs.transport.rtcp;
  agreed.send = sends(ours);
  agreed.receive = receives(ours);
  for (const ReceivableCodec& other : theirs.codecs) {
    const auto number = numbers_.of(other.codec);
    if (other.codec != first.codec && number) agreed.also_receivable.push_back({other.codec, *number});
  }
  return agreed;
}

std::optional<AgreedSrtp> AudioStream::agree_keys(const std::optional<CryptoLine>& theirs) const {
  const SrtpKey* const ours = theirs ? capability_.srtp.key_for(theirs->suite) : nullptr;
  return ours != nullptr ? std::optional(AgreedSrtp{ours->suite, ours->secret, theirs->secret, theirs->mki}) : std::nullopt;
}

/// Continues the present association unless the roles change, the peer asks for a new association, or the peer's address changes without a=tls-id
/// (RFC 8842 section 4). With ICE, the address may change within an association (RFC 8842 section 6).
AgreedDtls AudioStream::agree_dtls(const RemoteStream& theirs, Setup ours) const {
  AgreedDtls agreed{theirs.dtls->fingerprints, ours == Setup::Active, 1};
  if (!agreed_ || !agreed_->dtls || !remote_ || !remote_->dtls) return agreed;
  const bool moved = !agreed_->ice && theirs.dtls->tls_id.empty() && !theirs.transport.rtp.ip.is_unspecified() && theirs.transport.rtp != remote_->transport.rtp;
  const bool is_new = moved || agreed.is_client != agreed_->dtls->is_client || asks_for_new_association(*remote_->dtls, *theirs.dtls);
  agreed.association = agreed_->dtls->association + (is_new ? 1 : 0);
  return agreed;
}

/// Agrees on telephone-events of the codec's own clock, or of 8000 Hz if the peer supports only these, as many peers do.
void AudioStream::agree_events(const EventNumbers& theirs, AgreedAudio& agreed) const {
  const EventNumbers ours = offered_events();
  const auto both = [&](std::size_t clock) { return theirs[clock] && ours[clock]; };
  const std::size_t own = event_clock_of(agreed.codec), clock = both(own) ? own : 0;
  if (!both(clock)) return;
  agreed.send_events = theirs[clock];
  agreed.receive_events = ours[clock];
  agreed.event_clock_hz = kEventClocks[clock].clock_hz;
  for (std::size_t other = 0; other < kEventClocks.size() && !agreed.also_receivable_events; ++other) {
    if (other != clock && both(other)) agreed.also_receivable_events = ReceivableEvents{kEventClocks[other].clock_hz, *ours[other]};
  }
}

/// Returns one telephone-event for each clock of our codecs, and always one of 8000 Hz, for peers that support no other clock.
EventNumbers AudioStream::offered_events() const {
  EventNumbers events;
  if (!capability_.telephone_events) return events;
  const EventNumbers& ours = numbers_.of_events();
  events[0] = ours[0];
  for (const AudioCodec codec : capability_.codecs) events[event_clock_of(codec)] = ours[event_clock_of(codec)];
  return events;
}

AudioStream::Extras AudioStream::offered_extras() const {
  Extras extras{.events = offered_events(), .comfort_noise = capability_.comfort_noise && !numbers_.is_taken(kComfortNoiseNumber), .rtcp_mux = capability_.rtcp_mux || offers_dtls() || is_muxed()};
  if (capability_.voip_metrics) extras.reports = kVoipMetrics;
  return extras;
}

/// Answers a request for unknown reports with an empty list, which shows that this side understands the attribute: RFC 3611 section 5.2.
AudioStream::Extras AudioStream::answered_extras(const RemoteStream& theirs) const {
  Extras extras{.comfort_noise = theirs.comfort_noise, .rtcp_mux = theirs.transport.rtcp_mux};
  for (std::size_t clock = 0; clock < kEventClocks.size(); ++clock) {
    if (agreed_->event_clock_hz == kEventClocks[clock].clock_hz) extras.events[clock] = agreed_->receive_events;
  }
  if (theirs.names_reports) extras.reports = theirs.wants_voip_metrics ? kVoipMetrics : std::string_view();
  return extras;
}

void AudioStream::write(const std::vector<AudioCodec>& codecs, const Extras& extras, Direction ours, Media& line) const {
  for (const AudioCodec codec : codecs) {
    const auto number = numbers_.of(codec);
    if (number) add_format(line, *number, name_of(codec), capability_.parameters[static_cast<std::size_t>(codec)]);
  }
  if (extras.comfort_noise && std::any_of(codecs.begin(), codecs.end(), allows_comfort_noise)) {
    add_format(line, kComfortNoiseNumber, {.name = kComfortNoise, .clock_hz = 8000}, "");
  }
  for (std::size_t clock = 0; clock < extras.events.size(); ++clock) {
    if (extras.events[clock]) add_format(line, *extras.events[clock], {.name = kTelephoneEvent, .clock_hz = kEventClocks[clock].clock_hz}, "0-16");
  }
  line.attributes.push_back({"ptime", std::to_string(capability_.ptime_ms)});
  if (extras.rtcp_mux) line.attributes.push_back({"rtcp-mux", std::nullopt});
  if (extras.reports) line.attributes.push_back({"rtcp-xr", std::string(*extras.reports)});
  line.attributes.push_back({std::string(to_string(ours)), std::nullopt});
}

bool AudioStream::is_consistent() const {
  if (!numbers_.is_consistent()) return false;
  if (!agreed_) return true;
  const AgreedAudio& agreed = *agreed_;
  if (agreed.ptime_ms != clamp_ptime(agreed.ptime_ms)) return false;
  if (agreed.send_payload_type > 127 || agreed.receive_payload_type > 127) return false;
  if (agreed.send_events == agreed.send_payload_type || agreed.receive_events == agreed.receive_payload_type) return false;
  if (agreed.send_events.has_value() != agreed.receive_events.has_value()) return false;
  return agreed.disabled ? !agreed.send && !agreed.receive : agreed.remote_rtp.port != 0;
}

}  // namespace offhook::inline v0::sdp
