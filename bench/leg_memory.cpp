#include <offhook/bench/leg_memory.hpp>

#include <offhook/bench/heap.hpp>
#include <offhook/bench/legs/leg_row.hpp>
#include <offhook/bench/proc_usage.hpp>
#include <offhook/media/codec/opus_voice.hpp>

#include <malloc.h>
#include <unistd.h>

#include <memory>

namespace offhook::bench {

namespace {

constexpr std::size_t kRows = 128;    // Each row has eight legs. With so many rows, pages and regions of pools are small compared with the rows.
constexpr std::size_t kTicks = 100;   // After so many ticks, the rings have wrapped around.
constexpr std::size_t kVoices = 100;
constexpr std::uint32_t kPortRate = 24000;

double resident_kb() {
  ::malloc_trim(0);  // Otherwise the new legs would use memory that was freed before, and the resident size would not grow.
  return usage_of(::getpid()).rss_kb;
}

double leg_kb(const LegKind& kind) {
  const auto sounds = LegSounds::make(kind);
  std::vector<std::unique_ptr<OneRow>> rows(kRows);
  const double before = resident_kb();
  for (auto& row : rows) {
    row = std::make_unique<OneRow>(kind, sounds);
    for (std::size_t turn = 0; turn < kTicks; ++turn) row->tick(turn);
  }
  return (resident_kb() - before) / static_cast<double>(kRows * OneRow::kLegs);
}

template <class Make>
double octets_of(Make make) {
  std::vector<decltype(make())> all;
  all.reserve(kVoices);
  const double before = octets_held();
  for (std::size_t i = 0; i < kVoices; ++i) all.push_back(make());
  return (octets_held() - before) / static_cast<double>(kVoices);
}

}  // namespace

std::vector<Measurement> leg_memory_measurements() {
  std::vector<Measurement> measurements;
  const auto add = [&](const std::string& name, const char* unit, const std::function<double()>& figure) {
    measurements.push_back({name, 3, [=] { return std::vector<Result>{{name, unit, figure(), {}}}; }});
  };
  for (const auto& kind : ticked_kinds()) {
    if (!kind.records) add("leg.memory." + kind.name, "kB", [kind] { return leg_kb(kind); });
  }
  const auto encoder = [] { return std::make_unique<media::OpusLegEncoder>(kPortRate, media::OpusParameters{}, std::uint16_t{20}); };
  const auto decoder = [] { return std::make_unique<media::OpusLegDecoder>(kPortRate); };
  add("leg.memory.opus.encoder", "octets", [encoder] { return octets_of(encoder); });
  add("leg.memory.opus.decoder", "octets", [decoder] { return octets_of(decoder); });
  return measurements;
}

}  // namespace offhook::bench
