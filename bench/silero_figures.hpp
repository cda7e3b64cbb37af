#pragma once

#include <offhook/bench/measurement.hpp>
#include <offhook/bench/voice_trial.hpp>

#include <functional>
#include <string>
#include <vector>

namespace offhook::bench {

/// Returns measurements of the model's cost for 32 ms of one call, for calls alone and in batches: "vad.silero.batch_32".
[[nodiscard]] std::vector<Measurement> silero_measurements();
/// Returns a function that makes judges. A judge uses the model as an engine does: the model's results arrive one tick late. The function
/// is empty if the model is not installed.
[[nodiscard]] std::function<VoiceJudge()> silero_judges();

}  // namespace offhook::bench
