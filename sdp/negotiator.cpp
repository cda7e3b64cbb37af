#include <offhook/sdp/negotiator.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sdp/remote_stream.hpp>
#include <offhook/sdp/writer.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::uint64_t kSessionIdMask = (std::uint64_t{1} << 62) - 1;  // The id must fit a signed 64-bit number: RFC 3264 section 5.

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

std::size_t index_of(AudioCodec codec) { return static_cast<std::size_t>(codec); }

std::string first_format(const Media& media) { return media.formats.empty() ? "0" : media.formats.front(); }

bool is_time(std::string_view value) {
  base::TextCursor cursor(value);
  const auto start = cursor.take_while(base::is_digit);
  return !start.empty() && cursor.try_take(' ') && !cursor.take_while(base::is_digit).empty() && cursor.at_end();
}

void add_format(Media& media, std::uint8_t number, const CodecName& codec, const std::string& parameters) {
  const std::string text = std::to_string(number);
  const std::string channels = codec.channels == 1 ? "" : "/" + std::to_string(codec.channels);
  media.formats.push_back(text);
  media.attributes.push_back({"rtpmap", text + " " + std::string(codec.name) + "/" + std::to_string(codec.clock_hz) + channels});
  if (!parameters.empty()) media.attributes.push_back({"fmtp", text + " " + parameters});
}

/// Returns a free number: `before` if possible, otherwise `liked`, otherwise any dynamic number. Returns nullopt if none is free.
std::optional<std::uint8_t> free_number(std::optional<std::uint8_t> before, std::uint8_t liked, const std::bitset<128>& taken) {
  if (before && !taken.test(*before)) return before;
  if (!taken.test(liked)) return liked;
  for (std::uint8_t number = 96; number <= 127; ++number) {
    if (!taken.test(number)) return number;
  }
  return std::nullopt;
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

struct Negotiator::Chosen {
  std::size_t index = 0;
  RemoteStream stream;
};

std::string_view to_string(NegotiationError error) {
  switch (error) {
    case NegotiationError::WrongState: return "no exchange is open that this would fit";
    case NegotiationError::NoAudio: return "no audio stream";
    case NegotiationError::UnsupportedProfile: return "audio by an unsupported profile only";
    case NegotiationError::NoCommonCodec: return "no common codec";
    case NegotiationError::BadAddress: return "no usable media address";
    case NegotiationError::AnswerMismatch: return "the answer's streams are not those of the offer";
  }
  return "unknown";
}

Negotiator::Negotiator(AudioCapability capability, base::SocketAddress local, std::uint64_t session_id)
    : capability_(checked(std::move(capability))),
      local_(local),
      origin_ip_(local.ip),
      session_id_(session_id & kSessionIdMask) {
  std::bitset<128> used;
  for (std::size_t clock = 0; clock < event_numbers_.size(); ++clock) {
    event_numbers_[clock] = free_number(std::nullopt, liked_event_number(clock), used);
    if (event_numbers_[clock]) used.set(*event_numbers_[clock]);
  }
  for (const AudioCodec codec : capability_.codecs) {
    auto& number = numbers_[index_of(codec)];
    number = free_number(std::nullopt, name_of(codec).payload_type, used);
    if (number) used.set(*number);
  }
}

std::uint8_t Negotiator::liked_event_number(std::size_t clock) const {
  return clock == 0 ? capability_.event_payload_type : kEventClocks[clock].payload_type;
}

/// Returns one telephone-event for each clock of our codecs, and the 8000 Hz one for peers that support no other.
EventNumbers Negotiator::offered_events() const {
  EventNumbers events;
  if (!capability_.telephone_events) return events;
  events[0] = event_numbers_[0];
  for (const AudioCodec codec : capability_.codecs) events[event_clock_of(codec)] = event_numbers_[event_clock_of(codec)];
  return events;
}

std::string Negotiator::make_offer() {
  add_places();
  Session offer = frame();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    offer.media.push_back(i == audio_slot_ ? audio(slots_[i], capability_.codecs, offered_extras(), wish_) : other(i));
  }
  offered_ = wish_;
  state_ = State::OfferSent;
  answerable_ = true;
  return publish(std::move(offer));
}

void Negotiator::withdraw_offer() {
  state_ = State::Stable;
  answerable_ = false;
}

