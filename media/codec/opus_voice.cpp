#include <offhook/media/codec/opus_voice.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::int64_t kMostUnits = 960;     // 120 ms, the longest packet, and the most that libopus conceals at once
constexpr std::int64_t kStepUnits = 20;      // 2.5 ms: RFC 6716 section 2
constexpr std::int64_t kCopiesRemembered = 80000;  // ten seconds: a silent peer sends no copies
constexpr std::int64_t kLossesRemembered = 240000;
constexpr std::uint8_t kFirstExpectedLoss = 5;  // percent, until the first report
// These bitrates are higher than RFC 7587 section 3.1.1 recommends, but less than half of the rate of G.711. Below about 14 kbit/s of
// narrowband and 24 kbit/s of wideband speech, libopus omits the copy of the last frame. The recommended rates for audio with more bandwidth
// are already higher.
constexpr std::uint32_t kNarrowBitrate = 16000, kWideBitrate = 28000;

std::uint32_t bitrate_for(const OpusParameters& peer, std::uint32_t rate_hz) {
  const std::uint32_t band_hz = std::min(rate_hz, peer.max_playback_rate_hz);
  return opus_bitrate(peer, rate_hz, band_hz <= 8000 ? kNarrowBitrate : band_hz <= 16000 ? kWideBitrate : 0);
}

OpusEncoderOptions options_for(const OpusParameters& peer, std::uint32_t rate_hz) {
  OpusEncoderOptions options;
  options.rate_hz = rate_hz;
  options.bitrate = bitrate_for(peer, rate_hz);
  options.max_playback_rate_hz = peer.max_playback_rate_hz;
  options.constant_bitrate = peer.cbr;
  options.in_band_fec = peer.in_band_fec;
  options.dtx = peer.dtx;
  options.expected_loss_percent = kFirstExpectedLoss;
  return options;
}

std::size_t frame_ms(std::uint16_t ptime_ms) { return ptime_ms >= 60 ? 60 : ptime_ms >= 40 ? 40 : ptime_ms >= 20 ? 20 : 10; }

}  // namespace

// --- decoding --------------------------------------------------------------------------------------------------------------

OpusLegDecoder::OpusLegDecoder(std::uint32_t rate_hz) : decoder_(rate_hz), per_unit_(rate_hz / 8000), kept_(samples(kMostUnits)) {}

bool OpusLegDecoder::take(std::int64_t at, std::span<std::int16_t> pcm) const {
  const std::int64_t from = at - kept_begin_;
  if (kept_units_ == 0 || from < 0 || samples(from) + pcm.size() > samples(kept_units_)) return false;
  std::copy_n(kept_.begin() + static_cast<std::ptrdiff_t>(samples(from)), pcm.size(), pcm.begin());
  return true;
}

bool OpusLegDecoder::decode(base::Bytes payload, std::int64_t packet, std::int64_t from, std::span<std::int16_t> pcm) {
  if (kept_units_ != 0 && kept_begin_ == packet && take(packet + from, pcm)) return true;
  kept_units_ = 0;
  const auto decoded = decoder_.decode(payload, kept_);
  if (!decoded) {
    make_up(pcm);
    return false;
  }
  resting_ = is_opus_dtx(payload.size());
  kept_begin_ = packet;
  kept_units_ = packet_units_ = static_cast<std::int64_t>(*decoded / per_unit_);
  copies_left_ = has_opus_fec(payload) ? kCopiesRemembered : std::max<std::int64_t>(copies_left_ - packet_units_, 0);
  losses_left_ = std::max<std::int64_t>(losses_left_ - packet_units_, 0);
  if (take(packet + from, pcm)) return true;
  make_up(pcm);  // Decoding gave fewer units than the packet had on arrival. No valid packet does this.
  return false;
}

// Decodes the whole gap at once: in-band FEC is as long as a packet of the sender, and libopus must decode it with that length.
void OpusLegDecoder::conceal(base::Bytes next, std::int64_t begin, std::int64_t gap, std::span<std::int16_t> pcm) {
  losses_left_ = kLossesRemembered;
  if (take(begin, pcm)) return;
  const bool whole = !next.empty() && gap > 0 && gap <= kMostUnits && gap % kStepUnits == 0 && samples(gap) >= pcm.size();
  if (!whole) return make_up(pcm);
  kept_units_ = 0;
  const auto decoded = decoder_.decode_lost(next, std::span(kept_).first(samples(gap)));
  if (!decoded) return make_up(pcm);
  if (has_opus_fec(next)) ++repaired_;
  kept_begin_ = begin;
  kept_units_ = gap;
  static_cast<void>(take(begin, pcm));
}

bool OpusLegDecoder::rest(std::span<std::int16_t> pcm) {
  if (!resting_) return false;
  make_up(pcm);
  return true;
}

void OpusLegDecoder::reset() {
  decoder_.reset();
  kept_units_ = copies_left_ = losses_left_ = 0;
  resting_ = false;
}

/// Conceals `pcm`. libopus conceals whole steps of 2.5 ms; samples beyond the end of `pcm` are discarded.
void OpusLegDecoder::make_up(std::span<std::int16_t> pcm) {
  const std::size_t step = samples(kStepUnits), wanted = (pcm.size() + step - 1) / step * step;
  kept_units_ = 0;
  const auto room = std::span(kept_).first(std::min(wanted, kept_.size()));
  if (!decoder_.conceal(room) || room.size() < pcm.size()) return std::fill(pcm.begin(), pcm.end(), std::int16_t{0});
  std::copy_n(room.begin(), pcm.size(), pcm.begin());
}

// --- encoding --------------------------------------------------------------------------------------------------------------

OpusLegEncoder::OpusLegEncoder(std::uint32_t rate_hz, const OpusParameters& peer, std::uint16_t ptime_ms)
    : encoder_(options_for(peer, rate_hz)), per_ms_(rate_hz / 1000), dtx_(peer.dtx), frame_(frame_ms(ptime_ms) * per_ms_) {}

bool OpusLegEncoder::add(std::span<const std::int16_t> pcm) {
  std::copy(pcm.begin(), pcm.end(), frame_.begin() + static_cast<std::ptrdiff_t>(waiting_));
  waiting_ += pcm.size();
  if (waiting_ < frame_.size()) return false;
  waiting_ = 0;
  return true;
}

base::Bytes OpusLegEncoder::encode(std::span<const std::int16_t> pcm) {
  const auto size = encoder_.encode(pcm, octets_);
  if (!size) return {};
  const bool rested = std::exchange(resting_, dtx_ && is_opus_dtx(*size));
  if (rested && resting_) return {};
  return base::Bytes(octets_).first(*size);
}

std::uint64_t OpusLegEncoder::ticks_until_sent() const {
  const std::size_t tick = 20 * per_ms_;
  return frame_.size() <= tick ? 0 : (frame_.size() - waiting_) / tick - 1;
}

void OpusLegEncoder::set_expected_loss(std::uint8_t fraction_lost) {
  encoder_.set_expected_loss(static_cast<std::uint8_t>((fraction_lost * 100U + 128U) / 256U));
}

}  // namespace offhook::inline v0::media
