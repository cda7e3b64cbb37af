#include <offhook/rtp/sequence.hpp>

namespace offhook::inline v0::rtp {

void SequenceTracker::begin(std::uint16_t sequence) {
  base_ = sequence;
  max_ = sequence;
  cycles_ = 0;
  confirms_jump_.reset();
  valid_ = true;
}

SequenceTracker::Verdict SequenceTracker::on_packet(std::uint16_t sequence) {
  if (!valid_) {
    const bool in_order = started_ && sequence == static_cast<std::uint16_t>(max_ + 1);
    probation_ = in_order ? probation_ - 1 : kMinSequential - 1;
    started_ = true;
    max_ = sequence;
    if (probation_ > 0) return Verdict::Probation;
    begin(sequence);
    return Verdict::Restarted;
  }
  const auto ahead = static_cast<std::uint16_t>(sequence - max_);
  if (ahead < kMaxDropout) {
    if (sequence < max_) cycles_ += 0x10000;
    max_ = sequence;
    confirms_jump_.reset();
    return Verdict::Valid;
  }
  if (ahead <= 0xFFFF - kMaxMisorder) {
    const bool confirmed = confirms_jump_ == sequence;
    if (!confirmed) {
      confirms_jump_ = static_cast<std::uint16_t>(sequence + 1);
      return Verdict::Jump;
    }
    begin(sequence);
    return Verdict::Restarted;
  }
  return Verdict::Valid;  // Older than the highest number by less than kMaxMisorder: a reordered packet or a duplicate.
}

}  // namespace offhook::inline v0::rtp