base::Result<Answer, NegotiationError> Negotiator::answer(const Session& offer) {
  if (state_ == State::OfferSent) return base::fail(NegotiationError::WrongState);
  auto chosen = choose_stream(offer);
  if (!chosen) {
    if (switches_off(offer)) return answer_switched_off(offer);
    return base::fail(chosen.error());
  }
  if (capability_.order_of_offer) sort_as_listed(chosen->stream.codecs, offer.media[chosen->index]);
  learn_frame(offer);
  learn_numbers(offer.media[chosen->index]);
  audio_slot_ = chosen->index;
  answerable_ = false;

  const RemoteStream& stream = chosen->stream;
  const Direction ours = meet(wish_, stream.direction);
  AgreedAudio agreed = agree(*chosen, ours);
  EventNumbers events;  // Has one entry only, because our answer names one codec.
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (agreed.receive_events && agreed.event_clock_hz == kEventClocks[i].clock_hz) events[i] = agreed.receive_events;
  }
  Session text = frame();
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    text.media.push_back(i == audio_slot_              ? audio(slots_[i], {stream.codecs.front().codec}, answered_extras(stream, events), ours)
                         : offer.media[i].port == 0 ? refused(slots_[i])
                                                    : other(i));
  }
  agreed.also_receivable.clear();
  agreed.also_receivable_events.reset();
  agreed_ = agreed;
  return Answer{publish(std::move(text)), std::move(agreed)};
}

base::Result<AgreedAudio, NegotiationError> Negotiator::accept_answer(const Session& answer) {
  if (state_ != State::OfferSent && !answerable_) return base::fail(NegotiationError::WrongState);
  // Deviation: RFC 3264 section 6 requires the answer to have every m= line of the offer. Accept an answer that omits refused
  // lines if our audio line is in its place.
  if (audio_slot_ >= answer.media.size()) return base::fail(NegotiationError::AnswerMismatch);
  if (!base::iequals(answer.media[audio_slot_].kind, "audio")) return base::fail(NegotiationError::AnswerMismatch);
  auto chosen = examine(answer, audio_slot_);
  if (!chosen) return base::fail(chosen.error());
  // An offer may list codecs in our order of preference. An answer uses the peer's order, and we send its first codec:
  // RFC 3264 section 7.
  sort_as_listed(chosen->stream.codecs, answer.media[audio_slot_]);
  agreed_ = agree(*chosen, meet(offered_, chosen->stream.direction));
  state_ = State::Stable;
  return *agreed_;
}

std::vector<Media> Negotiator::others_of(const Session& remote) const {
  std::vector<Media> others;
  for (std::size_t i = 0; i < remote.media.size(); ++i) {
    if (i != audio_slot_) others.push_back(remote.alone(remote.media[i]));
  }
  return others;
}

/// Keeps the stream in use if the offer allows it; otherwise takes the first acceptable stream. On failure, returns the error of
/// the best candidate.
base::Result<Negotiator::Chosen, NegotiationError> Negotiator::choose_stream(const Session& offer) const {
  if (agreed_ && audio_slot_ < offer.media.size()) {
    if (auto chosen = examine(offer, audio_slot_)) return chosen;
  }
  auto reason = NegotiationError::NoAudio;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    auto chosen = examine(offer, i);
    if (chosen) return chosen;
    reason = std::max(reason, chosen.error());
  }
  return base::fail(reason);
}

base::Result<Negotiator::Chosen, NegotiationError> Negotiator::examine(const Session& remote, std::size_t index) const {
  auto stream = read_remote_stream(remote, remote.media[index], capability_);
  if (!stream) return base::fail(stream.error());
  const base::IpAddress& ip = stream->rtp.ip;
  if (!ip.is_unspecified() && ip.is_v6() != local_.ip.is_v6()) return base::fail(NegotiationError::BadAddress);
  return Chosen{index, std::move(*stream)};
}

/// Returns true if a later offer sets all ports to 0. The call then continues without streams (RFC 3264 section 8.2).
bool Negotiator::switches_off(const Session& offer) const {
  if (!agreed_ || audio_slot_ >= offer.media.size()) return false;
  if (!base::iequals(offer.media[audio_slot_].kind, "audio")) return false;
  return std::all_of(offer.media.begin(), offer.media.end(), [](const Media& media) { return media.port == 0; });
}

Answer Negotiator::answer_switched_off(const Session& offer) {
  learn_frame(offer);
  answerable_ = false;
  Session text = frame();
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    text.media.push_back(refused(slots_[i]));
  }
  agreed_->send = agreed_->receive = false;
  agreed_->disabled = true;
  return Answer{publish(std::move(text)), *agreed_};
}

