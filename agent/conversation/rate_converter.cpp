#include <offhook/agent/conversation/rate_converter.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

RateConverter::RateConverter(std::uint32_t from_hz, std::uint32_t to_hz) : from_hz_(from_hz) {
  if (from_hz != to_hz) resampler_.emplace(from_hz, to_hz);
}

void RateConverter::process(std::span<const std::int16_t> pcm, std::vector<std::int16_t>& out) {
  if (!resampler_) {
    out.insert(out.end(), pcm.begin(), pcm.end());
    return;
  }
  const std::size_t quantum = resampler_->in_quantum();
  if (!waiting_.empty()) {
    const std::size_t missing = std::min(quantum - waiting_.size(), pcm.size());
    waiting_.insert(waiting_.end(), pcm.begin(), pcm.begin() + static_cast<std::ptrdiff_t>(missing));
    pcm = pcm.subspan(missing);
    if (waiting_.size() < quantum) return;
    convert(waiting_, out);
    waiting_.clear();
  }
  const std::size_t whole = pcm.size() - pcm.size() % quantum;
  convert(pcm.first(whole), out);
  waiting_.assign(pcm.begin() + static_cast<std::ptrdiff_t>(whole), pcm.end());
}

void RateConverter::finish(std::vector<std::int16_t>& out) {
  if (!resampler_ || waiting_.empty()) return;
  waiting_.resize(resampler_->in_quantum());
  convert(waiting_, out);
  waiting_.clear();
}

void RateConverter::convert(std::span<const std::int16_t> whole, std::vector<std::int16_t>& out) {
  const std::size_t quantum = resampler_->in_quantum();
  const std::size_t block = media::Resampler::kMaxInput - media::Resampler::kMaxInput % quantum;
  while (!whole.empty()) {
    const auto piece = whole.first(std::min(block, whole.size()));
    const std::size_t before = out.size();
    out.resize(before + resampler_->output_size(piece.size()));
    resampler_->process(piece, std::span(out).subspan(before));
    whole = whole.subspan(piece.size());
  }
}

}  // namespace offhook::inline v0::agent
