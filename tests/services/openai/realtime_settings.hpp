#pragma once

#include <offhook/tests/services/openai/input_audio.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::services::openai {

/// The contents of an `error` event.
struct RealtimeError {
  std::string type = "invalid_request_error";
  std::string code, message, param;
};

/// The `session` object of the Realtime API (GA). It accepts partial updates, and checks them strictly against the documentation.
class RealtimeSettings {
 public:
  RealtimeSettings(bool transcription, std::string id, std::string model, std::int64_t expires_at);

  /// Applies an update. If it returns an error, nothing has changed.
  [[nodiscard]] std::optional<RealtimeError> update(const nlohmann::json& session);
  void on_audio_out() { audio_was_sent_ = true; }

  [[nodiscard]] const nlohmann::json& session() const { return session_; }
  [[nodiscard]] bool is_transcription() const { return transcription_; }
  [[nodiscard]] bool transcribes() const;
  [[nodiscard]] AudioFormat input_format() const;
  [[nodiscard]] AudioFormat output_format() const;
  [[nodiscard]] bool speaks() const;  ///< false: the session produces only text
  [[nodiscard]] InputAudio::Vad vad() const;
  [[nodiscard]] bool vad_creates() const { return vad_flag("create_response"); }
  [[nodiscard]] bool vad_interrupts() const { return vad_flag("interrupt_response"); }

 private:
  [[nodiscard]] bool vad_flag(const char* name) const;
  bool transcription_;
  bool audio_was_sent_ = false;
  nlohmann::json session_;
};

/// Parses "audio/pcm" with its rate, "audio/pcmu" or "audio/pcma". Returns nullopt for other formats.
[[nodiscard]] std::optional<AudioFormat> read_format(const nlohmann::json& format);
/// Returns an error if `object` has a member that is not one of `names`.
[[nodiscard]] std::optional<RealtimeError> unknown_member(const nlohmann::json& object, const std::string& path, std::initializer_list<std::string_view> names);

}  // namespace offhook::services::openai
