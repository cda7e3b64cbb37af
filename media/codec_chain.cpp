#include <offhook/media/codec_chain.hpp>

#include <offhook/media/codec/g711.hpp>

namespace offhook::inline v0::media {

CodecChain::CodecChain(AudioCodec codec, std::uint32_t port_rate_hz)
    : concealer(sample_rate_hz(codec)), voice(sample_rate_hz(codec)), echo_guard(sample_rate_hz(codec)), codec_(codec),
      to_port_(sample_rate_hz(codec), port_rate_hz), from_port_(port_rate_hz, sample_rate_hz(codec)) {
  if (codec == AudioCodec::G722) {
    g722_encoder_.emplace();
    g722_decoder_.emplace();
  }
}

// The sizes are those of one frame throughout, so that none of the codecs has anything to refuse.
void CodecChain::decode(base::Bytes octets, std::span<std::int16_t> pcm) {
  switch (codec_) {
    case AudioCodec::Pcmu: static_cast<void>(decode_mulaw(octets, pcm)); return;
    case AudioCodec::Pcma: static_cast<void>(decode_alaw(octets, pcm)); return;
    case AudioCodec::G722: static_cast<void>(g722_decoder_->decode(octets, pcm)); return;
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
