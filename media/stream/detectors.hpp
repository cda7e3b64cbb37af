#pragma once

#include <offhook/media/detect/digit_limit.hpp>
#include <offhook/media/detect/dtmf_detector.hpp>
#include <offhook/media/detect/heard_voice.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/detect/voice_evidence.hpp>
#include <offhook/media/quality/leg_statistics.hpp>
#include <offhook/media/stream/sender.hpp>
#include <offhook/media/stream/stream_context.hpp>
#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// The detecting part of a stream: it finds voice, echo, digits and tones in the caller's audio, and reports them as events. It ducks and pauses the
/// agent's voice when the caller speaks.
class Detectors {
 public:
  /// `context` and `sender` are borrowed, and must outlive the detectors.
  Detectors(StreamContext& context, Sender& sender);

  /// Forgets the audio received until now, because the next audio does not continue it.
  void forget_audio();
  /// Forgets a partly detected digit, which must not be reported much later.
  void forget_digit() { dtmf_ = {}; }
  /// Call it when the audio ends, because the stream is relayed. If the caller is speaking, reports the end of the speech.
  void end_audio();

  /// Judges the caller's audio of a tick, and reports its digits and tones. `voice` is the voice detector's result; `kind` is the kind of the audio.
  void hear(const TickTime& time, std::span<const std::int16_t> pcm, const HeardVoice& voice, rtp::Pull::Kind kind);
  /// Call it after hear(). Reports the start and the end of the caller's speech, and ducks or pauses the agent.
  void detect_speech(const TickTime& time);
  void report_digit(char digit, std::uint32_t duration_ms, const TickTime& time);
  /// Measures the echo path. Call it about once per second.
  void measure_echo();

  /// The next three functions return the result of the last hear().
  [[nodiscard]] bool voiced() const { return voiced_; }
  [[nodiscard]] bool echo() const { return echo_; }
  [[nodiscard]] std::int16_t level_dbov() const { return level_dbov_; }
  void fill(LegStatistics& all) const { all.digits_ignored += digit_limit_.ignored(); }

  void prefetch() const noexcept;

 private:
  void judge_echo(std::span<const std::int16_t> pcm, const HeardVoice& voice, bool genuine);
  void hear_tones(const TickTime& time, std::span<const std::int16_t> pcm);
  void hear_digits(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow);
  void hear_line(const TickTime& time, std::span<const std::int16_t, kDtmfFrame> narrow);
  void report_speech(const SpeechDetector::Event& event, const TickTime& time);

  StreamContext& context_;
  Sender& sender_;
  DtmfDetector dtmf_;
  DigitLimit digit_limit_;
  SpeechDetector speech_;
  VoiceEvidence evidence_;
  std::int16_t level_dbov_ = -127;
  bool voiced_ = false, echo_ = false;
  bool barge_in_options_ = false;       // true if speech_ has the options for speech over the agent's voice
};

}  // namespace offhook::inline v0::media
