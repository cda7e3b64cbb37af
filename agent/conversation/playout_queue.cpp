#include <offhook/agent/conversation/playout_queue.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

PlayoutQueue::Utterance& PlayoutQueue::at(std::uint32_t id) {
  const auto it = std::find_if(utterances_.begin(), utterances_.end(), [id](const Utterance& u) { return u.id == id; });
  if (it != utterances_.end()) return *it;
  utterances_.push_back({id, {}, {}, 0, false});
  return utterances_.back();
}

void PlayoutQueue::add(const SpeechAudio& audio) {
  Utterance& utterance = at(audio.utterance);
  const std::size_t limit = kMaxUtteranceSeconds * rate_hz_;
  const std::size_t room = limit - std::min(limit, utterance.pcm.size());
  const std::size_t taken = std::min(room, audio.pcm.size());
  utterance.pcm.insert(utterance.pcm.end(), audio.pcm.begin(), audio.pcm.begin() + static_cast<std::ptrdiff_t>(taken));
  for (const SpokenWord& word : audio.words) utterance.word_starts.push_back(word.first_sample);
}

void PlayoutQueue::complete(std::uint32_t utterance) { at(utterance).complete = true; }

media::PlayoutFrame PlayoutQueue::next_frame(const Utterance& utterance, std::size_t frame_samples) const {
  media::PlayoutFrame frame;
  frame.utterance = utterance.id;
  const auto& starts = utterance.word_starts;
  const auto next_word = std::upper_bound(starts.begin(), starts.end(), utterance.sent);
  frame.word = static_cast<std::uint32_t>(next_word == starts.begin() ? 0 : next_word - starts.begin() - 1);
  frame.samples = static_cast<std::uint16_t>(frame_samples);  // The last one is filled up with silence.
  const std::size_t count = std::min(frame_samples, utterance.pcm.size() - utterance.sent);
  std::copy_n(utterance.pcm.begin() + static_cast<std::ptrdiff_t>(utterance.sent), count, frame.pcm.begin());
  frame.last = utterance.complete && utterance.sent + frame_samples >= utterance.pcm.size();
  return frame;
}

void PlayoutQueue::pump(media::AudioPort& port) {
  const std::size_t frame_samples = port.frame_samples();
  while (!utterances_.empty()) {
    Utterance& first = utterances_.front();
    // The last frame says that it is the last: until we know, one frame is held back.
    if (!first.complete && first.pcm.size() - first.sent <= frame_samples) return;
    const media::PlayoutFrame frame = next_frame(first, frame_samples);
    if (!port.playout.try_push(frame)) return;
    first.sent = std::min(first.pcm.size(), first.sent + frame_samples);
    if (frame.last) utterances_.pop_front();
  }
}

}  // namespace offhook::inline v0::agent
