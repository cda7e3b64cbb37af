#include <offhook/media/receive/time_stretch.hpp>

#include <offhook/media/dsp/likeness.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace offhook::inline v0::media {
namespace {

constexpr std::size_t kMaxRate = 48000;
constexpr std::size_t kStretchCoarseRate = 4000;  // enough for the pitch and the lower formants, which the first search needs
constexpr std::size_t kCoarseNeighbours = 2 * kStretchCoarseRate / TimeStretch::kNeighbourhoodHz;
constexpr std::size_t kStretchCoarseLongest = kStretchCoarseRate / TimeStretch::kLargestJumpHz;
constexpr std::size_t kMaxNeighbours = 2 * kMaxRate / TimeStretch::kNeighbourhoodHz;
constexpr std::size_t kStretchMaxNear = 2 * kMaxRate / kStretchCoarseRate;  // number of sizes that a coarse match leaves open

std::int16_t faded(std::int16_t from, std::int16_t to, std::size_t step, std::size_t steps) {
  const auto share = static_cast<int>(step + 1), whole = static_cast<int>(steps + 1);
  return static_cast<std::int16_t>((from * (whole - share) + to * share) / whole);
}

}  // namespace

TimeStretch::TimeStretch(std::uint32_t rate_hz)
    : rate_(rate_hz == 16000 || rate_hz == 24000 || rate_hz == 48000 ? rate_hz : 8000), neighbourhood_(rate_ / kNeighbourhoodHz),
      shortest_(rate_ / kLeastJumpHz), longest_(rate_ / kLargestJumpHz),
      line_(longest_ + neighbourhood_ + rate_ * kMaxWaitingMs / 1000) {
  reset();
}

void TimeStretch::reset() noexcept {
  std::fill(line_.begin(), line_.end(), std::int16_t{0});
  at_ = end_ = longest_ + neighbourhood_;
  heard_ = 0;
}

/// Removes samples from the line that were played too long ago for any jump. Runs only when the line has no space.
void TimeStretch::make_room() noexcept {
  const std::size_t keep = longest_ + neighbourhood_;
  if (at_ <= keep) return;  // After jumps back, the line has no such samples.
  std::copy(line_.begin() + static_cast<std::ptrdiff_t>(at_ - keep), line_.begin() + static_cast<std::ptrdiff_t>(end_), line_.begin());
  end_ -= at_ - keep;
  at_ = keep;
}

void TimeStretch::push(std::span<const std::int16_t> pcm) noexcept {
  if (pcm.size() > line_.size() - end_) make_room();  // Several jumps forward in one tick leave space at the start and none at the end.
  const std::size_t count = std::min(pcm.size(), line_.size() - end_);
  std::copy_n(pcm.begin(), count, line_.begin() + static_cast<std::ptrdiff_t>(end_));
  end_ += count;
}

bool TimeStretch::is_quiet() const noexcept {
  const std::size_t begin = at_ - std::min({at_, heard_, longest_ + neighbourhood_});  // after jumps back, fewer samples than heard_ are before at_
  std::int64_t energy = 0;
  for (const std::int16_t sample : std::span(line_).subspan(begin, end_ - begin)) energy += sample * sample;
  return energy <= static_cast<std::int64_t>(kQuietLevel) * kQuietLevel * static_cast<std::int64_t>(end_ - begin);
}

/// Returns the best match at kStretchCoarseRate, with its size in samples of the line.
TimeStretch::Match TimeStretch::look_coarsely(std::size_t longest, int direction) const noexcept {
  const std::size_t step = rate_ / kStretchCoarseRate, reach = longest / step;
  std::array<float, kCoarseNeighbours + kStretchCoarseLongest> around;
  const std::size_t begin = at_ - neighbourhood_ - (direction < 0 ? reach * step : 0);
  thin_out(&line_[begin], step, std::span(around).first(kCoarseNeighbours + reach));
  const float* const here = around.data() + (direction < 0 ? reach : 0);
  Match best;
  for (std::size_t size = shortest_ / step; size <= reach; ++size) {
    const float value = likeness(here, here + direction * static_cast<std::ptrdiff_t>(size), kCoarseNeighbours);
    if (value > best.likeness) best = {size * step, value};
  }
  return best;
}

/// Returns the best match of the sizes from `first` to `last`, at the full rate.
TimeStretch::Match TimeStretch::look_closely(std::size_t first, std::size_t last, int direction) const noexcept {
  std::array<float, kMaxNeighbours> here;
  std::array<float, kMaxNeighbours + kStretchMaxNear> there;
  const std::size_t count = 2 * neighbourhood_, begin = at_ - neighbourhood_;
  load_samples(&line_[begin], count, here.data());
  const std::size_t there_begin = direction < 0 ? begin - last : begin + first;
  for (std::size_t i = 0; i < count + last - first; ++i) there[i] = line_[there_begin + i];
  Match best;
  for (std::size_t size = first; size <= last; ++size) {
    const float value = likeness(here.data(), &there[direction < 0 ? last - size : size - first], count);
    if (value > best.likeness) best = {size, value};
  }
  return best;
}

/// Returns the jump between the most similar places. Returns 0 if no places are similar enough.
std::ptrdiff_t TimeStretch::find_jump(std::size_t longest, int direction, float alike) const noexcept {
  const Match coarse = look_coarsely(longest, direction);
  if (coarse.size == 0) return 0;
  const std::size_t near = rate_ / kStretchCoarseRate;
  const Match found = look_closely(std::max(shortest_, coarse.size - near), std::min(longest, coarse.size + near), direction);
  return found.likeness >= alike ? direction * static_cast<std::ptrdiff_t>(found.size) : 0;
}

void TimeStretch::jump(std::ptrdiff_t by) noexcept {
  const auto to = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at_) + by);
  const std::size_t fade = std::min({static_cast<std::size_t>(std::abs(by)), end_ - std::max(at_, to), rate_ / 100});
  // In place: no jump is shorter than its fade. Therefore the sample at at_ + i was not overwritten yet.
  for (std::size_t i = 0; i < fade; ++i) line_[to + i] = faded(line_[at_ + i], line_[to + i], i, fade);
  at_ = to;
}

int TimeStretch::stretch(int wish, bool rough) noexcept {
  if (waiting() < rate_ / 50 || wish == 0) return 0;
  const int direction = wish < 0 ? 1 : -1;  // to shorten, jump forward
  auto most = std::min(static_cast<std::size_t>(std::abs(wish)), longest_);
  most = std::min(most, (direction > 0 ? waiting() : at_) - neighbourhood_);
  if (direction < 0 && heard_ < most + neighbourhood_) return 0;
  std::ptrdiff_t by = direction * static_cast<std::ptrdiff_t>(most);
  if (!is_quiet()) by = most < shortest_ ? 0 : find_jump(most, direction, rough ? kRoughlyAlike : kAlike);
  if (by != 0) jump(by);
  return static_cast<int>(-by);
}

void TimeStretch::take(std::span<std::int16_t> out) noexcept {
  const std::size_t count = std::min(out.size(), waiting());
  std::copy_n(line_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), std::int16_t{0});
  at_ += count;
  heard_ = std::min(heard_ + count, line_.size());
}

}  // namespace offhook::inline v0::media
