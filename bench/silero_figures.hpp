#pragma once

#include <offhook/bench/measurement.hpp>
#include <offhook/bench/voice_trial.hpp>

#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// What the model costs for 32 ms of a call, alone and in batches: "vad.silero.batch_32".
[[nodiscard]] std::vector<Measurement> silero_measurements();
/// A call's voice as an engine tells it that has the model, whose answers are a tick late. Null where it is not installed.
[[nodiscard]] std::function<VoiceJudge()> silero_judges();

}  // namespace offhook::bench
