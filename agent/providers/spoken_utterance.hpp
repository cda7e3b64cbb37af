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

/// One utterance that a service speaks. Takes octets split at any place. poll() returns samples with the words in them, at
/// estimated positions.
class SpokenUtterance {
 public:
  /// `rate_hz`: the rate if the service sends raw samples.
  SpokenUtterance(std::uint32_t utterance, std::string_view text, std::uint32_t rate_hz)
      : utterance_(utterance), text_(text), decoder_(rate_hz) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Returns true if the text is blank: the owner must then not send it to the service.
  [[nodiscard]] bool is_blank() const;

  /// Decodes `octets`. If they are not audio, returns a description of the trouble; the owner must then call fail().
  [[nodiscard]] std::optional<SpeechDecoder::Trouble> feed(std::string_view octets) { return decoder_.feed(octets, pcm_); }
  /// Ends the octets. A body that was too short for its format to be detected counts as samples.
  void settle() { decoder_.finish(pcm_); }
  void finish();
  void fail(std::string why, FailureKind kind);
  /// Prepares for a second request. Call it only before any sample has come.
  void restart(std::uint32_t rate_hz) { decoder_ = SpeechDecoder(rate_hz); }

  [[nodiscard]] std::uint64_t samples() const { return decoder_.samples(); }
  [[nodiscard]] bool has_audio() const { return !pcm_.empty(); }
  [[nodiscard]] bool is_over() const { return over_; }

  /// Returns the audio since the previous poll(). The last event is SpeechDone or SpeakFailed; after it, is_spoken() is true.
  [[nodiscard]] std::optional<SpeakEvent> poll();
  [[nodiscard]] bool is_spoken() const { return spoken_; }

 private:
  [[nodiscard]] std::optional<SpeechAudio> take_audio();

  std::uint32_t utterance_;
  std::string text_;
  SpeechDecoder decoder_;
  std::vector<std::int16_t> pcm_;     // samples that are not returned yet
  std::optional<VoicedWords> words_;  // exists from the first sample on; estimates positions, because the service sends none
  std::optional<SpeakFailed> failure_;
  bool over_ = false, spoken_ = false;
};

}  // namespace offhook::inline v0::agent
