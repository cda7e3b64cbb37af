#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/rate_converter.hpp>
#include <offhook/media/audio_port.hpp>

#include <deque>
#include <vector>

namespace offhook::inline v0::agent {

/// The playout's owner on the conversation's side, and its one producer: cuts what the speaker yields into 20 ms frames, marks
/// each with the word that is heard at its start, and keeps the call's ring full. One thread.
class PlayoutQueue {
 public:
  /// Of all that waits: 6.7 MB at 16 kHz; what is beyond is cut off. The longest response of a Realtime model, 4096 tokens of
  /// 50 ms each, is there long before it is heard.
  static constexpr std::size_t kMaxQueuedSeconds = 210;
  static constexpr std::size_t kMaxUtterances = 128;  ///< two replies of the most; audio of a further one is dropped
  static constexpr std::size_t kMaxWords = 1024;      ///< of one utterance; those beyond are heard as the last

  explicit PlayoutQueue(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  /// Audio at another rate than the port's is converted, and the words' places with it.
  void add(const SpeechAudio& audio);
  /// No more audio of this utterance: its last frame may go.
  void complete(std::uint32_t utterance);
  void clear();
  void pump(media::AudioPort& port);
  [[nodiscard]] bool empty() const { return utterances_.empty(); }
  /// Cut off by the bounds above. Its utterance ends all the same, and says so.
  [[nodiscard]] std::uint64_t samples_dropped() const { return samples_dropped_; }
  [[nodiscard]] std::size_t samples_queued() const { return samples_queued_; }  ///< at least as many as the port's ring did not take yet

 private:
  struct Utterance {
    std::uint32_t id = 0;
    std::vector<std::int16_t> pcm{};         // from `freed` on
    std::vector<std::uint32_t> word_starts{};
    std::size_t sent = 0, freed = 0;         // samples
    bool complete = false;
    std::optional<RateConverter> converter{};

    [[nodiscard]] std::size_t size() const { return freed + pcm.size(); }
  };
  static constexpr std::size_t kFreedSeconds = 1;  ///< what was sent is freed in pieces of so much
  [[nodiscard]] Utterance* find_or_add(std::uint32_t id);
  void append(Utterance& utterance, const std::vector<std::int16_t>& pcm);
  void free_sent(Utterance& utterance);
  [[nodiscard]] media::PlayoutFrame next_frame(const Utterance& utterance, std::size_t frame_samples) const;

  std::uint32_t rate_hz_;
  std::deque<Utterance> utterances_;
  std::size_t samples_queued_ = 0;  // of utterances_, sent ones of the first included: they are freed with it
  std::uint64_t samples_dropped_ = 0;
};

}  // namespace offhook::inline v0::agent
