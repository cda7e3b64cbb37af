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
#include <string>
#include <utility>

namespace offhook::bench {

namespace {

constexpr std::size_t kRing = 160 * 64;  // 64 frames of 20 ms. With so many, the branch predictor cannot learn a frame.

/// The input of Offhook and the peer. It is mostly quiet, as telephone speech is, because spandsp's encoders branch on the magnitude.
struct Frames {
  std::array<std::int16_t, kRing> pcm{};
  std::array<std::uint8_t, kRing> mulaw{}, alaw{};

  Frames() {
    std::mt19937 engine(711);
    std::normal_distribution<float> level(0.F, 3000.F);
    for (auto& sample : pcm) sample = static_cast<std::int16_t>(std::clamp(level(engine), -32000.F, 32000.F));
    (void)media::encode_mulaw(pcm, mulaw);
    (void)media::encode_alaw(pcm, alaw);
  }
};

struct Mulaw {
  static constexpr const char* kName = "ulaw";
  static constexpr int kSpandsp = G711_ULAW;
  static auto encode(std::span<const std::int16_t> in, std::span<std::uint8_t> out) { return media::encode_mulaw(in, out); }
  static auto decode(std::span<const std::uint8_t> in, std::span<std::int16_t> out) { return media::decode_mulaw(in, out); }
  static const auto& codes(const Frames& frames) { return frames.mulaw; }
};

struct Alaw {
  static constexpr const char* kName = "alaw";
  static constexpr int kSpandsp = G711_ALAW;
  static auto encode(std::span<const std::int16_t> in, std::span<std::uint8_t> out) { return media::encode_alaw(in, out); }
  static auto decode(std::span<const std::uint8_t> in, std::span<std::int16_t> out) { return media::decode_alaw(in, out); }
  static const auto& codes(const Frames& frames) { return frames.alaw; }
};

using PcmOut = std::array<std::int16_t, 320>;
using CodesOut = std::array<std::uint8_t, 320>;

using Coder = std::shared_ptr<g711_state_t>;
Coder coder(int law) {
  return {g711_init(nullptr, law), [](g711_state_t* state) { g711_free(state); }};
}

template <class Law>
Subject encode_subject(const std::shared_ptr<Frames>& frames, std::size_t size, const std::string& suffix) {
  return {std::string("g711.encode.") + Law::kName + suffix,
          {"offhook", repeat([frames, size, out = CodesOut{}](std::size_t turn) mutable {
             const auto in = std::span<const std::int16_t>(frames->pcm).subspan(turn * size % kRing, size);
             keep(Law::encode(in, out));
           })},
          {{"spandsp", repeat([frames, state = coder(Law::kSpandsp), size, out = CodesOut{}](std::size_t turn) mutable {
              keep(g711_encode(state.get(), out.data(), frames->pcm.data() + turn * size % kRing, static_cast<int>(size)));
            })}}};
}

template <class Law>
Subject decode_subject(const std::shared_ptr<Frames>& frames, std::size_t size, const std::string& suffix) {
  const auto* codes = Law::codes(*frames).data();
  return {std::string("g711.decode.") + Law::kName + suffix,
          {"offhook", repeat([frames, codes, size, out = PcmOut{}](std::size_t turn) mutable {
             keep(Law::decode(std::span(codes + turn * size % kRing, size), out));
           })},
          {{"spandsp", repeat([frames, state = coder(Law::kSpandsp), codes, size, out = PcmOut{}](std::size_t turn) mutable {
              keep(g711_decode(state.get(), out.data(), codes + turn * size % kRing, static_cast<int>(size)));
            })}}};
}

template <class Law>
void add_law(const std::shared_ptr<Frames>& frames, std::vector<Subject>& subjects) {
  for (const auto& [size, suffix] : {std::pair<std::size_t, std::string>{160, ""}, {320, ".320"}}) {
    subjects.push_back(encode_subject<Law>(frames, size, suffix));
    subjects.push_back(decode_subject<Law>(frames, size, suffix));
  }
}

}  // namespace

std::vector<Subject> g711_subjects() {
  const auto frames = std::make_shared<Frames>();
  std::vector<Subject> subjects;
  add_law<Mulaw>(frames, subjects);
  add_law<Alaw>(frames, subjects);
  return subjects;
}

}  // namespace offhook::bench
