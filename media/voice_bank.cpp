#include <offhook/media/voice_bank.hpp>

#include <offhook/media/detail/voice_lanes.hpp>
#include <offhook/media/detail/narrow_frame.hpp>

#include <cassert>

namespace offhook::inline v0::media {

struct VoiceBank::Group {
  detail::VoiceGroup lanes;
  unsigned heard = 0;  // a bit for each lane
};

VoiceBank::VoiceBank(std::size_t calls)
    : calls_(calls), groups_((calls + detail::kVoiceLanes - 1) / detail::kVoiceLanes), group_(std::make_unique<Group[]>(groups_)) {
  for (std::size_t call = 0; call < groups_ * detail::kVoiceLanes; ++call) {
    detail::begin_voice(&group_[call / detail::kVoiceLanes].lanes.rows[0][call % detail::kVoiceLanes], detail::kVoiceLanes);
  }
}

VoiceBank::~VoiceBank() = default;
VoiceBank::VoiceBank(VoiceBank&&) noexcept = default;
VoiceBank& VoiceBank::operator=(VoiceBank&&) noexcept = default;

void VoiceBank::reset(std::size_t call) noexcept {
  assert(call < calls_);
  Group& group = group_[call / detail::kVoiceLanes];
  const std::size_t lane = call % detail::kVoiceLanes;
  detail::begin_voice(&group.lanes.rows[0][lane], detail::kVoiceLanes);
  for (auto& samples : group.lanes.line) samples[lane] = 0;
  group.lanes.voiced[lane] = 0;
  group.heard &= ~(1U << lane);
}

void VoiceBank::take_over(std::size_t call, const VoiceBank& other, std::size_t theirs) noexcept {
  assert(call < calls_ && theirs < other.calls_);
  reset(call);
  detail::VoiceGroup& to = group_[call / detail::kVoiceLanes].lanes;
  const detail::VoiceGroup& from = other.group_[theirs / detail::kVoiceLanes].lanes;
  const std::size_t lane = call % detail::kVoiceLanes, their_lane = theirs % detail::kVoiceLanes;
  for (std::size_t row = 0; row < to.rows.size(); ++row) to.rows[row][lane] = from.rows[row][their_lane];
  for (std::size_t sample = 0; sample < to.line.size(); ++sample) to.line[sample][lane] = from.line[sample][their_lane];
  to.voiced[lane] = from.voiced[their_lane];
}

void VoiceBank::hear(std::size_t call, std::span<const std::int16_t> frame) noexcept {
  assert(call < calls_);
  Group& group = group_[call / detail::kVoiceLanes];
  const std::size_t lane = call % detail::kVoiceLanes;
  std::int16_t* to = &group.lanes.line[detail::kPastSamples][lane];
  detail::each_narrow_sample(frame, [to](std::size_t i, std::int16_t sample) { to[i * detail::kVoiceLanes] = sample; });
  group.heard |= 1U << lane;
}

void VoiceBank::run() noexcept {
  const auto judge = detail::voice_chosen().judge;
  for (std::size_t i = 0; i < groups_; ++i) {
    Group& group = group_[i];
    if (group.heard == 0) continue;
    for (std::size_t lane = 0; lane < detail::kVoiceLanes; ++lane) {
      if ((group.heard >> lane & 1U) != 0) continue;
      for (std::size_t n = detail::kPastSamples; n < detail::kLineSamples; ++n) group.lanes.line[n][lane] = 0;
    }
    judge(group.lanes);
    group.heard = 0;
  }
}

bool VoiceBank::voiced(std::size_t call) const noexcept {
  assert(call < calls_);
  return group_[call / detail::kVoiceLanes].lanes.voiced[call % detail::kVoiceLanes] != 0;
}

}  // namespace offhook::inline v0::media
