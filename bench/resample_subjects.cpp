#include <offhook/bench/subjects.hpp>

#include <offhook/media/dsp/resample.hpp>

#include <speex/speex_resampler.h>
#if defined(OFFHOOK_SAMPLERATE)
#include <samplerate.h>
#endif

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>

namespace offhook::bench {

namespace {

constexpr std::size_t kFrames = 16;
constexpr int kSpeexQuality = 3;  // With this quality, speexdsp has the same delay as Offhook's resampler. Lower qualities let images pass.

struct Rates {
  std::uint32_t from, to;
  [[nodiscard]] std::size_t in() const { return from / 50; }
  [[nodiscard]] std::size_t out() const { return to / 50; }
  [[nodiscard]] std::string name() const { return std::to_string(from / 1000) + "_" + std::to_string(to / 1000); }
};

/// The input of all contestants: noise as loud as speech.
class Sound {
 public:
  Sound() {
    std::mt19937 engine(48);
    std::normal_distribution<float> level(0.F, 3000.F);
    for (auto& sample : pcm_) sample = static_cast<std::int16_t>(std::clamp(level(engine), -32000.F, 32000.F));
    std::transform(pcm_.begin(), pcm_.end(), floats_.begin(),
                   [](std::int16_t sample) { return static_cast<float>(sample) / 32768; });
  }
  [[nodiscard]] const std::int16_t* pcm(std::size_t turn, const Rates& rates) const { return &pcm_[turn % kFrames * rates.in()]; }
  [[nodiscard]] const float* floats(std::size_t turn, const Rates& rates) const { return &floats_[turn % kFrames * rates.in()]; }

 private:
  std::array<std::int16_t, 960 * kFrames> pcm_{};
  std::array<float, 960 * kFrames> floats_{};
};

Work ours(const std::shared_ptr<const Sound>& sound, const Rates& rates) {
  return repeat([sound, rates, resampler = std::make_shared<media::Resampler>(rates.from, rates.to),
                 out = std::array<std::int16_t, 960>{}](std::size_t turn) mutable {
    keep(resampler->process(std::span(sound->pcm(turn, rates), rates.in()), out));
    keep(out);
  });
}

Work speexdsp(const std::shared_ptr<const Sound>& sound, const Rates& rates) {
  int error = 0;
  const std::shared_ptr<SpeexResamplerState> state(speex_resampler_init(1, rates.from, rates.to, kSpeexQuality, &error),
                                                   [](SpeexResamplerState* resampler) { speex_resampler_destroy(resampler); });
  return repeat([sound, rates, state, out = std::array<std::int16_t, 960>{}](std::size_t turn) mutable {
    auto taken = static_cast<spx_uint32_t>(rates.in()), made = static_cast<spx_uint32_t>(out.size());
    keep(speex_resampler_process_int(state.get(), 0, sound->pcm(turn, rates), &taken, out.data(), &made));
    keep(out);
  });
}

#if defined(OFFHOOK_SAMPLERATE)
/// Uses the cheapest filter of libsamplerate. The library only processes floats. Therefore its input is floats.
Work libsamplerate(const std::shared_ptr<const Sound>& sound, const Rates& rates) {
  int error = 0;
  const std::shared_ptr<SRC_STATE> state(src_new(SRC_SINC_FASTEST, 1, &error),
                                         [](SRC_STATE* resampler) { src_delete(resampler); });
  return repeat([sound, rates, state, out = std::array<float, 2048>{}](std::size_t turn) mutable {
    SRC_DATA data{};
    data.data_in = sound->floats(turn, rates);
    data.input_frames = static_cast<long>(rates.in());
    data.data_out = out.data();
    data.output_frames = static_cast<long>(out.size());
    data.src_ratio = static_cast<double>(rates.to) / rates.from;
    keep(src_process(state.get(), &data));
    keep(out);
  });
}
#endif

}  // namespace

std::vector<Subject> resample_subjects() {
  const auto sound = std::make_shared<const Sound>();
  std::vector<Subject> subjects;
  for (const auto& rates : {Rates{8000, 16000}, Rates{8000, 24000}, Rates{8000, 48000}, Rates{16000, 24000}, Rates{16000, 48000},
                            Rates{24000, 48000}, Rates{16000, 8000}, Rates{24000, 8000}, Rates{48000, 8000}, Rates{24000, 16000},
                            Rates{48000, 16000}, Rates{48000, 24000}}) {
    Subject subject{"resample." + rates.name(), {"offhook", ours(sound, rates)}, {{"speexdsp", speexdsp(sound, rates)}}};
#if defined(OFFHOOK_SAMPLERATE)
    subject.peers.push_back({"libsamplerate", libsamplerate(sound, rates)});
#endif
    subjects.push_back(std::move(subject));
  }
  return subjects;
}

}  // namespace offhook::bench
