#include <offhook/agent/conversation/playout_queue.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

PlayoutQueue::Utterance* PlayoutQueue::find_or_add(std::uint32_t id) {
  const auto it = std::find_if(utterances_.begin(), utterances_.end(), [id](const Utterance& u) { return u.id == id; });
  if (it != utterances_.end()) return &*it;
  if (utterances_.size() == kMaxUtterances) return nullptr;
  utterances_.push_back({.id = id});
  return &utterances_.back();
}

void PlayoutQueue::append(Utterance& utterance, const std::vector<std::int16_t>& pcm) {
  const std::size_t taken = std::min(pcm.size(), kMaxQueuedSeconds * rate_hz_ - samples_queued_);
  utterance.pcm.insert(utterance.pcm.end(), pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(taken));
  samples_queued_ += taken;
  samples_dropped_ += pcm.size() - taken;
}

void PlayoutQueue::add(const SpeechAudio& audio) {
  Utterance* const utterance = find_or_add(audio.utterance);
  if (utterance == nullptr) {
    samples_dropped_ += audio.pcm.size();
    return;
  }
  const std::uint32_t rate_hz = audio.rate_hz == 0 ? rate_hz_ : audio.rate_hz;
  const std::size_t words = std::min(audio.words.size(), kMaxWords - utterance->word_starts.size());
  for (std::size_t i = 0; i < words; ++i) {
    utterance->word_starts.push_back(static_cast<std::uint32_t>(std::uint64_t{audio.words[i].first_sample} * rate_hz_ / rate_hz));
  }
  if (rate_hz == rate_hz_ && !utterance->converter) return append(*utterance, audio.pcm);
  std::vector<std::int16_t> converted;
  if (utterance->converter && utterance->converter->from_hz() != rate_hz) {  // Another speaker continues this utterance.
    utterance->converter->finish(converted);
    utterance->converter.reset();
  }
  if (!utterance->converter) utterance->converter.emplace(rate_hz, rate_hz_);
  utterance->converter->process(audio.pcm, converted);
  append(*utterance, converted);
}

void PlayoutQueue::complete(std::uint32_t utterance) {
  Utterance* const found = find_or_add(utterance);
  if (found == nullptr) return;
  if (found->converter) {
    std::vector<std::int16_t> rest;
    found->converter->finish(rest);
    append(*found, rest);
  }
  found->complete = true;
}

void PlayoutQueue::free_sent(Utterance& utterance) {
  const std::size_t sent = utterance.sent - utterance.freed;
  if (sent < kFreedSeconds * rate_hz_) return;
  utterance.pcm.erase(utterance.pcm.begin(), utterance.pcm.begin() + static_cast<std::ptrdiff_t>(sent));
  utterance.freed += sent;
  samples_queued_ -= sent;
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
  const std::size_t count = std::min(frame_samples, utterance.size() - utterance.sent);
  frame.samples = static_cast<std::uint16_t>(count);  // The worker pads the last frame with silence, and does not count the padding.
  std::copy_n(utterance.pcm.begin() + static_cast<std::ptrdiff_t>(utterance.sent - utterance.freed), count, frame.pcm.begin());
  frame.last = utterance.complete && utterance.sent + frame_samples >= utterance.size();
  return frame;
}

void PlayoutQueue::pump(media::AudioPort& port) {
  const std::size_t frame_samples = port.frame_samples();
  while (!utterances_.empty()) {
    Utterance& first = utterances_.front();
    // The last frame of an utterance must be marked as the last. Therefore one frame stays back until more audio or the end of the utterance comes.
    if (!first.complete && first.size() - first.sent <= frame_samples) return;
    const media::PlayoutFrame frame = next_frame(first, frame_samples);
    if (!port.playout.try_push(frame)) return;
    first.sent = std::min(first.size(), first.sent + frame_samples);
    free_sent(first);
    if (!frame.last) continue;
    samples_queued_ -= first.pcm.size();
    utterances_.pop_front();
  }
}

}  // namespace offhook::inline v0::agent
