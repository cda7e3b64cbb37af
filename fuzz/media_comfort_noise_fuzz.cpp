// The input is descriptions of comfort noise, each after its length. The target parses, writes and plays each description. Then the same
// octets serve as samples, which NoiseMeter describes.
#include <offhook/base/bytes.hpp>
#include <offhook/fuzz/require.hpp>
#include <offhook/media/receive/comfort_noise.hpp>

#include <algorithm>
#include <cstring>

using namespace offhook;

namespace {

void keeps(const media::NoiseDescription& noise) {
  std::array<std::uint8_t, 1 + media::kMaxNoiseOrder> out{};
  const std::size_t size = media::write_comfort_noise(noise, out);
  fuzz::require(size == 1U + noise.order);
  const auto again = media::parse_comfort_noise(base::Bytes(out).first(size));
  fuzz::require(again && again->below_overload_db == noise.below_overload_db && again->order == noise.order);
  for (std::size_t i = 0; i < noise.order; ++i) fuzz::require(std::abs(again->reflection[i] - std::clamp(noise.reflection[i], -0.9999F, 0.9999F)) < 0.005F);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  media::PeerNoise heard(1);
  media::DiscontinuousSender sender;
  std::array<std::int16_t, 160> pcm{};
  base::ByteReader reader({data, size});
  for (int round = 0; round < 100 && reader.remaining() != 0; ++round) {
    const std::size_t length = reader.u8();
    const auto payload = reader.take(std::min(length, reader.remaining()));
    fuzz::require(heard.on_payload(payload, static_cast<std::uint32_t>(length) << 24) == !payload.empty());
    if (const auto noise = media::parse_comfort_noise(payload)) {
      keeps(*noise);
      (void)sender.on_frame((length & 1) != 0, *noise);
    }
    if ((length & 2) != 0) heard.on_audio(static_cast<std::uint32_t>(round) << 25);
    (void)heard.fill(pcm);
  }
  media::NoiseMeter meter;
  for (std::size_t i = 0; i + sizeof pcm <= std::min<std::size_t>(size, 20 * sizeof pcm); i += sizeof pcm) {
    std::memcpy(pcm.data(), data + i, sizeof pcm);
    meter.on_frame(pcm);
    const auto noise = meter.describe();
    for (const float k : noise.reflection) fuzz::require(k > -1.001F && k < 1.001F);
    keeps(noise);
  }
  return 0;
}
