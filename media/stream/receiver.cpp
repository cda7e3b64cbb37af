#include <offhook/media/stream/receiver.hpp>

#include <offhook/base/prefetch.hpp>
#include <offhook/media/codec/opus.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::int32_t kMostMoved = 8000;  // units: one second, half of which the echo guard covers

rtp::DelayProfile profile_for(Listener listener) { return listener == Listener::Machine ? rtp::kRecogniserProfile : rtp::kCallProfile; }

/// Returns true if the payload is comfort noise. The static payload type of comfort noise has a clock of 8000 Hz, and is not valid
/// with a codec of another clock (RFC 3389 section 4.1).
bool is_noise(const MediaPlan& plan, std::uint8_t payload_type) {
  return payload_type == kComfortNoiseType && rtp_clock_hz(plan.codec) == 8000;
}

rtp::PacketContent kind_of(AudioCodec codec, base::Bytes payload) {
  return codec == AudioCodec::Opus && is_opus_dtx(payload.size()) ? rtp::PacketContent::LastAudio : rtp::PacketContent::Audio;
}

}  // namespace

Receiver::Receiver(StreamContext& context, base::Duration silence_limit)
    : context_(context), listener_(context.port.listener.load(std::memory_order_relaxed)), source_(silence_limit),
      jitter_buffer_(profile_for(listener_)) {}

void Receiver::expect(const MediaPlan& plan, bool relearn) {
  source_.expect({.rtp = plan.remote_rtp, .rtcp = plan.remote_rtcp, .signalling_host = plan.signalling_host, .rule = plan.source_rule, .proven = plan.proven});
  if (relearn) source_.relearn();
}

void Receiver::forget_audio() {
  jitter_buffer_.reset();
  jitter_buffer_.hold_longer(0);
  peer_noise_.reset();
  delay_.reset();
}

// --- packets ---------------------------------------------------------------------------------------------------------------

inline Receiver::Content Receiver::content_of(std::uint8_t payload_type) const {
  const MediaPlan& plan = *context_.plan;
  if (const auto clock_hz = plan.event_clock_of(payload_type)) return {.kind = Content::Kind::Event, .event_clock_hz = *clock_hz};
  if (const auto codec = plan.codec_of(payload_type)) return {.kind = Content::Kind::Audio, .codec = *codec};
  return {.kind = is_noise(plan, payload_type) ? Content::Kind::ComfortNoise : Content::Kind::Refused};
}

/// Returns true if the packet is newer than all earlier packets: not a copy, and not reordered.
inline bool Receiver::is_next(const rtp::Packet& packet, bool of_another_source) {
  const auto behind = static_cast<std::uint16_t>(newest_ - packet.sequence);
  if (!of_another_source && behind <= rtp::kMaxMisorder) return false;
  newest_ = packet.sequence;
  return true;
}

inline void Receiver::count(const rtp::Packet& packet, const Content& content, base::TimePoint now) {
  context_.meter.on_packet();
  bool in_time = true;
  if (content.kind == Content::Kind::Audio) {
    const std::uint32_t clock_hz = rtp_clock_hz(content.codec);
    reception_.set_clock(clock_hz);
    in_time = context_.meter.in_time(packet.timestamp, clock_hz);
  }
  reception_.on_packet(packet.ssrc, packet.sequence, packet.timestamp, now, in_time);
  if (content.kind == Content::Kind::Event) event_receiver_.set_clock(content.event_clock_hz);
}

Receiver::Content Receiver::accept(const rtp::Packet& packet, const base::SocketAddress& from, std::size_t octets, base::TimePoint now) {
  auto content = content_of(packet.payload_type);
  if (content.kind == Content::Kind::Refused) {
    ++refused_payload_;  // counted before the source is checked, because invalid packets must not pass a probation
    if (source_.is_of_source(from, packet.ssrc)) reception_.on_other(packet.ssrc, packet.sequence);  // The packet is not lost.
    return {};
  }
  const auto before = source_.ssrc();
  if (source_.on_rtp(from, packet.ssrc, packet.sequence, now) != rtp::SourcePolicy::Verdict::Accept) return {};
  const bool of_another_source = before != source_.ssrc();
  content.is_next = content.kind == Content::Kind::Audio && is_next(packet, of_another_source);
  bytes_received_ += octets;
  if (before && of_another_source) {
    event_receiver_.reset();
    context_.meter.on_new_stream();
  }
  count(packet, content, now);
  return content;
}

