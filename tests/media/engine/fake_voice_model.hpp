#pragma once

#include <offhook/media/engine/voice_model.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace offhook_test {

/// A model for tests. It finds voice in a chunk if the chunk's last sample is loud, and counts the chunks of a call in the call's memory.
class FakeVoiceModel final : public offhook::media::VoiceModel {
 public:
  static constexpr std::int16_t kVoice = 16384;
  std::atomic<bool> fails{false};
  std::size_t runs = 0, largest = 0;

  bool judge(std::span<offhook::media::ModelTask* const> tasks, std::span<float> likely) override {
    if (fails) return false;
    ++runs;
    largest = tasks.size() > largest ? tasks.size() : largest;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      likely[i] = tasks[i]->samples.back() > 0.25F ? 1.0F : 0.0F;
      tasks[i]->state[0] += 1;
    }
    return true;
  }
  [[nodiscard]] std::string wrong() const override { return "the fake was told to fail"; }
};

}  // namespace offhook_test
