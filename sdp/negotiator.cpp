#include <offhook/sdp/negotiator.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sdp/writer.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sdp {

namespace {

constexpr std::uint64_t kSessionIdMask = (std::uint64_t{1} << 62) - 1;  // The id must fit a signed 64-bit number: RFC 3264 section 5.

bool is_time(std::string_view value) {
  base::TextCursor cursor(value);
  const auto start = cursor.take_while(base::is_digit);
  return !start.empty() && cursor.try_take(' ') && !cursor.take_while(base::is_digit).empty() && cursor.at_end();
}

}  // namespace

struct Negotiator::Chosen {
  std::size_t index = 0;
  RemoteStream stream;
};

Negotiator::Negotiator(AudioCapability capability, base::SocketAddress local, std::uint64_t session_id)
    : origin_ip_(local.ip), session_id_(session_id & kSessionIdMask), sections_(1) {
  sections_.front().transport.rtp = local;
  sections_.front().audio.emplace(std::move(capability));
  sections_.front().transport.protocol = audio().offered_protocol();
}

std::string Negotiator::make_offer() {
  add_sections();
  Session offer = frame();
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    Section& section = sections_[i];
    offer.media.push_back(section.audio ? section.audio->offer(section.line()) : line_of_owner(i));
  }
  if (ice_ && (offers_ice_ || (agreed() && agreed()->ice))) add_ice(offer);
  add_mid(offer);
  state_ = State::OfferSent;
  return publish(std::move(offer));
}

void Negotiator::withdraw_offer() { state_ = State::Stable; }

base::Result<Answer, NegotiationError> Negotiator::answer(const Session& offer) {
  if (state_ == State::OfferSent) return base::fail(NegotiationError::WrongState);
  auto chosen = choose_audio(offer);
  if (!chosen && !switches_off(offer)) return base::fail(chosen.error());
  follow(offer);
  if (chosen) move_audio(chosen->index);
  Session text = frame();
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    Section& section = sections_[i];
    if (section.audio && chosen) {
      text.media.push_back(section.audio->answer(std::move(chosen->stream), offer.media[i], section.line()));
    } else {
      text.media.push_back(offer.media[i].port == 0 ? section.refused() : line_of_owner(i));
    }
  }
  if (chosen) {
    audio().agree_ice(ice_of(offer, audio_at_));
    if (agreed()->ice) add_ice(text);
    else if (ice_ && speaks_ice(offer, offer.media[audio_at_])) text.media[audio_at_].attributes.push_back({"ice-mismatch", std::nullopt});
    mid_ = offer.media[audio_at_].attribute("mid").value_or("");
    add_mid(text);
    bundle(offer, text);
  } else {
    audio().disable();
  }
  return Answer{publish(std::move(text)), *agreed()};
}

base::Result<AgreedAudio, NegotiationError> Negotiator::accept_answer(const Session& answer) {
  if (state_ != State::OfferSent && !agreed()) return base::fail(NegotiationError::WrongState);
  // Deviation: RFC 3264 section 6 requires the answer to have every m= line of the offer. Accept an answer that omits refused
  // lines if our audio line is in its place.
  if (audio_at_ >= answer.media.size()) return base::fail(NegotiationError::AnswerMismatch);
  if (!base::iequals(answer.media[audio_at_].kind, "audio")) return base::fail(NegotiationError::AnswerMismatch);
  auto theirs = read(answer, audio_at_);
  if (!theirs) return base::fail(theirs.error());
  if (const auto accepted = audio().accept_answer(std::move(*theirs), answer.media[audio_at_]); !accepted) return base::fail(accepted.error());
  const bool offered_ice = local_session_.attribute_of(local_session_.media.at(audio_at_), "ice-ufrag").has_value();
  audio().agree_ice(offered_ice ? ice_of(answer, audio_at_) : std::nullopt);
  state_ = State::Stable;
  return *agreed();
}

std::vector<Media> Negotiator::others_of(const Session& remote) const {
  std::vector<Media> others;
  for (std::size_t i = 0; i < remote.media.size(); ++i) {
    if (i != audio_at_) others.push_back(remote.alone(remote.media[i]));
  }
  return others;
}

/// Keeps the audio in its section if the offer allows it. Otherwise chooses the first acceptable section that is encrypted, or else the first acceptable
/// section: some peers offer the same audio in two sections, one of them with SRTP. On failure, returns the error of the best candidate.
base::Result<Negotiator::Chosen, NegotiationError> Negotiator::choose_audio(const Session& offer) const {
  if (agreed() && audio_at_ < offer.media.size()) {
    if (auto stream = read(offer, audio_at_)) return Chosen{audio_at_, std::move(*stream)};
  }
  auto reason = NegotiationError::NoAudio;
  std::optional<Chosen> plain;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    auto stream = read(offer, i);
    if (stream && stream->is_encrypted()) return Chosen{i, std::move(*stream)};
    if (!stream) {
      reason = std::max(reason, stream.error());
    } else if (!plain) {
      plain = Chosen{i, std::move(*stream)};
    }
  }
  if (plain) return *std::move(plain);
  return base::fail(reason);
}

