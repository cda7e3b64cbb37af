#include <offhook/media/stream/codec_chain.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/codec/l16.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr bool is_l16(AudioCodec codec) { return codec == AudioCodec::L16 || codec == AudioCodec::L16Wide; }
/// Returns the octets of L16 in one unit of 1/8000 s.
constexpr std::size_t octets_per_unit(AudioCodec codec) { return codec == AudioCodec::L16Wide ? 4 : 2; }

bool receives_rate(const MediaPlan& plan, std::uint32_t rate_hz) {
  for (const auto codec : kAudioCodecs) {
    if (codec != AudioCodec::Opus && plan.receives(codec) && sample_rate_hz(codec) == rate_hz) return true;
  }
  return false;
}

}  // namespace

std::optional<rtp::PayloadTiming> timing_of(AudioCodec codec, base::Bytes payload) {
  const auto clock = static_cast<std::uint8_t>(rtp_clock_hz(codec) / rtp::kUnitHz);
  std::size_t units = 0;
  if (codec == AudioCodec::Opus) {
    units = opus_samples(payload, rtp::kUnitHz).value_or(0);
  } else if (is_l16(codec)) {
    units = payload.size() / octets_per_unit(codec);
  } else {
    return rtp::PayloadTiming{clock, 0};
  }
  if (units == 0 || units > rtp::kMaxPackedUnits) return std::nullopt;
  return rtp::PayloadTiming{clock, static_cast<std::uint16_t>(units)};
}

CodecChain::CodecChain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo)
    : concealer(chain_rate_hz(plan.codec, port_rate_hz)), line(chain_rate_hz(plan.codec, port_rate_hz)),
      echo_guard(guards_echo ? std::make_unique<EchoGuard>(chain_rate_hz(plan.codec, port_rate_hz)) : nullptr), codec_(plan.codec), decoded_(plan.codec),
      rate_hz_(chain_rate_hz(plan.codec, port_rate_hz)), to_port_(rate_hz_, port_rate_hz), from_port_(port_rate_hz, rate_hz_),
      to_narrow_(rate_hz_, 8000) {
  if (codec_ == AudioCodec::G722) g722_encoder_.emplace();
  if (plan.receives(AudioCodec::G722)) g722_decoder_.emplace();
  if (codec_ == AudioCodec::Opus) opus_mouth_ = std::make_unique<OpusLegEncoder>(rate_hz_, plan.opus, plan.ptime_ms);
  if (plan.receives(AudioCodec::Opus)) opus_ear_ = std::make_unique<OpusLegDecoder>(rate_hz_);
  if (rate_hz_ == 24000 && receives_rate(plan, 16000)) from_wide_ = std::make_unique<Resampler>(16000, rate_hz_);
  const std::uint32_t other_hz = rate_hz_ == 8000 ? 16000 : 8000;
  if (receives_rate(plan, other_hz)) from_other_.emplace(other_hz, rate_hz_);
}

bool CodecChain::does_for(const MediaPlan& made_for, const MediaPlan& plan) {
  if (made_for.codec != plan.codec) return false;
  // The Opus encoder was made with the peer's parameters.
  if (plan.codec == AudioCodec::Opus && (made_for.opus != plan.opus || made_for.ptime_ms != plan.ptime_ms)) return false;
  return std::all_of(kAudioCodecs.begin(), kAudioCodecs.end(), [&](AudioCodec codec) { return made_for.receives(codec) || !plan.receives(codec); });
}

TickShape CodecChain::shape() const {
  switch (codec_) {
    case AudioCodec::Pcmu:
    case AudioCodec::Pcma:
    case AudioCodec::G722: return {};
    case AudioCodec::Opus: return {.octets = 160, .units = 960};  // Its number of octets varies: Packetizer::packet() takes it.
    case AudioCodec::L16: return {.octets = 320, .units = 160};
    case AudioCodec::L16Wide: return {.octets = 640, .units = 320};
  }
  return {};
}

// --- decoding --------------------------------------------------------------------------------------------------------------

