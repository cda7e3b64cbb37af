#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/engine/voice_model.hpp>

#include <memory>
#include <string>

namespace offhook::inline v0::media {

/// The Silero model of voices, version 5 and 6, at 8000 Hz, in ONNX Runtime. `folder` holds libonnxruntime.so and silero_vad.onnx, as
/// share/install-silero puts them there, where no other user may change them. It has been tried when it is there. Errors in words.
[[nodiscard]] base::Result<std::shared_ptr<VoiceModel>, std::string> open_silero(const std::string& folder);

}  // namespace offhook::inline v0::media