void Receiver::store(const rtp::Packet& packet, const Content& content, base::TimePoint now) {
  std::optional<rtp::PayloadTiming> timing;
  auto kind = rtp::PacketContent::Audio;
  switch (content.kind) {
    case Content::Kind::Refused: return;
    case Content::Kind::Audio:
      kind = kind_of(content.codec, packet.payload);
      timing = timing_of(content.codec, packet.payload);
      break;
    case Content::Kind::Event:
      take_event(packet, content, now);
      kind = rtp::PacketContent::Key;
      timing = {.clock = static_cast<std::uint8_t>(content.event_clock_hz / rtp::kUnitHz)};
      break;
    case Content::Kind::ComfortNoise:
      kind = rtp::PacketContent::ComfortNoise;
      if (peer_noise_.on_payload(packet.payload, packet.timestamp)) timing.emplace();
      break;
  }
  if (!timing) return on_malformed();
  static_cast<void>(jitter_buffer_.put_or_push_out(packet, now, kind, *timing));  // The buffer counts refused packets.
}

// --- frames ----------------------------------------------------------------------------------------------------------------

inline void Receiver::follow_listener() {
  const Listener listener = context_.port.listener.load(std::memory_order_relaxed);
  if (listener == std::exchange(listener_, listener)) return;
  jitter_buffer_.set_profile(profile_for(listener));
}

/// Appends audio to the line until the line has a whole tick, and takes this tick.
rtp::Pull::Kind Receiver::pull(base::TimePoint now, bool voiced, std::span<std::int16_t> pcm) {
  follow_listener();
  const std::size_t samples_per_unit = pcm.size() / static_cast<std::size_t>(rtp::kUnitsPerTick);
  TimeStretch& line = context_.chain->line;
  auto kind = rtp::Pull::Kind::Frame;
  while (line.waiting() < pcm.size()) {
    const std::size_t waiting = line.waiting() / samples_per_unit;
    const auto pull = jitter_buffer_.pull(now, static_cast<std::int64_t>(waiting));
    kind = decode_or_conceal(pull, pcm.first(static_cast<std::size_t>(pull.units) * samples_per_unit));
    if (kind != rtp::Pull::Kind::Frame) continue;
    note_delay(now, waiting, pull, samples_per_unit);
    if (pull.stretch == 0) continue;
    const int by = line.stretch(static_cast<int>(pull.stretch) * static_cast<int>(samples_per_unit), pull.urgent || !voiced);
    jitter_buffer_.on_stretched(by / static_cast<int>(samples_per_unit));
  }
  line.take(pcm);
  return kind;
}

/// Decodes or conceals 20 ms and appends them to the line. `pcm` is scratch memory.
rtp::Pull::Kind Receiver::decode_or_conceal(const rtp::Pull& pull, std::span<std::int16_t> pcm) {
  CodecChain& chain = *context_.chain;
  const auto codec = pull.kind == rtp::Pull::Kind::Frame ? context_.plan->codec_of(pull.payload_type) : std::nullopt;
  if (pull.kind == rtp::Pull::Kind::Silence) {
    if (!peer_noise_.fill(pcm) && !chain.rest(pcm)) std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
  } else if (!codec) {  // The audio is lost. Or the plan changed while the packet waited, and its payload type now means another codec.
    chain.conceal(pull, pull.gap > 0 ? jitter_buffer_.after_gap() : rtp::Piece{}, pcm);
  } else {
    if (pull.restart) chain.restart_decoder();
    context_.meter.on_played(pull.timestamp);
    peer_noise_.on_audio(pull.timestamp);
    if (pull.packed) {
      decode_pieces(*codec, pcm);
    } else {
      chain.decode(*codec, pull.payload, pcm);
    }
    jitter_buffer_.hold_longer(chain.wants_held());
    chain.concealer.good(pcm, pull.seam);
  }
  chain.line.push(pcm);
  return codec || pull.kind == rtp::Pull::Kind::Silence ? pull.kind : rtp::Pull::Kind::Conceal;
}