AgreedAudio Negotiator::agree(const Chosen& chosen, Direction ours) const {
  const RemoteStream& stream = chosen.stream;
  const ReceivableCodec& first = stream.codecs.front();
  AgreedAudio agreed;
  agreed.codec = first.codec;
  agreed.send_payload_type = first.payload_type;
  agreed.receive_payload_type = numbers_[index_of(first.codec)].value_or(first.payload_type);
  agreed.parameters = stream.parameters[index_of(first.codec)];
  agree_events(stream.events, agreed);
  agreed.send_comfort_noise = stream.comfort_noise && allows_comfort_noise(first.codec);
  agreed.send_voip_metrics = stream.wants_voip_metrics;
  agreed.ptime_ms = stream.ptime_ms;
  agreed.remote_rtp = stream.rtp;
  agreed.remote_rtcp = stream.rtcp;
  agreed.send = sends(ours);
  agreed.receive = receives(ours);
  for (const ReceivableCodec& other : stream.codecs) {
    const auto number = numbers_[index_of(other.codec)];
    if (other.codec != first.codec && number) agreed.also_receivable.push_back({other.codec, *number});
  }
  return agreed;
}

/// Agrees on telephone-events of the codec's own clock, or of 8000 Hz if the peer supports only these, as many peers do.
void Negotiator::agree_events(const EventNumbers& theirs, AgreedAudio& agreed) const {
  const EventNumbers ours = offered_events();
  const auto both = [&](std::size_t clock) { return theirs[clock] && ours[clock]; };
  const std::size_t own = event_clock_of(agreed.codec), clock = both(own) ? own : 0;
  if (!both(clock)) return;
  agreed.send_events = theirs[clock];
  agreed.receive_events = event_numbers_[clock];
  agreed.event_clock_hz = kEventClocks[clock].clock_hz;
  for (std::size_t other = 0; other < kEventClocks.size() && !agreed.also_receivable_events; ++other) {
    if (other != clock && both(other)) agreed.also_receivable_events = ReceivableEvents{kEventClocks[other].clock_hz, *event_numbers_[other]};
  }
}

/// Copies the offer's m= line places and its t= line. Places are never removed, even if a later offer of the peer omits some.
void Negotiator::learn_frame(const Session& offer) {
  if (slots_.size() < offer.media.size()) slots_.resize(offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    slots_[i] = {offer.media[i].kind, offer.media[i].protocol, first_format(offer.media[i])};
  }
  time_ = "0 0";
  for (const Line& line : offer.times) {
    if (line.type != 't' || !is_time(line.value)) continue;
    time_ = line.value;
    break;
  }
}

/// Takes over the offerer's payload types: we receive by these numbers (RFC 3264 section 6.1). Our later offers give them no
/// other meaning (RFC 3264 section 8.3.2).
void Negotiator::learn_numbers(const Media& stream) {
  const PayloadTable table(stream);
  const EventNumbers events = table.numbers_of_events();
  std::bitset<128> used;
  for (const auto& number : events) {
    if (number) used.set(*number);
  }
  for (const std::uint8_t number : table.numbers()) taken_.set(number, !used.test(number));
  for (const AudioCodec codec : capability_.codecs) {
    auto& number = numbers_[index_of(codec)];
    const auto before = std::exchange(number, table.number_of(codec));
    const CodecName& name = name_of(codec);
    const auto* use = table.find(name.payload_type);
    if (!number && name.is_static() && use != nullptr && use->is(codec)) number = name.payload_type;
    if (!number && !name.is_static()) number = free_number(before, name.payload_type, taken_ | used);
    if (number) used.set(*number);
  }
  if (table.has_comfort_noise()) taken_.reset(kComfortNoiseNumber);
  for (std::size_t clock = 0; clock < events.size(); ++clock) {
    auto& number = event_numbers_[clock];
    number = events[clock] ? events[clock] : free_number(number, liked_event_number(clock), taken_ | used);
    if (number) used.set(*number);
  }
}

Session Negotiator::frame() const {
  Session session;
  session.origin.emplace();
  session.origin->session_id = std::to_string(session_id_);
  session.origin->address_type = origin_ip_.is_v6() ? "IP6" : "IP4";
  session.origin->address = origin_ip_.to_string();
  session.connection = Connection::of(local_.ip);
  session.times.push_back({'t', time_});
  return session;
}

Negotiator::Extras Negotiator::offered_extras() const {
  Extras extras{.events = offered_events(), .comfort_noise = capability_.comfort_noise && !taken_.test(kComfortNoiseNumber)};
  if (capability_.voip_metrics) extras.reports = kVoipMetrics;
  return extras;
}

