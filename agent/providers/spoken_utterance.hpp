#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/speech_decoder.hpp>
#include <offhook/agent/providers/voiced_words.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// An utterance that a service speaks: its octets come split anywhere, and leave as samples with the words that lie in them, as far as
/// that can be estimated. Waits here until it is its turn.
class SpokenUtterance {
 public:
  /// `rate_hz`: of raw samples.
  SpokenUtterance(std::uint32_t utterance, std::string_view text, std::uint32_t rate_hz)
      : utterance_(utterance), text_(text), decoder_(rate_hz) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Nothing to be said in it: the service is not asked.
  [[nodiscard]] bool is_blank() const;

  /// What is no sound of any kind that is understood: the utterance is to be failed with it.
  [[nodiscard]] std::optional<SpeechDecoder::Trouble> feed(std::string_view octets) { return decoder_.feed(octets, pcm_); }
  /// No more octets come: what was too short to tell by counts as samples, too.
  void settle() { decoder_.finish(pcm_); }
  void finish();
  void fail(std::string why, FailureKind kind);
  /// It is asked for once more; nothing of it has come yet.
  void restart(std::uint32_t rate_hz) { decoder_ = SpeechDecoder(rate_hz); }

  [[nodiscard]] std::uint64_t samples() const { return decoder_.samples(); }
  [[nodiscard]] bool has_audio() const { return !pcm_.empty(); }
  [[nodiscard]] bool is_over() const { return over_; }

  /// What came since the last time. The last is SpeechDone or SpeakFailed; then it is spoken.
  [[nodiscard]] std::optional<SpeakEvent> poll();
  [[nodiscard]] bool is_spoken() const { return spoken_; }

 private:
  [[nodiscard]] std::optional<SpeechAudio> take_audio();

  std::uint32_t utterance_;
  std::string text_;
  SpeechDecoder decoder_;
  std::vector<std::int16_t> pcm_;     // not polled yet
  std::optional<VoicedWords> words_;  // from the first sample on: the service does not say where they lie
  std::optional<SpeakFailed> failure_;
  bool over_ = false, spoken_ = false;
};

}  // namespace offhook::inline v0::agent