/// Decodes a frame of packed packets, which contains parts of one or of several packets.
void Receiver::decode_pieces(AudioCodec codec, std::span<std::int16_t> pcm) {
  const std::size_t samples_per_unit = pcm.size() / static_cast<std::size_t>(rtp::kUnitsPerTick);
  for (std::int64_t at = 0; at < rtp::kUnitsPerTick;) {
    const auto piece = jitter_buffer_.piece(at);
    if (piece.units <= 0) return;
    const auto part = pcm.subspan(static_cast<std::size_t>(at) * samples_per_unit, static_cast<std::size_t>(piece.units) * samples_per_unit);
    context_.chain->decode(codec, piece, part);
    at += piece.units;
  }
}

/// Reports changes of the playout delay to the echo guard. An echo moves when the received audio is stretched, delayed or concealed. All of this
/// changes the time from a frame's timestamp to its playout. A drift of the peer's clock changes it too, but slowly, and the guard learns it.
void Receiver::note_delay(base::TimePoint now, std::size_t waiting, const rtp::Pull& pull, std::size_t samples_per_unit) {
  const auto units = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count() / 125'000;
  const auto clock = rtp_clock_hz(context_.plan->codec_of(pull.payload_type).value_or(context_.plan->codec)) / 8000;
  const std::uint32_t delay = (static_cast<std::uint32_t>(units) + static_cast<std::uint32_t>(waiting)) * clock - pull.timestamp;
  const auto before = std::exchange(delay_, delay);
  if (!before || delay == *before || pull.restart) return;
  const auto moved = std::clamp<std::int32_t>(static_cast<std::int32_t>(delay - *before) / static_cast<std::int32_t>(clock), -kMostMoved, kMostMoved);
  if (auto* const guard = context_.chain->echo_guard.get()) guard->shift(moved * static_cast<int>(samples_per_unit));
}

// --- statistics ------------------------------------------------------------------------------------------------------------

void Receiver::fill(LegStatistics& all) const {
  const auto jitter = jitter_buffer_.statistics();
  const auto& source = source_.statistics();
  all.packets_received = reception_.received();
  all.bytes_received = bytes_received_;
  all.packets_lost = reception_.lost();
  all.packets_late = jitter.late;
  all.packets_duplicate = jitter.duplicate;
  all.packets_overflowed = jitter.overflowed + jitter.inbox_full;
  all.packets_unplaced = jitter.suspect;
  all.refused_source = source.refused_source + source.refused_ssrc + source.probation + source.rtcp_refused;
  all.refused_payload = refused_payload_ + jitter.refused_payload;
  all.malformed += malformed_ + event_receiver_.malformed();
  all.digits_ignored += event_receiver_.dropped();
  all.frames_concealed = jitter.concealed;
  all.frames_played = jitter.frames;
  all.jitter_us = static_cast<std::uint32_t>(reception_.jitter().count());
  all.jitter_buffer_ms = jitter.delay_ms;
  all.source = source_.locked();
  all.packet_us = static_cast<std::uint32_t>(reception_.packet_time().count());
  all.losses = reception_.losses();
  all.played = jitter;
}

void Receiver::prefetch() const noexcept {
  jitter_buffer_.prefetch();
  source_.prefetch();
  base::prefetch(reception_);
  base::prefetch(event_receiver_);
  base::prefetch_between(&peer_noise_, this + 1);
}

}  // namespace offhook::inline v0::media
