#include <offhook/bench/subjects.hpp>

#include <offhook/media/codec/g722.hpp>

#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <span>

namespace offhook::bench {

namespace {

constexpr std::size_t kSamples = 320, kOctets = 160, kFrames = 64;

/// Noise that swells and fades as speech does, so that the quantiser's step size must adapt.
struct Wideband {
  std::array<std::int16_t, kSamples * kFrames> pcm{};
  std::array<std::uint8_t, kOctets * kFrames> octets{};

  Wideband() {
    std::mt19937 engine(722);
    std::normal_distribution<float> noise(0.F, 1.F);
    float smooth = 0;
    for (std::size_t i = 0; i < pcm.size(); ++i) {
      const float loud = 200.F + 60.F * static_cast<float>(i / 1600 % 5 * 20);
      smooth = 0.8F * smooth + noise(engine);  // Low frequencies dominate, as in speech.
      pcm[i] = static_cast<std::int16_t>(std::clamp(smooth * loud, -32000.F, 32000.F));
    }
    media::G722Encoder encoder;
    static_cast<void>(encoder.encode(pcm, octets));
  }
};

}  // namespace

std::vector<Subject> g722_subjects() {
  const auto sound = std::make_shared<const Wideband>();
  const std::shared_ptr<g722_encode_state_t> encoder(g722_encode_init(nullptr, 64000, 0), g722_encode_free);
  const std::shared_ptr<g722_decode_state_t> decoder(g722_decode_init(nullptr, 64000, 0), g722_decode_free);
  std::vector<Subject> subjects;
  subjects.push_back({"g722.encode",
                      {"offhook", repeat([sound, codec = media::G722Encoder(),
                                          out = std::array<std::uint8_t, kOctets>{}](std::size_t turn) mutable {
                         keep(codec.encode(std::span(sound->pcm).subspan(turn % kFrames * kSamples, kSamples), out));
                         keep(out);
                       })},
                      {{"spandsp", repeat([sound, encoder, out = std::array<std::uint8_t, kOctets>{}](std::size_t turn) mutable {
                          const auto* in = sound->pcm.data() + turn % kFrames * kSamples;
                          keep(g722_encode(encoder.get(), out.data(), in, static_cast<int>(kSamples)));
                          keep(out);
                        })}}});
  subjects.push_back({"g722.decode",
                      {"offhook", repeat([sound, codec = media::G722Decoder(),
                                          out = std::array<std::int16_t, kSamples>{}](std::size_t turn) mutable {
                         keep(codec.decode(std::span(sound->octets).subspan(turn % kFrames * kOctets, kOctets), out));
                         keep(out);
                       })},
                      {{"spandsp", repeat([sound, decoder, out = std::array<std::int16_t, kSamples>{}](std::size_t turn) mutable {
                          const auto* in = sound->octets.data() + turn % kFrames * kOctets;
                          keep(g722_decode(decoder.get(), out.data(), in, static_cast<int>(kOctets)));
                          keep(out);
                        })}}});
  return subjects;
}

}  // namespace offhook::bench
