#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/engine/voice_model.hpp>

#include <memory>
#include <string>

namespace offhook::inline v0::media {

/// Opens the Silero voice model, version 5 or 6, at 8000 Hz, in ONNX Runtime. `folder` holds libonnxruntime.so and silero_vad.onnx, as
/// share/install-silero puts them there; no other user may be able to change them. Runs the model once as a test. Errors are sentences.
[[nodiscard]] base::Result<std::shared_ptr<VoiceModel>, std::string> open_silero(const std::string& folder);

}  // namespace offhook::inline v0::media
