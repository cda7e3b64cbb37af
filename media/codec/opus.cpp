#include <offhook/media/codec/opus.hpp>

#include <opus.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>
#include <vector>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kMaxFramesOfPacket = 48;  // 120 ms in frames of 2.5 ms: RFC 6716 section 3.2.5
constexpr std::size_t kFastestTicks = 400;      // frames of 2.5 ms in a second

void or_abort(bool good) {
  if (!good) std::abort();  // The rate is not one of the four, or the library does not match its header.
}

bool is_frame(std::size_t samples, std::uint32_t rate_hz) {
  constexpr std::array<std::size_t, 6> kDurations{1, 2, 4, 8, 16, 24};  // in units of 2.5 ms
  const std::size_t unit = rate_hz / kFastestTicks;
  return samples % unit == 0 && std::find(kDurations.begin(), kDurations.end(), samples / unit) != kDurations.end();
}

std::uint32_t bandwidth_of(std::uint32_t playback_rate_hz) {
  if (playback_rate_hz <= 8000) return OPUS_BANDWIDTH_NARROWBAND;
  if (playback_rate_hz <= 12000) return OPUS_BANDWIDTH_MEDIUMBAND;
  if (playback_rate_hz <= 16000) return OPUS_BANDWIDTH_WIDEBAND;
  if (playback_rate_hz <= 24000) return OPUS_BANDWIDTH_SUPERWIDEBAND;
  return OPUS_BANDWIDTH_FULLBAND;
}

opus_int32 to_int(std::size_t value) { return static_cast<opus_int32>(value); }

// libopus' own macros for this contain old-style casts.
void set(::OpusEncoder* encoder, int request, std::uint32_t value) { opus_encoder_ctl(encoder, request, static_cast<opus_int32>(value)); }

/// Returns the memory of a new state, for copying. When libopus makes a state, it detects the processor's type, and a virtual machine traps that
/// instruction. A copy of the memory works as well (opus.h). Therefore libopus makes one state per rate. Ends the process if no rate matches.
template <class State, class Make>
std::span<const std::byte> new_state(std::uint32_t rate_hz, int octets, Make make) {
  static constexpr std::array<std::uint32_t, 4> kRates{8000, 16000, 24000, 48000};
  static const auto kNew = [&] {
    std::array<std::vector<std::byte>, kRates.size()> states;
    for (std::size_t i = 0; i < kRates.size(); ++i) {
      states[i].resize(static_cast<std::size_t>(octets));
      or_abort(make(reinterpret_cast<State*>(states[i].data()), static_cast<opus_int32>(kRates[i])) == OPUS_OK);
    }
    return states;
  }();
  const auto rate = std::find(kRates.begin(), kRates.end(), rate_hz);
  or_abort(rate != kRates.end());
  return kNew[static_cast<std::size_t>(rate - kRates.begin())];
}

std::span<const std::byte> new_encoder(std::uint32_t rate_hz) {
  return new_state<::OpusEncoder>(rate_hz, opus_encoder_get_size(1), [](::OpusEncoder* state, opus_int32 rate) {
    return opus_encoder_init(state, rate, 1, OPUS_APPLICATION_VOIP);
  });
}
std::span<const std::byte> new_decoder(std::uint32_t rate_hz) {
  return new_state<::OpusDecoder>(rate_hz, opus_decoder_get_size(1), [](::OpusDecoder* state, opus_int32 rate) {
    return opus_decoder_init(state, rate, 1);
  });
}

std::unique_ptr<std::byte[]> copy_of(std::span<const std::byte> state) {
  auto copy = std::make_unique_for_overwrite<std::byte[]>(state.size());
  std::copy(state.begin(), state.end(), copy.get());
  return copy;
}

/// The frames of a packet, as RFC 6716 section 3.2 separates them.
struct Frames {
  std::array<const unsigned char*, kMaxFramesOfPacket> at{};
  std::array<opus_int16, kMaxFramesOfPacket> octets{};
  unsigned char toc = 0;
  int count = 0;  // negative if the payload is not a packet

  explicit Frames(base::Bytes payload)
      : count(opus_packet_parse(payload.data(), to_int(payload.size()), &toc, at.data(), octets.data(), nullptr)) {}
};

}  // namespace

base::Result<std::size_t, CodecError> opus_samples(base::Bytes payload, std::uint32_t rate_hz) noexcept {
  if (payload.empty() || payload.size() > kMaxOpusPayload) return base::fail(CodecError::BadPayload);
  const int samples = opus_packet_get_nb_samples(payload.data(), to_int(payload.size()), static_cast<opus_int32>(rate_hz));
  if (samples <= 0) return base::fail(CodecError::BadPayload);
  return static_cast<std::size_t>(samples);
}

bool has_opus_fec(base::Bytes payload) noexcept {
  if (payload.empty() || payload.size() > kMaxOpusPayload || (payload[0] & 0x80) != 0) return false;  // Configurations of 16 and more are CELT alone.
  const Frames frames(payload);
  if (frames.count <= 0 || frames.octets[0] == 0) return false;
  // The first bits of a frame are a voice activity flag for each 20 ms, and then a flag for a copy. In the range coder each of them has a probability
  // of 1/2, so that it is one plain bit of the octet: RFC 6716 sections 4.2.3 and 4.1.2.1.
  const auto samples = static_cast<std::size_t>(opus_packet_get_samples_per_frame(payload.data(), static_cast<opus_int32>(kOpusClockHz)));
  const std::size_t voice_flags = std::max<std::size_t>(1, samples / 960);
  const unsigned first = frames.at[0][0];
  const bool mid = (first >> (7 - voice_flags) & 1U) != 0;
  const bool stereo = (frames.toc & 0x04) != 0;
  return mid || (stereo && (first >> (6 - 2 * voice_flags) & 1U) != 0);
}

