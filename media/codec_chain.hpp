#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/pooled.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/codec/g722.hpp>
#include <offhook/media/conceal.hpp>
#include <offhook/media/echo_guard.hpp>
#include <offhook/media/media_plan.hpp>
#include <offhook/media/resample.hpp>
#include <offhook/media/time_stretch.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

[[nodiscard]] constexpr std::uint32_t sample_rate_hz(AudioCodec codec) { return codec == AudioCodec::G722 ? 16000 : 8000; }

/// Everything of a leg that depends on the codec and its sample rate. Allocates when made, which happens on the signalling
/// thread; then it is handed to the worker as a whole and allocates no more.
class CodecChain : public base::Pooled<CodecChain> {
 public:
  static constexpr std::size_t kOctets = 160;       ///< 20 ms in each of the three codecs
  static constexpr std::size_t kMaxSamples = 320;
  using Frame = std::array<std::int16_t, kMaxSamples>;

  /// `receives_g722`: decode() may be asked for it, whatever `codec` is.
  CodecChain(AudioCodec codec, std::uint32_t port_rate_hz, bool receives_g722 = false, bool guards_echo = false);

  [[nodiscard]] AudioCodec codec() const { return codec_; }
  /// In 20 ms, at the codec's rate.
  [[nodiscard]] std::size_t samples() const { return sample_rate_hz(codec_) / 50; }

  /// Octets of any codec become samples at the rate of codec(): the peer may change its own in the middle of a call.
  void decode(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);
  void decode(base::Bytes octets, std::span<std::int16_t> pcm) { decode(codec_, octets, pcm); }
  void encode(std::span<const std::int16_t> pcm, std::span<std::uint8_t> octets);
  void restart_decoder() { g722_decoder_ ? g722_decoder_->reset() : void(); }

  /// To and from the port's rate, 20 ms at a time.
  void to_port(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { to_port_.process(pcm, out); }
  void from_port(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { from_port_.process(pcm, out); }

  /// 20 ms of the codec's rate at 8000 Hz, for who looks for tones.
  void to_narrow(std::span<const std::int16_t> pcm, std::span<std::int16_t> out) { to_narrow_.process(pcm, out); }

  /// Asks for what the next tick touches to be in the cache soon.
  void prefetch() const noexcept {
    concealer.prefetch();
    line.prefetch();
    to_port_.prefetch();
    from_port_.prefetch();
    to_narrow_.prefetch();
  }

  Concealer concealer;
  TimeStretch line;      ///< decoded or made up, and not yet heard
  std::unique_ptr<EchoGuard> echo_guard;   ///< null: nobody asked for it

 private:
  void decode_at_own_rate(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm);

  AudioCodec codec_;
  AudioCodec decoded_;               // last
  std::optional<G722Encoder> g722_encoder_;
  std::optional<G722Decoder> g722_decoder_;
  Resampler to_port_, from_port_, to_narrow_;
  std::optional<Resampler> from_other_;  // from the rate that codec_ has not; made when it may be needed
};

}  // namespace offhook::inline v0::media
