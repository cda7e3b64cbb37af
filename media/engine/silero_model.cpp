#include <offhook/media/engine/silero_model.hpp>

#include <offhook/media/engine/onnx_runtime.hpp>
#include <offhook/media/engine/safe_to_load.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <filesystem>
#include <tuple>
#include <utility>
#include <vector>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kHeard = std::tuple_size_v<decltype(ModelTask::samples)>;
constexpr std::int64_t kRateHz = 8000;

class SileroModel final : public VoiceModel {
 public:
  explicit SileroModel(std::unique_ptr<OnnxSession> session)
      : session_(std::move(session)), samples_(kMostAtOnce * kHeard), states_before_(kMostAtOnce * 2 * ModelTask::kState),
        states_after_(states_before_.size()) {}
  [[nodiscard]] bool judge(std::span<ModelTask* const> tasks, std::span<float> likely) override;
  [[nodiscard]] std::string wrong() const override { return wrong_; }

 private:
  std::unique_ptr<OnnxSession> session_;
  std::vector<float> samples_, states_before_, states_after_;   // data of all tasks, in the layout of the model
  std::string wrong_;
};

// The states of all calls are side by side, for each of the two layers: [2, calls, 128].
bool SileroModel::judge(std::span<ModelTask* const> tasks, std::span<float> likely) {
  assert(tasks.size() <= kMostAtOnce && likely.size() >= tasks.size());
  const std::size_t calls = tasks.size();
  const auto layer = [calls](std::vector<float>& states, std::size_t which, std::size_t call) {
    return std::span(states).subspan((which * calls + call) * ModelTask::kState, ModelTask::kState);
  };
  for (std::size_t call = 0; call < calls; ++call) {
    const ModelTask& task = *tasks[call];
    std::copy(task.samples.begin(), task.samples.end(), samples_.begin() + static_cast<std::ptrdiff_t>(call * kHeard));
    for (std::size_t which = 0; which < 2; ++which) {
      const auto from = std::span(task.state).subspan(which * ModelTask::kState, ModelTask::kState);
      std::copy(from.begin(), from.end(), layer(states_before_, which, call).begin());
    }
  }
  const auto count = static_cast<std::int64_t>(calls);
  const std::array<std::int64_t, 2> heard_shape{count, kHeard}, likely_shape{count, 1};
  const std::array<std::int64_t, 3> state_shape{2, count, ModelTask::kState};
  std::int64_t rate = kRateHz;
  const std::size_t state_octets = 2 * calls * ModelTask::kState * sizeof(float);
  const std::array inputs{OnnxTensor{"input", samples_.data(), calls * kHeard * sizeof(float), false, heard_shape},
                          OnnxTensor{"state", states_before_.data(), state_octets, false, state_shape},
                          OnnxTensor{"sr", &rate, sizeof rate, true, {}}};
  const std::array outputs{OnnxTensor{"output", likely.data(), calls * sizeof(float), false, likely_shape},
                           OnnxTensor{"stateN", states_after_.data(), state_octets, false, state_shape}};
  wrong_ = session_->run(inputs, outputs);
  if (!wrong_.empty()) return false;
  for (std::size_t call = 0; call < calls; ++call) {
    for (std::size_t which = 0; which < 2; ++which) {
      const auto from = layer(states_after_, which, call);
      std::copy(from.begin(), from.end(), tasks[call]->state.begin() + static_cast<std::ptrdiff_t>(which * ModelTask::kState));
    }
  }
  return true;
}

}  // namespace

base::Result<std::shared_ptr<VoiceModel>, std::string> open_silero(const std::string& folder) {
  const auto library = folder + "/libonnxruntime.so", file = folder + "/silero_vad.onnx";
  for (const auto& path : {library, file}) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return base::fail(path + " is not there");
  }
  const auto safe_library = safe_to_load(library), safe_file = safe_to_load(file);
  for (const auto* safe : {&safe_library, &safe_file}) {
    if (!*safe) return base::fail(safe->error());
  }
  auto session = OnnxSession::open(*safe_library, *safe_file);
  if (!session) return base::fail(session.error());
  auto model = std::make_shared<SileroModel>(std::move(*session));
  ModelTask silence, other;  // Two tasks, to detect a model that accepts only one task at a time.
  std::array<ModelTask*, 2> tasks{&silence, &other};
  std::array<float, 2> likely{};
  if (!model->judge(tasks, likely)) return base::fail(file + ": " + model->wrong());
  return model;
}

}  // namespace offhook::inline v0::media
