#include <offhook/media/voice_bank.hpp>

#include <offhook/media/detail/voice_lanes.hpp>
#include <offhook/media/detail/narrow_frame.hpp>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cassert>

namespace offhook::inline v0::media {

struct VoiceBank::Group {
  detail::VoiceGroup lanes;
  std::array<std::span<const std::int16_t>, detail::kVoiceLanes> heard{};  // empty: not at all
};

namespace {

constexpr std::array<std::int16_t, detail::kFrameSamples> kSilence{};

/// Eight rows of samples become as many columns, from `line` on.
void lay_side_by_side(const std::array<const std::int16_t*, detail::kVoiceLanes>& rows, std::array<std::int16_t, detail::kVoiceLanes>* line) noexcept {
#if defined(__SSE2__)
  static_assert(detail::kVoiceLanes == 8 && detail::kFrameSamples % 8 == 0);
  for (std::size_t done = 0; done < detail::kFrameSamples; done += 8) {
    __m128i a[8], b[8];
    for (std::size_t i = 0; i < 8; ++i) a[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[i] + done));
    for (std::size_t step = 0; step < 3; ++step) {  // Each doubles how much of a column lies together.
      for (std::size_t i = 0; i < 4; ++i) {
        b[2 * i] = _mm_unpacklo_epi16(a[i], a[i + 4]);
        b[2 * i + 1] = _mm_unpackhi_epi16(a[i], a[i + 4]);
      }
      std::copy(b, b + 8, a);
    }
    for (std::size_t i = 0; i < 8; ++i) _mm_store_si128(reinterpret_cast<__m128i*>(line + done + i), a[i]);
  }
#else
  for (std::size_t i = 0; i < detail::kFrameSamples; ++i) {
    for (std::size_t lane = 0; lane < detail::kVoiceLanes; ++lane) line[i][lane] = rows[lane][i];
  }
#endif
}

}  // namespace

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
  group.heard[lane] = {};
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
  group_[call / detail::kVoiceLanes].heard[call % detail::kVoiceLanes] = frame.empty() ? kSilence : frame;
}

void VoiceBank::run() noexcept {
  const auto judge = detail::voice_chosen().judge;
  for (std::size_t i = 0; i < groups_; ++i) {
    Group& group = group_[i];
    if (std::all_of(group.heard.begin(), group.heard.end(), [](auto frame) { return frame.empty(); })) continue;
    std::array<std::array<std::int16_t, detail::kFrameSamples>, detail::kVoiceLanes> narrow;
    std::array<const std::int16_t*, detail::kVoiceLanes> rows;
    for (std::size_t lane = 0; lane < detail::kVoiceLanes; ++lane) {
      const auto frame = group.heard[lane];
      rows[lane] = frame.size() == detail::kFrameSamples ? frame.data() : narrow[lane].data();
      if (rows[lane] == frame.data()) continue;
      detail::each_narrow_sample(frame, [&](std::size_t at, std::int16_t sample) { narrow[lane][at] = sample; });
    }
    lay_side_by_side(rows, &group.lanes.line[detail::kPastSamples]);
    judge(group.lanes);
    group.heard = {};
  }
}

bool VoiceBank::voiced(std::size_t call) const noexcept {
  assert(call < calls_);
  return group_[call / detail::kVoiceLanes].lanes.voiced[call % detail::kVoiceLanes] != 0;
}

}  // namespace offhook::inline v0::media
