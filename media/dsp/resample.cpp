#include <offhook/media/dsp/resample.hpp>

#include <offhook/media/dsp/detail/polyphase.hpp>

#include <algorithm>

namespace offhook::inline v0::media {
namespace {

const detail::PolyphaseKernels& kernels() noexcept {
  static const detail::PolyphaseKernels& chosen = *detail::polyphase_kernels().back();
  return chosen;
}

}  // namespace

Resampler::Resampler(std::uint32_t from_hz, std::uint32_t to_hz)
    : from_hz_(from_hz), filter_(detail::filter_between(from_hz, to_hz)) {
  static_assert(kMaxInput == detail::PolyphaseFilter::kMaxInput && kMaxHistory == detail::PolyphaseFilter::kMaxPast);
  if (filter_ == nullptr) return;
  up_ = filter_->up;
  down_ = filter_->down;
}

std::uint32_t Resampler::latency_us() const noexcept {
  if (filter_ == nullptr) return 0;
  return static_cast<std::uint32_t>(filter_->delay * 1'000'000 / (from_hz_ * up_));
}

std::size_t Resampler::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) noexcept {
  if (in.empty() || in.size() > kMaxInput || in.size() % down_ != 0 || out.size() < output_size(in.size())) return 0;
  if (filter_ == nullptr) {
    std::copy(in.begin(), in.end(), out.begin());
    return in.size();
  }
  detail::PolyphaseFilter::Rows rows;  // earlier samples before the present ones, and zeros after them
  const std::size_t past = filter_->past, blocks = in.size() / down_, row = filter_->row;
  kernels().split(history_.data(), past, down_, rows.data(), row);
  kernels().split(in.data(), blocks, down_, rows.data() + past, row);
  for (std::size_t r = 0; r < down_; ++r)
    std::fill_n(rows.data() + r * row + past + blocks, detail::PolyphaseFilter::kSpare, std::int16_t{0});
  kernels().filter(*filter_, rows.data(), blocks, out.data());
  remember(in, past * down_);
  return output_size(in.size());
}

void Resampler::remember(std::span<const std::int16_t> in, std::size_t samples) noexcept {
  const std::size_t kept = samples - std::min(samples, in.size());
  std::copy_n(history_.begin() + static_cast<std::ptrdiff_t>(samples - kept), kept, history_.begin());
  const auto fresh = in.last(samples - kept);
  std::copy(fresh.begin(), fresh.end(), history_.begin() + static_cast<std::ptrdiff_t>(kept));
}

}  // namespace offhook::inline v0::media
