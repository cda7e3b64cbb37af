#include <offhook/media/codec_chain.hpp>

#include <offhook/media/codec/g711.hpp>

#include <utility>

namespace offhook::inline v0::media {

CodecChain::CodecChain(AudioCodec codec, std::uint32_t port_rate_hz, bool receives_g722, bool guards_echo)
    : concealer(sample_rate_hz(codec)), line(sample_rate_hz(codec)),
      echo_guard(guards_echo ? std::make_unique<EchoGuard>(sample_rate_hz(codec)) : nullptr), codec_(codec), decoded_(codec),
      to_port_(sample_rate_hz(codec), port_rate_hz), from_port_(port_rate_hz, sample_rate_hz(codec)), to_narrow_(sample_rate_hz(codec), 8000) {
  if (codec == AudioCodec::G722) g722_encoder_.emplace();
  if (codec == AudioCodec::G722 || receives_g722) g722_decoder_.emplace();
  if (g722_decoder_) from_other_.emplace(codec == AudioCodec::G722 ? 8000 : 16000, sample_rate_hz(codec));
}

void CodecChain::decode(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm) {
  if (as != std::exchange(decoded_, as)) {
    restart_decoder();
    if (from_other_) from_other_->reset();
  }
  if (sample_rate_hz(as) == sample_rate_hz(codec_)) return decode_at_own_rate(as, octets, pcm);
  Frame other;
  const auto samples = std::span(other).first(sample_rate_hz(as) / 50);
  decode_at_own_rate(as, octets, samples);
  if (from_other_) from_other_->process(samples, pcm);
}

// The sizes are those of one frame throughout, so that none of the codecs has anything to refuse.
void CodecChain::decode_at_own_rate(AudioCodec as, base::Bytes octets, std::span<std::int16_t> pcm) {
  switch (as) {
    case AudioCodec::Pcmu: static_cast<void>(decode_mulaw(octets, pcm)); return;
    case AudioCodec::Pcma: static_cast<void>(decode_alaw(octets, pcm)); return;
    case AudioCodec::G722:
      if (g722_decoder_) static_cast<void>(g722_decoder_->decode(octets, pcm));
      return;
  }
}

void CodecChain::encode(std::span<const std::int16_t> pcm, std::span<std::uint8_t> octets) {
  switch (codec_) {
    case AudioCodec::Pcmu: static_cast<void>(encode_mulaw(pcm, octets)); return;
    case AudioCodec::Pcma: static_cast<void>(encode_alaw(pcm, octets)); return;
    case AudioCodec::G722: static_cast<void>(g722_encoder_->encode(pcm, octets)); return;
  }
}

}  // namespace offhook::inline v0::media