base::Result<RemoteStream, NegotiationError> Negotiator::read(const Session& remote, std::size_t index) const {
  return audio().read(remote, remote.media[index], sections_[audio_at_].transport);
}

/// Returns true if a later offer sets all ports to 0. The call then continues without streams (RFC 3264 section 8.2).
bool Negotiator::switches_off(const Session& offer) const {
  if (!agreed() || audio_at_ >= offer.media.size()) return false;
  if (!base::iequals(offer.media[audio_at_].kind, "audio")) return false;
  return std::all_of(offer.media.begin(), offer.media.end(), [](const Media& media) { return media.port == 0; });
}

/// Gives each m= line of the offer its section, and copies the t= line. Never removes a section, even if a later offer of the peer omits it.
void Negotiator::follow(const Session& offer) {
  if (sections_.size() < offer.media.size()) sections_.resize(offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) sections_[i].follow(offer.media[i]);
  time_ = "0 0";
  for (const Line& line : offer.times) {
    if (line.type != 't' || !is_time(line.value)) continue;
    time_ = line.value;
    break;
  }
}

/// Moves our audio, with its address, to another section. The protocol stays with the section.
void Negotiator::move_audio(std::size_t to) {
  Section& from = sections_[audio_at_];
  std::swap(from.audio, sections_[to].audio);
  std::swap(from.transport.rtp, sections_[to].transport.rtp);
  std::swap(from.transport.rtcp, sections_[to].transport.rtcp);
  audio_at_ = to;
}

/// Adds a section for each of the owner's lines that has none yet.
void Negotiator::add_sections() {
  while (sections_.size() <= others_.size() && sections_.size() < kMaxMedia) {
    const Media& line = others_[sections_.size() - 1];
    sections_.emplace_back().follow(line);
  }
}

/// Returns the owner's line for a section, or a refused line if the owner has none that fits.
Media Negotiator::line_of_owner(std::size_t index) const {
  const Section& section = sections_[index];
  const std::size_t nth = index < audio_at_ ? index : index - 1;
  return nth < others_.size() && section.fits(others_[nth]) ? others_[nth] : section.refused();
}

Session Negotiator::frame() const {
  Session session;
  session.origin.emplace();
  session.origin->session_id = std::to_string(session_id_);
  session.origin->address_type = origin_ip_.is_v6() ? "IP6" : "IP4";
  session.origin->address = origin_ip_.to_string();
  session.connection = Connection::of(sections_[audio_at_].transport.rtp.ip);
  session.times.push_back({'t', time_});
  return session;
}

void Negotiator::set_ice(std::optional<IceDescription> ours, bool offers) {
  ice_ = std::move(ours);
  offers_ice_ = offers;
}

/// Returns the peer's ICE description. Returns nullopt if one side does not use ICE, or if a gateway has altered the addresses of audio without DTLS
/// (RFC 8839 section 4.2.5). With DTLS, the altered address is one more candidate: Asterisk with `external_media_address` accepts no handshake before ICE.
std::optional<IceDescription> Negotiator::ice_of(const Session& remote, std::size_t index) const {
  if (!ice_) return std::nullopt;
  const Media& stream = remote.media[index];
  auto theirs = read_ice(remote, stream);
  if (!theirs || theirs->mismatch) return std::nullopt;
  if (is_ice_mismatch(*theirs, remote, stream)) {
    if (!agreed() || !agreed()->dtls) return std::nullopt;
    add_default_candidates(*theirs, remote, stream);
  }
  return std::move(*theirs);
}

/// Adds our ICE attributes. With rtcp-mux there is only component 1, so the candidates of component 2 are left out: RFC 5761 section 5.1.3.
void Negotiator::add_ice(Session& text) const {
  IceDescription ours = *ice_;
  const bool is_muxed = agreed() && agreed()->remote_rtcp == agreed()->remote_rtp;
  if (is_muxed) std::erase_if(ours.candidates, [](const CandidateLine& line) { return line.component != 1; });
  write_ice(ours, text, text.media[audio_at_]);
}

/// Repeats the peer's a=mid: RFC 5888 section 9. A peer that trickles needs it (RFC 8840 section 4.1.3).
void Negotiator::add_mid(Session& text) const {
  if (!mid_.empty()) text.media[audio_at_].attributes.push_back({"mid", mid_});
}

/// Answers a=group:BUNDLE with the audio section alone: RFC 9143 section 7.3.
void Negotiator::bundle(const Session& offer, Session& text) const {
  if (mid_.empty()) return;
  for (const Attribute& attribute : offer.attributes) {
    if (attribute.name != "group" || !attribute.value) continue;
    base::TextCursor words(*attribute.value);
    if (words.take_until(' ') != "BUNDLE") continue;
    while (!words.at_end()) {
      if (words.take_until(' ') == mid_) return text.attributes.push_back({"group", "BUNDLE " + mid_});
    }
  }
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
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    if (sections_[i].audio.has_value() != (i == audio_at_)) return false;
  }
  if (state_ == State::OfferSent && local_text_.empty()) return false;
  return audio().is_consistent();
}

}  // namespace offhook::inline v0::sdp
