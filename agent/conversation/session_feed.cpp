#include <offhook/agent/conversation/session_feed.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

void SessionFeed::on_frame(const media::HeardFrame& frame, VoiceSession& session) {
  const std::size_t room = remembered_.size() / kRememberedFrames;
  const auto pcm = std::span(frame.pcm).first(std::min<std::size_t>(frame.samples, room));
  std::copy(pcm.begin(), pcm.end(), remembered_.begin() + static_cast<std::ptrdiff_t>(next_ * room));
  places_[next_] = {frame.tick, pcm.size()};
  next_ = (next_ + 1) % kRememberedFrames;
  count_ = std::min(count_ + 1, kRememberedFrames);
  if (open_ || session.hears_always()) hand_on(pcm, session);
}

void SessionFeed::open(std::uint64_t first_voiced, VoiceSession& session) {
  open_ = true;
  if (session.hears_always()) return;  // The session has these frames already.
  const std::size_t room = remembered_.size() / kRememberedFrames;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t at = (next_ + kRememberedFrames - count_ + i) % kRememberedFrames;
    if (places_[at].tick + kLeadFrames >= first_voiced) hand_on(std::span(remembered_).subspan(at * room, places_[at].samples), session);
  }
}

void SessionFeed::hand_on(std::span<const std::int16_t> pcm, VoiceSession& session) {
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
