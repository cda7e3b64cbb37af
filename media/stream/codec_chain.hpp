#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/pooled.hpp>
#include <offhook/media/codec/g722.hpp>
#include <offhook/media/codec/opus_voice.hpp>
#include <offhook/media/detect/echo_guard.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/receive/conceal.hpp>
#include <offhook/media/receive/time_stretch.hpp>
#include <offhook/media/send/packetizer.hpp>
#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// Returns the rate at which a leg with a port of `port_rate_hz` decodes and encodes. For Opus, which has all rates, it is the port's rate.
[[nodiscard]] constexpr std::uint32_t chain_rate_hz(AudioCodec codec, std::uint32_t port_rate_hz) {
  if (codec != AudioCodec::Opus) return sample_rate_hz(codec);
  return port_rate_hz == 8000 || port_rate_hz == 24000 ? port_rate_hz : 16000;
}
/// Returns the RTP clock and the duration of a payload of `codec`, or nullopt if it is invalid.
[[nodiscard]] std::optional<rtp::PayloadTiming> timing_of(AudioCodec codec, base::Bytes payload);

/// All parts of a leg that depend on the codec and its sample rate. The signalling thread makes the object, because that allocates. Then it passes
/// the whole object to the worker, where no function allocates.
class CodecChain : public base::Pooled<CodecChain> {
 public:
  static constexpr std::size_t kMaxSamples = 480;
  using Frame = std::array<std::int16_t, kMaxSamples>;

  CodecChain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo = true);

  [[nodiscard]] AudioCodec codec() const { return codec_; }
  [[nodiscard]] std::uint32_t rate_hz() const { return rate_hz_; }
  /// Returns the number of samples in 20 ms, at the chain's rate.
  [[nodiscard]] std::size_t samples() const { return rate_hz_ / 50; }
  [[nodiscard]] TickShape shape() const;
  /// Returns true if a chain that was made for `made_for` also works for `plan`.
  [[nodiscard]] static bool does_for(const MediaPlan& made_for, const MediaPlan& plan);

  /// Decodes 20 ms to samples at the chain's rate. `as` may be any codec that the plan receives, because the peer may change its codec during a call.
  void decode(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  /// Decodes a packed piece; `pcm` has the length of the piece.
  void decode(AudioCodec as, const rtp::Piece& piece, std::span<std::int16_t> pcm);
  /// Conceals lost audio; `next` is the packet after the gap, or empty.
  void conceal(const rtp::Pull& pull, const rtp::Piece& next, std::span<std::int16_t> pcm);
  /// Fills `pcm` in a pause of the sender. Returns false if the codec has no audio for a pause.
  bool rest(std::span<std::int16_t> pcm) { return decoded_ == AudioCodec::Opus && opus_ear_ && opus_ear_->rest(pcm); }
  void restart_decoder();
  /// Forgets the audio received until now, because the next audio does not continue it.
  void forget_audio();

  /// Encodes 20 ms with any codec except Opus, whose frames do not have a fixed number of octets.
  void encode(std::span<const std::int16_t> pcm, std::span<std::uint8_t> octets);
  /// Encodes 20 ms with any codec, and sends them by `packetizer`.
  void send(std::span<const std::int16_t> pcm, Packetizer& packetizer, const base::SocketAddress& to, Sendout& out);
  /// Call it when nothing is sent in this tick. Drops the audio that waits.
  void interrupt() { opus_mouth_ ? opus_mouth_->interrupt() : void(); }
  [[nodiscard]] std::uint64_t ticks_until_sent(const Packetizer& packetizer) const {
    return opus_mouth_ ? opus_mouth_->ticks_until_sent() : packetizer.ticks_until_sent();
  }
  void set_expected_loss(std::uint8_t fraction_lost) { opus_mouth_ ? opus_mouth_->set_expected_loss(fraction_lost) : void(); }
  /// Returns how much longer packets should be held so that the packet after a loss can repair it: rtp::JitterBuffer::hold_longer().
  [[nodiscard]] std::int64_t wants_held() const { return decoded_ == AudioCodec::Opus && opus_ear_ ? opus_ear_->copied_units() : 0; }
  /// Returns the number of losses that in-band FEC filled.
  [[nodiscard]] std::uint64_t repaired() const { return opus_ear_ ? opus_ear_->repaired() : 0; }

  /// Convert 20 ms to and from the port's rate.
  void to_port(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { to_port_.process(pcm, out); }
  void from_port(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { from_port_.process(pcm, out); }

  /// Converts 20 ms from the codec's rate to 8000 Hz, for the tone detectors.
  void to_narrow(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { to_narrow_.process(pcm, out); }

  /// Prefetches the data that the next tick uses.
  void prefetch() const noexcept {
    concealer.prefetch();
    line.prefetch();
    to_port_.prefetch(kUsualPast);  // to_narrow_ only copies if the tone detectors use the audio as it is
    from_port_.prefetch(3 * kUsualPast);
    if (echo_guard) echo_guard->prefetch();
  }

  Concealer concealer;
  TimeStretch line;      ///< decoded or concealed audio that is not played yet
  std::unique_ptr<EchoGuard> echo_guard;   ///< null if it is not enabled

 private:
  static constexpr std::size_t kUsualPast = 48;  // history of the resamplers between 8 and 24 kHz
  void begin_decoding(AudioCodec as);
  void convert(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  void decode_at_own_rate(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  [[nodiscard]] Resampler* from(std::uint32_t rate_hz) { return rate_hz == 16000 && from_wide_ ? from_wide_.get() : from_other_ ? &*from_other_ : nullptr; }

  AudioCodec codec_;
  AudioCodec decoded_;               // the codec that was decoded last
  std::uint32_t rate_hz_;
  std::optional<G722Encoder> g722_encoder_;
  std::optional<G722Decoder> g722_decoder_;
  Resampler to_port_, from_port_, to_narrow_;
  // Converts from 8 or 16 kHz, whichever is not the chain's rate; made if the plan may need it.
  std::optional<Resampler> from_other_;
  // Parts that few legs have.
  std::unique_ptr<Resampler> from_wide_;  // for a chain at 24 kHz; converts from 16 kHz
  std::unique_ptr<OpusLegDecoder> opus_ear_;
  std::unique_ptr<OpusLegEncoder> opus_mouth_;
};

}  // namespace offhook::inline v0::media
