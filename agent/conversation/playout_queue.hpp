#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/rate_converter.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <deque>
#include <vector>

namespace offhook::inline v0::agent {

/// The only producer of a call's playout ring. Cuts the speaker's audio into frames of 20 ms, marks each frame with the word at its start,
/// and keeps the ring full. For one thread.
class PlayoutQueue {
 public:
  /// Limit of all waiting audio: 6.7 MB at 16 kHz; further audio is cut off. A Realtime model sends its longest response, 4096 tokens of 50
  /// ms each, long before the caller has heard it.
  static constexpr std::size_t kMaxQueuedSeconds = 210;
  static constexpr std::size_t kMaxUtterances = 128;  ///< enough for two replies of the largest size; audio of a further utterance is dropped
  static constexpr std::size_t kMaxWords = 1024;      ///< words of one utterance; a further word counts as part of the last one

  explicit PlayoutQueue(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  /// Adds audio. If its rate is not the port's rate, converts the samples and the positions of the words.
  void add(const SpeechAudio& audio);
  /// The utterance has no more audio: its last frame may leave.
  void complete(std::uint32_t utterance);
  void clear();
  void pump(media::AudioPort& port);
  [[nodiscard]] bool empty() const { return utterances_.empty(); }
  /// Returns the number of samples that were dropped because of the bounds above. Their utterance still ends and reports its end.
  [[nodiscard]] std::uint64_t samples_dropped() const { return samples_dropped_; }
  [[nodiscard]] std::size_t samples_queued() const { return samples_queued_; }  ///< upper limit of the samples that the port's ring has not taken yet

 private:
  struct Utterance {
    std::uint32_t id = 0;
    std::vector<std::int16_t> pcm{};         // the samples from position `freed`
    std::vector<std::uint32_t> word_starts{};
    std::size_t sent = 0, freed = 0;         // numbers of samples
    bool complete = false;
    std::optional<RateConverter> converter{};

    [[nodiscard]] std::size_t size() const { return freed + pcm.size(); }
  };
  static constexpr std::size_t kFreedSeconds = 1;  ///< sent audio is freed in pieces of this length
  [[nodiscard]] Utterance* find_or_add(std::uint32_t id);
  void append(Utterance& utterance, const std::vector<std::int16_t>& pcm);
  void free_sent(Utterance& utterance);
  [[nodiscard]] media::PlayoutFrame next_frame(const Utterance& utterance, std::size_t frame_samples) const;

  std::uint32_t rate_hz_;
  std::deque<Utterance> utterances_;
  std::size_t samples_queued_ = 0;  // samples in utterances_, including samples of the first utterance that are sent but not freed
  std::uint64_t samples_dropped_ = 0;
};

}  // namespace offhook::inline v0::agent
