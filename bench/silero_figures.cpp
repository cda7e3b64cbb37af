#include <offhook/bench/silero_figures.hpp>

#include <offhook/bench/recordings.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/engine/silero_model.hpp>
#include <offhook/media/engine/voice_request_queue.hpp>

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace offhook::bench {

namespace {

constexpr std::array<std::size_t, 4> kBatches{1, 8, 32, 128};
constexpr std::size_t kRounds = 25, kChunksOfRound = 1280;

/// Uses the model as an engine with one worker and one call does.
struct Ear {
  explicit Ear(std::shared_ptr<media::VoiceModel> model) : desk(std::move(model), 1) { desk.feed(0).begin(call); }

  bool hear(std::span<const std::int16_t> frame) {
    desk.feed(0).hear(call, frame);
    const bool voice = media::VoiceFeed::judge(call, plain.process(frame));
    desk.work();  // This comes after the verdict, because the engine uses the result only in the next tick.
    return voice;
  }
  media::ModelCall call;
  media::VoiceRequestQueue desk;
  media::VoiceActivity plain{8000};
};

std::string model_folder() {
  const char* named = std::getenv("OFFHOOK_SILERO");
  return named == nullptr ? "build/share/silero" : named;
}

/// Returns the model that all measurements share, or null if it is not installed.
std::shared_ptr<media::VoiceModel> model() {
  static const auto installed = [] {
    if (!std::filesystem::exists(model_folder())) return std::shared_ptr<media::VoiceModel>{};
    auto opened = media::open_silero(model_folder());
    if (!opened) throw std::runtime_error(opened.error());
    return *opened;
  }();
  return installed;
}

double processor_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return 1e9 * static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec);
}

/// Returns the processor time in ns for one chunk of one call: the median of the rounds.
double cost_of_chunk(media::VoiceModel& model, const Pcm& voice, std::size_t batch) {
  std::vector<media::ModelTask> tasks(batch);
  std::vector<media::ModelTask*> order;
  std::vector<float> likely(batch);
  for (std::size_t call = 0; call < batch; ++call) {
    for (std::size_t i = 0; i < tasks[call].samples.size(); ++i)
      tasks[call].samples[i] = static_cast<float>(voice[(call * 997 + i) % voice.size()]) / 32768.0F;
    order.push_back(&tasks[call]);
  }
  std::vector<double> rounds;
  for (std::size_t round = 0; round < kRounds; ++round) {
    const double before = processor_ns();
    for (std::size_t done = 0; done < kChunksOfRound; done += batch) {
      if (!model.judge(order, likely)) throw std::runtime_error(model.wrong());
    }
    rounds.push_back((processor_ns() - before) / kChunksOfRound);
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

}  // namespace

std::vector<Measurement> silero_measurements() {
  constexpr const char* kLacks = "the Silero model (./dev silero installs it)";
  const bool installed = std::filesystem::exists(model_folder());
  std::vector<Measurement> measurements;
  for (const std::size_t batch : kBatches) {
    const std::string name = "vad.silero.batch_" + std::to_string(batch);
    measurements.push_back({name, 1, [name, batch] {
                              if (!model()) throw std::runtime_error(std::string("this machine lacks ") + kLacks);
                              const auto voices = recordings(1);
                              const Pcm voice = voices.empty() ? Pcm(8000, 1000) : voices.front();
                              return std::vector<Result>{{name, "ns", cost_of_chunk(*model(), voice, batch), {}}};
                            }, {}, installed ? "" : kLacks});
  }
  return measurements;
}

std::function<VoiceJudge()> silero_judges() {
  if (!model()) return {};
  return [] { return [ear = std::make_shared<Ear>(model())](std::span<const std::int16_t> frame) { return ear->hear(frame); }; };
}

}  // namespace offhook::bench