OpusEncoder::OpusEncoder(OpusEncoderOptions options) : storage_(copy_of(new_encoder(options.rate_hz))), rate_hz_(options.rate_hz) {
  set_bitrate(options.bitrate);
  set_expected_loss(options.expected_loss_percent);
  set(state(), OPUS_SET_SIGNAL_REQUEST, OPUS_SIGNAL_VOICE);
  set(state(), OPUS_SET_COMPLEXITY_REQUEST, std::min<std::uint32_t>(options.complexity, 10));
  set(state(), OPUS_SET_MAX_BANDWIDTH_REQUEST, bandwidth_of(options.max_playback_rate_hz));
  set(state(), OPUS_SET_VBR_REQUEST, options.constant_bitrate ? 0 : 1);
  set(state(), OPUS_SET_INBAND_FEC_REQUEST, options.in_band_fec ? 1 : 0);
  set(state(), OPUS_SET_DTX_REQUEST, options.dtx ? 1 : 0);
  opus_int32 lookahead = 0;
  opus_encoder_ctl(state(), OPUS_GET_LOOKAHEAD_REQUEST, &lookahead);
  lookahead_ = static_cast<std::size_t>(lookahead);
}

// The state is plain memory. libopus returns its size, and stores no pointers to our memory in it.
::OpusEncoder* OpusEncoder::state() noexcept { return reinterpret_cast<::OpusEncoder*>(storage_.get()); }

base::Result<std::size_t, CodecError> OpusEncoder::encode(std::span<const std::int16_t> in, std::span<std::uint8_t> out) noexcept {
  if (!is_frame(in.size(), rate_hz_)) return base::fail(CodecError::BadFrame);
  if (out.empty()) return base::fail(CodecError::OutputTooSmall);
  const opus_int32 room = to_int(std::min(out.size(), kMaxOpusPayload));
  const int octets = opus_encode(state(), in.data(), static_cast<int>(in.size()), out.data(), room);
  if (octets <= 0) return base::fail(CodecError::OutputTooSmall);  // opus_encode() can fail for no other reason here.
  return static_cast<std::size_t>(octets);
}

void OpusEncoder::set_bitrate(std::uint32_t bitrate) noexcept {
  set(state(), OPUS_SET_BITRATE_REQUEST, std::clamp(bitrate, kMinOpusBitrate, kMaxOpusBitrate));
}

void OpusEncoder::set_expected_loss(std::uint8_t percent) noexcept {
  set(state(), OPUS_SET_PACKET_LOSS_PERC_REQUEST, std::min<std::uint32_t>(percent, 100));
}

void OpusEncoder::reset() noexcept { opus_encoder_ctl(state(), OPUS_RESET_STATE); }

OpusDecoder::OpusDecoder(std::uint32_t rate_hz) : storage_(copy_of(new_decoder(rate_hz))), rate_hz_(rate_hz) {}

::OpusDecoder* OpusDecoder::state() noexcept { return reinterpret_cast<::OpusDecoder*>(storage_.get()); }

bool OpusDecoder::is_concealable(std::size_t samples) const noexcept {
  const std::size_t unit = rate_hz_ / kFastestTicks;
  return samples != 0 && samples % unit == 0 && samples / unit <= kMaxFramesOfPacket;
}

base::Result<std::size_t, CodecError> OpusDecoder::decode(base::Bytes payload, std::span<std::int16_t> out) noexcept {
  const auto samples = opus_samples(payload, rate_hz_);
  if (!samples) return base::fail(samples.error());
  if (out.size() < *samples) return base::fail(CodecError::OutputTooSmall);
  const int written = opus_decode(state(), payload.data(), to_int(payload.size()), out.data(), static_cast<int>(*samples), 0);
  if (written <= 0) return base::fail(CodecError::BadPayload);
  return static_cast<std::size_t>(written);
}

base::Result<std::size_t, CodecError> OpusDecoder::decode_lost(base::Bytes next, std::span<std::int16_t> out) noexcept {
  if (!is_concealable(out.size())) return base::fail(CodecError::BadFrame);
  if (const auto samples = opus_samples(next, rate_hz_); !samples) return base::fail(samples.error());
  const int written = opus_decode(state(), next.data(), to_int(next.size()), out.data(), static_cast<int>(out.size()), 1);
  if (written <= 0) return base::fail(CodecError::BadPayload);
  return static_cast<std::size_t>(written);
}

base::Result<std::size_t, CodecError> OpusDecoder::conceal(std::span<std::int16_t> out) noexcept {
  if (!is_concealable(out.size())) return base::fail(CodecError::BadFrame);
  const int written = opus_decode(state(), nullptr, 0, out.data(), static_cast<int>(out.size()), 0);
  if (written <= 0) return base::fail(CodecError::BadFrame);
  return static_cast<std::size_t>(written);
}

// Does the same as opus_decoder_ctl(OPUS_RESET_STATE), which would detect the processor's type again.
void OpusDecoder::reset() noexcept {
  const auto fresh = new_decoder(rate_hz_);
  std::copy(fresh.begin(), fresh.end(), storage_.get());
}

}  // namespace offhook::inline v0::media
