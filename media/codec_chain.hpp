#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/pooled.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/codec/g722.hpp>
#include <offhook/media/conceal.hpp>
#include <offhook/media/echo_guard.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/media/opus_voice.hpp>
#include <offhook/media/packetizer.hpp>
#include <offhook/media/resample.hpp>
#include <offhook/media/time_stretch.hpp>
#include <offhook/rtp/jitter_buffer.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// At which a leg with a port of `port_rate_hz` decodes and encodes. Opus has all rates, so that its is the port's.
[[nodiscard]] constexpr std::uint32_t chain_rate_hz(AudioCodec codec, std::uint32_t port_rate_hz) {
  if (codec != AudioCodec::Opus) return sample_rate_hz(codec);
  return port_rate_hz == 8000 || port_rate_hz == 24000 ? port_rate_hz : 16000;
}
/// How a payload of `codec` runs in time; nothing when it is none.
[[nodiscard]] std::optional<rtp::PayloadTiming> timing_of(AudioCodec codec, base::Bytes payload);

/// Everything of a leg that depends on the codec and its sample rate. Allocates when made, which happens on the signalling
/// thread; then it is handed to the worker as a whole and allocates no more.
class CodecChain : public base::Pooled<CodecChain> {
 public:
  static constexpr std::size_t kMaxSamples = 480;
  using Frame = std::array<std::int16_t, kMaxSamples>;

  CodecChain(const MediaPlan& plan, std::uint32_t port_rate_hz, bool guards_echo = true);

  [[nodiscard]] AudioCodec codec() const { return codec_; }
  [[nodiscard]] std::uint32_t rate_hz() const { return rate_hz_; }
  /// In 20 ms, at the chain's rate.
  [[nodiscard]] std::size_t samples() const { return rate_hz_ / 50; }
  [[nodiscard]] TickShape shape() const;
  /// Whether one that was made for `made_for` does for `plan` as well.
  [[nodiscard]] static bool does_for(const MediaPlan& made_for, const MediaPlan& plan);

  /// 20 ms in octets of any codec that the plan receives become samples at the chain's rate: the peer may change its codec in the
  /// middle of a call.
  void decode(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  /// The same of a packed piece: as long as it is.
  void decode(AudioCodec as, const rtp::Piece& piece, std::span<std::int16_t> pcm);
  /// What was lost, made up; `next` is the packet behind a gap, if it is here.
  void conceal(const rtp::Pull& pull, const rtp::Piece& next, std::span<std::int16_t> pcm);
  /// Silence: false when the codec has nothing to fill it with.
  bool rest(std::span<std::int16_t> pcm) { return decoded_ == AudioCodec::Opus && opus_ear_ && opus_ear_->rest(pcm); }
  void restart_decoder();

  /// 20 ms of a codec that makes shape().octets of them, which is any but Opus.
  void encode(std::span<const std::int16_t> pcm, std::span<std::uint8_t> octets);
  /// 20 ms of any, by `packetizer`.
  void send(std::span<const std::int16_t> pcm, Packetizer& packetizer, const base::SocketAddress& to, Sendout& out);
  /// Nothing is sent in this tick: what waits is dropped.
  void interrupt() { opus_mouth_ ? opus_mouth_->interrupt() : void(); }
  [[nodiscard]] std::uint64_t ticks_until_sent(const Packetizer& packetizer) const {
    return opus_mouth_ ? opus_mouth_->ticks_until_sent() : packetizer.ticks_until_sent();
  }
  void set_expected_loss(std::uint8_t fraction_lost) { opus_mouth_ ? opus_mouth_->set_expected_loss(fraction_lost) : void(); }
  /// How much longer packets are to be held because a loss can be filled from the packet behind it: rtp::JitterBuffer::hold_longer().
  [[nodiscard]] std::int64_t wants_held() const { return decoded_ == AudioCodec::Opus && opus_ear_ ? opus_ear_->copied_units() : 0; }
  /// Losses that in-band FEC has filled.
  [[nodiscard]] std::uint64_t repaired() const { return opus_ear_ ? opus_ear_->repaired() : 0; }

  /// To and from the port's rate, 20 ms at a time.
  void to_port(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { to_port_.process(pcm, out); }
  void from_port(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { from_port_.process(pcm, out); }

  /// 20 ms of the codec's rate at 8000 Hz, for who looks for tones.
  void to_narrow(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { to_narrow_.process(pcm, out); }

  /// Asks for what the next tick touches to be in the cache soon.
  void prefetch() const noexcept {
    concealer.prefetch();
    line.prefetch();
    to_port_.prefetch(kUsualPast);  // to_narrow_ copies where tones are looked for in the sound as it is.
    from_port_.prefetch(3 * kUsualPast);
    if (echo_guard) echo_guard->prefetch();
  }

  Concealer concealer;
  TimeStretch line;      ///< decoded or made up, and not yet heard
  std::unique_ptr<EchoGuard> echo_guard;   ///< null: nobody asked for it

 private:
  static constexpr std::size_t kUsualPast = 48;  // of the resamplers, between 8 and 24 kHz
  void begin_decoding(AudioCodec as);
  void convert(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  void decode_at_own_rate(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  [[nodiscard]] Resampler* from(std::uint32_t rate_hz) { return rate_hz == 16000 && from_wide_ ? from_wide_.get() : from_other_ ? &*from_other_ : nullptr; }

  AudioCodec codec_;
  AudioCodec decoded_;               // last
  std::uint32_t rate_hz_;
  std::optional<G722Encoder> g722_encoder_;
  std::optional<G722Decoder> g722_decoder_;
  Resampler to_port_, from_port_, to_narrow_;
  std::optional<Resampler> from_other_;  // from the one of 8 and 16 kHz that the chain has not; made when it may be needed
  // What few legs have.
  std::unique_ptr<Resampler> from_wide_;  // beside a chain of 24 kHz, which has neither
  std::unique_ptr<OpusEar> opus_ear_;
  std::unique_ptr<OpusMouth> opus_mouth_;
};

}  // namespace offhook::inline v0::media
