#include <offhook/media/engine/voice_request_queue.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {

void VoiceFeed::begin(ModelCall& call) noexcept {
  call.voice.reset();
  call.served = serves_new_.load(std::memory_order_relaxed);
}

void VoiceFeed::hear(ModelCall& call, std::span<const std::int16_t> frame) noexcept {
  if (!call.served || !call.voice.hear(frame)) return;
  VoiceChunk chunk;
  chunk.call = &call;
  chunk.number = call.voice.number();
  chunk.begins = call.voice.begins();
  std::ranges::copy(call.voice.chunk(), chunk.samples.begin());
  const bool taken = chunks_.try_push(chunk);
  if (!taken) dropped_.fetch_add(1, std::memory_order_relaxed);
  call.voice.let_go(taken);
}

VoiceRequestQueue::VoiceRequestQueue(std::shared_ptr<VoiceModel> model, std::size_t workers) : model_(std::move(model)) {
  for (std::size_t i = 0; i < workers; ++i) feeds_.push_back(std::make_unique<VoiceFeed>());
}

void VoiceRequestQueue::serve_new(bool may) {
  for (const auto& feed : feeds_) feed->serves_new_.store(may, std::memory_order_relaxed);
}

std::size_t VoiceRequestQueue::work() {
  std::size_t judged = 0;
  while (!failed_) {
    gather();
    if (count_ == 0) break;
    if (!model_->judge(std::span(tasks_).first(count_), likely_)) {
      failed_ = true;
      serve_new(false);
      break;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      // The reader needs no other data of this thread.
      calls_[i]->answer.store(ModelVoice::pack({numbers_[i], likely_[i]}), std::memory_order_relaxed);
    }
    judged += count_;
  }
  return judged;
}

// The chunks of a call are judged in order. A second chunk of a call waits for the next batch, and so do all later chunks of its worker.
void VoiceRequestQueue::gather() {
  ++batch_;
  count_ = 0;
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    VoiceFeed& feed = *feeds_[(first_feed_ + i) % feeds_.size()];
    while (count_ < calls_.size() && (feed.has_next_ || feed.chunks_.try_pop(feed.next_))) {
      feed.has_next_ = feed.next_.call->batch == batch_;
      if (feed.has_next_) break;
      add(feed.next_);
    }
  }
  if (!feeds_.empty()) first_feed_ = (first_feed_ + 1) % feeds_.size();
}

void VoiceRequestQueue::add(const VoiceChunk& chunk) {
  ModelTask& task = chunk.call->task;
  const auto fresh = task.samples.begin() + ModelTask::kContext;
  if (chunk.begins) {
    task = {};
  } else {
    std::copy_n(task.samples.end() - ModelTask::kContext, ModelTask::kContext, task.samples.begin());
  }
  std::ranges::transform(chunk.samples, fresh, [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  chunk.call->batch = batch_;
  calls_[count_] = chunk.call;
  tasks_[count_] = &task;
  numbers_[count_++] = chunk.number;
}

}  // namespace offhook::inline v0::media
