#include <offhook/agent/conversation/ear.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void Ear::on_frame(const media::HeardFrame& frame, Listener& listener) {
  remembered_[next_] = frame;
  next_ = (next_ + 1) % kRememberedFrames;
  count_ = std::min(count_ + 1, kRememberedFrames);
  if (open_) listener.feed({frame.pcm.data(), frame.samples});
}

void Ear::open(std::uint64_t first_voiced, Listener& listener) {
  open_ = true;
  for (std::size_t i = 0; i < count_; ++i) {
    const media::HeardFrame& frame = remembered_[(next_ + kRememberedFrames - count_ + i) % kRememberedFrames];
    if (frame.tick + kLeadFrames >= first_voiced) listener.feed({frame.pcm.data(), frame.samples});
  }
}

}  // namespace offhook::inline v0::agent
