#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/media/audio_port.hpp>

#include <deque>
#include <vector>

namespace offhook::inline v0::agent {

/// The playout's owner on the conversation's side, and its one producer: cuts what the speaker yields into 20 ms frames, marks
/// each with the word that is heard at its start, and keeps the call's ring full. One thread.
class PlayoutQueue {
 public:
  static constexpr std::size_t kMaxUtteranceSeconds = 60;  ///< the rest of a longer one is cut off

  explicit PlayoutQueue(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  void add(const SpeechAudio& audio);
  /// No more audio of this utterance: its last frame may go.
  void complete(std::uint32_t utterance);
  void clear() { utterances_.clear(); }
  void pump(media::AudioPort& port);
  [[nodiscard]] bool empty() const { return utterances_.empty(); }

 private:
  struct Utterance {
    std::uint32_t id = 0;
    std::vector<std::int16_t> pcm;
    std::vector<std::uint32_t> word_starts;
    std::size_t sent = 0;  // samples
    bool complete = false;
  };
  [[nodiscard]] Utterance& at(std::uint32_t id);
  [[nodiscard]] media::PlayoutFrame next_frame(const Utterance& utterance, std::size_t frame_samples) const;

  std::uint32_t rate_hz_;
  std::deque<Utterance> utterances_;
};

}  // namespace offhook::inline v0::agent