void CodecChain::restart_decoder() {
  if (g722_decoder_) g722_decoder_->reset();
  if (opus_ear_) opus_ear_->reset();
}

void CodecChain::forget_audio() {
  concealer.reset();
  line.reset();
  if (echo_guard) echo_guard->reset();
  restart_decoder();
}

void CodecChain::begin_decoding(AudioCodec as) {
  if (as == std::exchange(decoded_, as)) return;
  restart_decoder();
  if (from_other_) from_other_->reset();
  if (from_wide_) from_wide_->reset();
}

void CodecChain::decode(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm) {
  begin_decoding(as);
  convert(as, octets, pcm);
}

void CodecChain::decode(AudioCodec as, const rtp::Piece& piece, std::span<std::int16_t> pcm) {
  begin_decoding(as);
  if (as == AudioCodec::Opus) {
    if (opus_ear_) opus_ear_->decode(piece.payload, piece.packet, piece.from, pcm);
    return;
  }
  const std::size_t per_unit = octets_per_unit(as);
  convert(as, piece.payload.subspan(static_cast<std::size_t>(piece.from) * per_unit, static_cast<std::size_t>(piece.units) * per_unit), pcm);
}

void CodecChain::convert(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm) {
  const std::uint32_t rate_hz = sample_rate_hz(as);
  if (rate_hz == rate_hz_) return decode_at_own_rate(as, octets, pcm);
  Frame other;
  const auto samples = std::span(other).first(pcm.size() * rate_hz / rate_hz_);
  decode_at_own_rate(as, octets, samples);
  if (auto* const resampler = from(rate_hz)) resampler->process(samples, pcm);
}

// The sizes always match. Therefore no codec refuses.
void CodecChain::decode_at_own_rate(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm) {
  switch (as) {
    case AudioCodec::Pcmu: static_cast<void>(decode_mulaw(octets, pcm)); return;
    case AudioCodec::Pcma: static_cast<void>(decode_alaw(octets, pcm)); return;
    case AudioCodec::G722:
      if (g722_decoder_) static_cast<void>(g722_decoder_->decode(octets, pcm));
      return;
    case AudioCodec::L16:
    case AudioCodec::L16Wide: static_cast<void>(decode_l16(octets, pcm)); return;
    case AudioCodec::Opus: return;  // Opus comes in pieces, at the chain's rate.
  }
}

void CodecChain::conceal(const rtp::Pull& pull, const rtp::Piece& next, std::span<std::int16_t> pcm) {
  if (decoded_ != AudioCodec::Opus || !opus_ear_) return concealer.conceal(pcm);
  opus_ear_->conceal(next.payload, pull.begin, pull.gap, pcm);
  concealer.good(pcm);  // libopus continues from here itself. The concealer stores the audio in case the codec changes later.
}

// --- encoding --------------------------------------------------------------------------------------------------------------

void CodecChain::encode(std::span<const std::int16_t> pcm, std::span<std::uint8_t> octets) {
  switch (codec_) {
    case AudioCodec::Pcmu: static_cast<void>(encode_mulaw(pcm, octets)); return;
    case AudioCodec::Pcma: static_cast<void>(encode_alaw(pcm, octets)); return;
    case AudioCodec::G722: static_cast<void>(g722_encoder_->encode(pcm, octets)); return;
    case AudioCodec::L16:
    case AudioCodec::L16Wide: static_cast<void>(encode_l16(pcm, octets)); return;
    case AudioCodec::Opus: return;
  }
}

void CodecChain::send(std::span<const std::int16_t> pcm, Packetizer& packetizer, const base::SocketAddress& to, Sendout& out) {
  if (opus_mouth_) {
    opus_mouth_->say(pcm, [&](base::Bytes payload, int begins_ms) {
      if (payload.empty()) return packetizer.rest();
      packetizer.packet(payload, begins_ms, to, out);
    });
    return;
  }
  std::array<std::uint8_t, Packetizer::kMaxOctetsPerTick> room;
  const auto octets = std::span(room).first(shape().octets);
  encode(pcm, octets);
  packetizer.audio(octets, to, out);
}

}  // namespace offhook::inline v0::media
