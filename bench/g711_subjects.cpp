#include <offhook/bench/subjects.hpp>

#include <offhook/media/codec/detail/g711_kernels.hpp>
#include <offhook/media/codec/g711.hpp>

#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <span>

namespace offhook::bench {

namespace {

constexpr std::size_t kRing = 160 * 64;  // 64 frames of 20 ms, so that no single one is learnt by the branch predictor.

/// What both sides read and write. Telephone speech is mostly quiet, and spandsp's encoders branch on the size.
struct Frames {
  std::array<std::int16_t, kRing> pcm{};
  std::array<std::uint8_t, kRing> mulaw{}, alaw{};
  std::array<std::int16_t, 320> pcm_out{};
  std::array<std::uint8_t, 320> codes_out{};

  Frames() {
    std::mt19937 engine(711);
    std::normal_distribution<float> level(0.F, 3000.F);
    for (auto& sample : pcm) sample = static_cast<std::int16_t>(std::clamp(level(engine), -32000.F, 32000.F));
    (void)media::encode_mulaw(pcm, mulaw);
    (void)media::encode_alaw(pcm, alaw);
  }
};

struct Law {
  std::string name;
  int spandsp;
  base::Result<std::size_t, media::CodecError> (*encode)(std::span<const std::int16_t>, std::span<std::uint8_t>) noexcept;
  base::Result<std::size_t, media::CodecError> (*decode)(std::span<const std::uint8_t>, std::span<std::int16_t>) noexcept;
};

using Coder = std::shared_ptr<g711_state_t>;
Coder coder(int law) {
  return {g711_init(nullptr, law), [](g711_state_t* state) { g711_free(state); }};
}

Subject encode_subject(const std::shared_ptr<Frames>& frames, const Law& law, std::size_t size, const std::string& suffix) {
  return {"g711.encode." + law.name + suffix,
          {"offhook", repeat([frames, law, size](std::size_t turn) {
             const auto in = std::span<const std::int16_t>(frames->pcm).subspan(turn * size % kRing, size);
             keep(law.encode(in, frames->codes_out));
           })},
          {{"spandsp", repeat([frames, state = coder(law.spandsp), size](std::size_t turn) {
              keep(g711_encode(state.get(), frames->codes_out.data(), frames->pcm.data() + turn * size % kRing,
                               static_cast<int>(size)));
            })}}};
}

Subject decode_subject(const std::shared_ptr<Frames>& frames, const Law& law, std::size_t size, const std::string& suffix) {
  const auto* codes = law.spandsp == G711_ULAW ? frames->mulaw.data() : frames->alaw.data();
  return {"g711.decode." + law.name + suffix,
          {"offhook", repeat([frames, law, codes, size](std::size_t turn) {
             keep(law.decode(std::span(codes + turn * size % kRing, size), frames->pcm_out));
           })},
          {{"spandsp", repeat([frames, state = coder(law.spandsp), codes, size](std::size_t turn) {
              keep(g711_decode(state.get(), frames->pcm_out.data(), codes + turn * size % kRing, static_cast<int>(size)));
            })}}};
}

}  // namespace

std::vector<Subject> g711_subjects() {
  const auto frames = std::make_shared<Frames>();
  const Law laws[] = {{"ulaw", G711_ULAW, media::encode_mulaw, media::decode_mulaw},
                      {"alaw", G711_ALAW, media::encode_alaw, media::decode_alaw}};
  std::vector<Subject> subjects;
  for (const auto& law : laws) {
    subjects.push_back(encode_subject(frames, law, 160, ""));
    subjects.push_back(decode_subject(frames, law, 160, ""));
    subjects.push_back(encode_subject(frames, law, 320, ".320"));
    subjects.push_back(decode_subject(frames, law, 320, ".320"));
  }
  return subjects;
}

}  // namespace offhook::bench
