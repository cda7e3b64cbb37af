#include <offhook/agent/providers/voice_format.hpp>

#include <offhook/media/codec/g711.hpp>

#include <cassert>

namespace offhook::inline v0::agent {
namespace {

std::int16_t sample_of(std::uint8_t low, std::uint8_t high) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(low | high << 8U));
}

template <class Convert, class In, class Out>
void append_converted(Convert convert, std::span<const In> in, std::vector<Out>& out) {
  const std::size_t before = out.size();
  out.resize(before + in.size());
  [[maybe_unused]] const auto done = convert(in, std::span(out).subspan(before));
  assert(done);  // `out` has space for every sample.
}

using Codes = std::span<const std::uint8_t>;
using Samples = std::span<const std::int16_t>;

}  // namespace

std::string_view to_string(AudioFormat format) {
  switch (format) {
    case AudioFormat::Pcmu: return "pcmu";
    case AudioFormat::Pcma: return "pcma";
    case AudioFormat::Pcm24k: return "pcm";
  }
  return "";
}

std::uint8_t silence_octet(AudioFormat format) {
  switch (format) {
    case AudioFormat::Pcmu: return media::kMulawSilence;
    case AudioFormat::Pcma: return media::kAlawSilence;
    case AudioFormat::Pcm24k: return 0;
  }
  return 0;
}

void encode_audio(AudioFormat format, std::span<const std::int16_t> pcm, std::vector<std::uint8_t>& out) {
  switch (format) {
    case AudioFormat::Pcmu: return append_converted([](Samples in, auto to) { return media::encode_mulaw(in, to); }, pcm, out);
    case AudioFormat::Pcma: return append_converted([](Samples in, auto to) { return media::encode_alaw(in, to); }, pcm, out);
    case AudioFormat::Pcm24k: break;
  }
  for (const std::int16_t sample : pcm) {
    const auto bits = static_cast<std::uint16_t>(sample);
    out.push_back(static_cast<std::uint8_t>(bits & 0xFFU));
    out.push_back(static_cast<std::uint8_t>(bits >> 8U));
  }
}

void AudioDecoder::decode(std::span<const std::uint8_t> octets, std::vector<std::int16_t>& out) {
  switch (format_) {
    case AudioFormat::Pcmu: return append_converted([](Codes in, auto to) { return media::decode_mulaw(in, to); }, octets, out);
    case AudioFormat::Pcma: return append_converted([](Codes in, auto to) { return media::decode_alaw(in, to); }, octets, out);
    case AudioFormat::Pcm24k: break;
  }
  if (octets.empty()) return;
  if (half_) {
    out.push_back(sample_of(*half_, octets.front()));
    half_.reset();
    octets = octets.subspan(1);
  }
  for (std::size_t at = 0; at + 2 <= octets.size(); at += 2) out.push_back(sample_of(octets[at], octets[at + 1]));
  if (octets.size() % 2 != 0) half_ = octets.back();
}

}  // namespace offhook::inline v0::agent
