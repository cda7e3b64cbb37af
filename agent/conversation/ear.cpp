#include <offhook/agent/conversation/ear.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void Ear::on_frame(const media::HeardFrame& frame, VoiceSession& session) {
  remembered_[next_] = frame;
  next_ = (next_ + 1) % kRememberedFrames;
  count_ = std::min(count_ + 1, kRememberedFrames);
  if (open_ || session.hears_always()) hand_on(frame, session);
}

void Ear::open(std::uint64_t first_voiced, VoiceSession& session) {
  open_ = true;
  if (session.hears_always()) return;  // It has heard them already.
  for (std::size_t i = 0; i < count_; ++i) {
    const media::HeardFrame& frame = remembered_[(next_ + kRememberedFrames - count_ + i) % kRememberedFrames];
    if (frame.tick + kLeadFrames >= first_voiced) hand_on(frame, session);
  }
}

void Ear::hand_on(const media::HeardFrame& frame, VoiceSession& session) {
  const std::span<const std::int16_t> pcm{frame.pcm.data(), frame.samples};
  const std::uint32_t rate_hz = session.listen_rate_hz();
  if (rate_hz == port_rate_hz_) return session.feed(pcm);
  if (rate_hz != session_rate_hz_) {
    session_rate_hz_ = rate_hz;
    converter_ = RateConverter(port_rate_hz_, rate_hz);
  }
  converted_.clear();
  converter_.process(pcm, converted_);
  session.feed(converted_);
}

}  // namespace offhook::inline v0::agent
