#include <offhook/agent/conversation/playout_queue.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

PlayoutQueue::Utterance* PlayoutQueue::find_or_add(std::uint32_t id) {
  const auto it = std::find_if(utterances_.begin(), utterances_.end(), [id](const Utterance& u) { return u.id == id; });
  if (it != utterances_.end()) return &*it;
  if (utterances_.size() == kMaxUtterances) return nullptr;
  utterances_.push_back({id, {}, {}, 0, false});
  return &utterances_.back();
}

void PlayoutQueue::add(const SpeechAudio& audio) {
  Utterance* const utterance = find_or_add(audio.utterance);
  std::size_t taken = 0;
  if (utterance != nullptr) {
    const auto room = [this](std::size_t seconds, std::size_t held) { return seconds * rate_hz_ - std::min(seconds * rate_hz_, held); };
    taken = std::min({audio.pcm.size(), room(kMaxUtteranceSeconds, utterance->pcm.size()), room(kMaxQueuedSeconds, samples_queued_)});
    utterance->pcm.insert(utterance->pcm.end(), audio.pcm.begin(), audio.pcm.begin() + static_cast<std::ptrdiff_t>(taken));
    samples_queued_ += taken;
    const std::size_t words = std::min(audio.words.size(), kMaxWords - utterance->word_starts.size());
    for (std::size_t i = 0; i < words; ++i) utterance->word_starts.push_back(audio.words[i].first_sample);
  }
  samples_dropped_ += audio.pcm.size() - taken;
}

void PlayoutQueue::complete(std::uint32_t utterance) {
  if (Utterance* const found = find_or_add(utterance)) found->complete = true;
}

void PlayoutQueue::clear() {
  utterances_.clear();
  samples_queued_ = 0;
}

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
    if (!frame.last) continue;
    samples_queued_ -= first.pcm.size();
    utterances_.pop_front();
  }
}

}  // namespace offhook::inline v0::agent
