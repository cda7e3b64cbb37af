#include <offhook/media/detect/voice_bank.hpp>

#include <offhook/base/prefetch.hpp>
#include <offhook/media/detect/detail/voice_lanes.hpp>
#include <offhook/media/detect/detail/narrow_frame.hpp>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace offhook::inline v0::media {

struct VoiceBank::Group {
  detail::VoiceGroup lanes;
  std::array<std::span<const std::int16_t>, detail::kVoiceLanes> heard{};  // empty if no frame came
  std::array<std::span<const std::int16_t>, detail::kVoiceLanes> sent{};   // sent lines; empty if silence was sent
};

namespace {

using Column = detail::VoiceLine::value_type;
using Rows = std::array<const std::int16_t*, detail::kVoiceLanes>;
constexpr std::array<std::int16_t, detail::kLineSamples> kSilence{};

#if defined(__SSE2__)
static_assert(detail::kVoiceLanes == 8 && detail::kFrameSamples % 8 == 0 && detail::kLineSamples % 8 == 0);
/// Eight samples of each call. The rows are written out, because compilers do not keep arrays of loops in registers.
struct Block {
  __m128i row[8];
};

Block load(const Rows& rows, std::size_t from) noexcept {
  const auto row = [&](std::size_t lane) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[lane] + from)); };
  return {{row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7)}};
}

/// Three of these steps turn rows into columns: each step doubles the number of adjacent samples of a column.
Block interleave(const Block& from) noexcept {
  const __m128i* const a = from.row;
  return {{_mm_unpacklo_epi16(a[0], a[4]), _mm_unpackhi_epi16(a[0], a[4]), _mm_unpacklo_epi16(a[1], a[5]), _mm_unpackhi_epi16(a[1], a[5]),
           _mm_unpacklo_epi16(a[2], a[6]), _mm_unpackhi_epi16(a[2], a[6]), _mm_unpacklo_epi16(a[3], a[7]), _mm_unpackhi_epi16(a[3], a[7])}};
}

template <std::size_t... kColumn>
void store(const Block& columns, Column* line, std::index_sequence<kColumn...>) noexcept {
  (_mm_store_si128(reinterpret_cast<__m128i*>(line + kColumn), columns.row[kColumn]), ...);
}
#endif

/// Converts eight rows of samples to eight columns.
void lay_side_by_side(const Rows& rows, std::span<Column> line) noexcept {
#if defined(__SSE2__)
  for (std::size_t done = 0; done < line.size(); done += 8) {
    store(interleave(interleave(interleave(load(rows, done)))), line.data() + done, std::make_index_sequence<8>());
  }
#else
  for (std::size_t i = 0; i < line.size(); ++i) {
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
  group.heard[lane] = group.sent[lane] = {};
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

void VoiceBank::hear(std::size_t call, std::span<const std::int16_t> frame, std::span<const std::int16_t> sent) noexcept {
  assert(call < calls_ && (sent.empty() || sent.size() == detail::kLineSamples));
  Group& group = group_[call / detail::kVoiceLanes];
  const std::size_t lane = call % detail::kVoiceLanes;
  group.heard[lane] = frame.empty() ? std::span(kSilence).first(detail::kFrameSamples) : frame;
  group.sent[lane] = sent;
}

void VoiceBank::run() noexcept {
  const detail::VoiceKernels& kernels = detail::voice_chosen();
  for (std::size_t i = 0; i < groups_; ++i) {
    Group& group = group_[i];
    if (std::all_of(group.heard.begin(), group.heard.end(), [](auto frame) { return frame.empty(); })) continue;
    std::array<std::array<std::int16_t, detail::kFrameSamples>, detail::kVoiceLanes> narrow;
    Rows rows;
    for (std::size_t lane = 0; lane < detail::kVoiceLanes; ++lane) {
      const auto frame = group.heard[lane];
      rows[lane] = frame.size() == detail::kFrameSamples ? frame.data() : narrow[lane].data();
      if (rows[lane] == frame.data()) continue;
      detail::each_narrow_sample(frame, [&](std::size_t at, std::int16_t sample) { narrow[lane][at] = sample; });
    }
    lay_side_by_side(rows, std::span(group.lanes.line).subspan(detail::kPastSamples));
    kernels.judge(group.lanes);
    group.heard = {};
    measure_sent(group, kernels);
  }
}

void VoiceBank::measure_sent(Group& group, const detail::VoiceKernels& kernels) noexcept {
  detail::TwoSteps& powers = group.lanes.powers[1];
  const auto sent = std::exchange(group.sent, {});
  if (std::all_of(sent.begin(), sent.end(), [](auto line) { return line.empty(); })) {
    powers = {};
    return;
  }
  Rows rows;
  for (std::size_t lane = 0; lane < rows.size(); ++lane) rows[lane] = sent[lane].empty() ? kSilence.data() : sent[lane].data();
  alignas(32) detail::VoiceLine line;
  lay_side_by_side(rows, line);
  kernels.measure(line, powers);
}

void VoiceBank::prefetch(std::size_t call) const noexcept {
  constexpr std::size_t kOctetsPerLane = sizeof(Group) / detail::kVoiceLanes;
  base::prefetch(reinterpret_cast<const std::byte*>(&group_[call / detail::kVoiceLanes]) + call % detail::kVoiceLanes * kOctetsPerLane, kOctetsPerLane);
}

HeardVoice VoiceBank::found(std::size_t call) const noexcept {
  assert(call < calls_);
  const detail::VoiceGroup& lanes = group_[call / detail::kVoiceLanes].lanes;
  const std::size_t lane = call % detail::kVoiceLanes;
  return {lanes.voiced[lane] != 0, BandsOfCall(lanes.powers, lane)};
}

}  // namespace offhook::inline v0::media
