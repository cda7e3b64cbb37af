// G.711, ours and spandsp's, on the same 20 ms frames in the same run. What counts is the ratio on one machine.
#include <offhook/media/codec/g711.hpp>

#include <benchmark/benchmark.h>
#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <span>

namespace {

using namespace offhook;

constexpr std::size_t kFrame = 160;  // 20 ms at 8000 Hz
constexpr std::size_t kFrames = 64;  // Several, so that no single frame is learnt by the branch predictor.

std::array<std::int16_t, kFrame * kFrames> speech() {
  std::array<std::int16_t, kFrame * kFrames> pcm;
  std::mt19937 engine(711);
  std::normal_distribution<float> level(0.F, 3000.F);  // Telephone speech is mostly quiet, and both encoders branch on the size.
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(std::clamp(level(engine), -32000.F, 32000.F));
  return pcm;
}

template <class Work>
void per_frame(benchmark::State& state, Work work) {
  std::size_t frame = 0;
  for (auto _ : state) {
    work(frame * kFrame);
    benchmark::ClobberMemory();
    frame = (frame + 1) % kFrames;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrame));
}

void encode_mulaw_offhook(benchmark::State& state) {
  const auto pcm = speech();
  std::array<std::uint8_t, kFrame> codes{};
  per_frame(state, [&](std::size_t at) { (void)media::encode_mulaw(std::span(pcm).subspan(at, kFrame), codes); benchmark::DoNotOptimize(codes); });
}
void encode_mulaw_spandsp(benchmark::State& state) {
  const auto pcm = speech();
  std::array<std::uint8_t, kFrame> codes{};
  auto* coder = g711_init(nullptr, G711_ULAW);
  per_frame(state, [&](std::size_t at) { g711_encode(coder, codes.data(), pcm.data() + at, kFrame); benchmark::DoNotOptimize(codes); });
  g711_free(coder);
}
void decode_mulaw_offhook(benchmark::State& state) {
  const auto pcm = speech();
  std::array<std::uint8_t, kFrame * kFrames> codes{};
  (void)media::encode_mulaw(std::span(pcm), codes);
  std::array<std::int16_t, kFrame> out{};
  per_frame(state, [&](std::size_t at) {
    (void)media::decode_mulaw(std::span<const std::uint8_t>(codes).subspan(at, kFrame), out);
    benchmark::DoNotOptimize(out);
  });
}
void decode_mulaw_spandsp(benchmark::State& state) {
  const auto pcm = speech();
  std::array<std::uint8_t, kFrame * kFrames> codes{};
  (void)media::encode_mulaw(std::span(pcm), codes);
  std::array<std::int16_t, kFrame> out{};
  auto* coder = g711_init(nullptr, G711_ULAW);
  per_frame(state, [&](std::size_t at) { g711_decode(coder, out.data(), codes.data() + at, kFrame); benchmark::DoNotOptimize(out); });
  g711_free(coder);
}

BENCHMARK(encode_mulaw_offhook);
BENCHMARK(encode_mulaw_spandsp);
BENCHMARK(decode_mulaw_offhook);
BENCHMARK(decode_mulaw_spandsp);

}  // namespace
