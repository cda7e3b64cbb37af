#pragma once

#include <offhook/tests/services/openai/recorded_voices.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// The audio that a Realtime session received. Counts the audio, and detects voice by its loudness. Positions are counts of samples.
class InputAudio {
 public:
  explicit InputAudio(int voice_rms) : voice_rms_(voice_rms) {}

  struct Vad {
    bool on = false;
    int prefix_ms = 300, silence_ms = 500;
  };
  enum class Event : std::uint8_t { Started, Stopped };

  void set_format(AudioFormat format) { format_ = format; }
  void set_vad(Vad vad) { vad_ = vad; }
  /// Appends audio. Returns false if `base64` is not base64. Sets `voiced` to true if some of the audio is voiced.
  [[nodiscard]] bool append(std::string_view base64, bool& voiced, std::vector<Event>& events);
  void commit() { buffered_ = 0; }
  void clear();

  [[nodiscard]] std::uint64_t total_ms() const { return samples_ * 1000 / rate_of(format_); }  ///< duration of all audio that was ever appended
  [[nodiscard]] double buffered_ms() const { return static_cast<double>(buffered_) * 1000 / rate_of(format_); }
  [[nodiscard]] std::uint64_t started_ms() const { return started_ms_; }  ///< position of the last Started event, with its prefix
  [[nodiscard]] std::uint64_t octets() const { return octets_total_; }
  [[nodiscard]] AudioFormat format() const { return format_; }

 private:
  [[nodiscard]] bool frame_is_voiced() const;
  void on_frame(bool voiced, std::vector<Event>& events);

  int voice_rms_;
  AudioFormat format_ = AudioFormat::Pcm24;
  Vad vad_;
  std::vector<std::uint8_t> octets_, frame_;  // scratch memory, and an incomplete frame of 20 ms
  std::uint64_t samples_ = 0, buffered_ = 0, octets_total_ = 0, started_ms_ = 0;
  unsigned window_ = 0, silent_frames_ = 0;
  bool speaking_ = false;
};

}  // namespace offhook::services::openai