/// Answers a request for unknown reports with an empty list, which says that we understood the attribute: RFC 3611 section 5.2.
Negotiator::Extras Negotiator::answered_extras(const RemoteStream& stream, const EventNumbers& events) {
  Extras extras{.events = events, .comfort_noise = stream.comfort_noise};
  if (stream.names_reports) extras.reports = stream.wants_voip_metrics ? kVoipMetrics : std::string_view();
  return extras;
}

/// A refused stream keeps its place with port 0: RFC 3264 section 6.
Media Negotiator::refused(const Slot& slot) {
  Media media;
  media.kind = slot.kind;
  media.protocol = slot.protocol;
  media.formats = {slot.format};
  return media;
}

/// Adds places for the audio and the owner's lines if no offer has been made or received.
void Negotiator::add_places() {
  if (slots_.empty()) slots_.push_back({"audio", "RTP/AVP", "0"});
  while (slots_.size() <= others_.size() && slots_.size() < kMaxMedia) {
    const Media& media = others_[slots_.size() - 1];
    slots_.push_back({media.kind, media.protocol, first_format(media)});
  }
}

/// Returns the owner's line for a place that is not the audio's, or a refused line if the owner has none that fits.
Media Negotiator::other(std::size_t index) const {
  const Slot& slot = slots_[index];
  const std::size_t nth = index < audio_slot_ ? index : index - 1;
  const bool fits = nth < others_.size() && others_[nth].kind == slot.kind && base::iequals(others_[nth].protocol, slot.protocol);
  return fits ? others_[nth] : refused(slot);
}

Media Negotiator::audio(const Slot& slot, const std::vector<AudioCodec>& codecs, const Extras& extras, Direction ours) const {
  Media media;
  media.kind = slot.kind;
  media.port = local_.port;
  media.protocol = slot.protocol;
  for (const AudioCodec codec : codecs) {
    const auto number = numbers_[index_of(codec)];
    if (number) add_format(media, *number, name_of(codec), capability_.parameters[index_of(codec)]);
  }
  if (extras.comfort_noise && std::any_of(codecs.begin(), codecs.end(), allows_comfort_noise)) {
    add_format(media, kComfortNoiseNumber, {.name = kComfortNoise, .clock_hz = 8000}, "");
  }
  for (std::size_t clock = 0; clock < extras.events.size(); ++clock) {
    if (extras.events[clock]) add_format(media, *extras.events[clock], {.name = kTelephoneEvent, .clock_hz = kEventClocks[clock].clock_hz}, "0-16");
  }
  media.attributes.push_back({"ptime", std::to_string(capability_.ptime_ms)});
  if (extras.reports) media.attributes.push_back({"rtcp-xr", std::string(*extras.reports)});
  media.attributes.push_back({std::string(to_string(ours)), std::nullopt});
  return media;
}

std::string Negotiator::publish(Session text) {
  if (version_ == 0 || text != local_session_) {
    local_session_ = text;
    text.origin->version = std::to_string(++version_);
    local_text_ = write_session(text);
  }
  return local_text_;
}

bool Negotiator::is_consistent() const {
  if (!slots_.empty() && audio_slot_ >= slots_.size()) return false;
  if (state_ == State::OfferSent && (!answerable_ || local_text_.empty())) return false;
  std::bitset<128> used;
  const auto is_fresh = [&used](std::optional<std::uint8_t> number) {
    if (number && (*number > 127 || used.test(*number))) return false;
    if (number) used.set(*number);
    return true;
  };
  for (const AudioCodec codec : capability_.codecs) {
    if (!is_fresh(numbers_[index_of(codec)])) return false;
  }
  for (const auto& number : event_numbers_) {
    if (!is_fresh(number)) return false;
  }
  if (!agreed_) return true;
  if (agreed_->ptime_ms != clamp_ptime(agreed_->ptime_ms)) return false;
  if (agreed_->send_payload_type > 127 || agreed_->receive_payload_type > 127) return false;
  if (agreed_->send_events == agreed_->send_payload_type || agreed_->receive_events == agreed_->receive_payload_type)
    return false;
  if (agreed_->send_events.has_value() != agreed_->receive_events.has_value()) return false;
  return agreed_->disabled ? !agreed_->send && !agreed_->receive : agreed_->remote_rtp.port != 0;
}

}  // namespace offhook::inline v0::sdp
