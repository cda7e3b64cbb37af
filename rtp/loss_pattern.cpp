#include <offhook/rtp/loss_pattern.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

double share(std::uint64_t part, std::uint64_t whole) noexcept {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double LossFigures::missing_percent() const noexcept { return 100.0 * share(lost + discarded, received + lost + discarded); }

void LossPattern::on_packet(std::uint16_t sequence, bool in_time) noexcept {
  if (open_ == 0) newest_ = static_cast<std::uint16_t>(sequence - 1);
  const auto ahead = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - newest_));
  if (ahead > 0) open_up(static_cast<std::uint32_t>(ahead));
  const std::uint32_t age = ahead > 0 ? 0U : static_cast<std::uint32_t>(-ahead);
  if (age >= open_) return;
  const std::uint64_t bit = std::uint64_t{1} << age;
  if ((came_ & bit) != 0) return;
  came_ |= bit;
  if (!in_time) late_ |= bit;
}

void LossPattern::open_up(std::uint32_t steps) noexcept {
  const std::uint32_t entering = std::min(steps, kOpenPackets);
  while (open_ > 0 && open_ + entering > kOpenPackets) settle_oldest();
  if (steps > kOpenPackets) settle_missing(steps - kOpenPackets, lost_);  // These numbers leave the window of open packets at once.
  came_ = entering < kOpenPackets ? came_ << entering : 0;
  late_ = entering < kOpenPackets ? late_ << entering : 0;
  open_ += entering;
  newest_ = static_cast<std::uint16_t>(newest_ + steps);
}

void LossPattern::restart() noexcept {
  while (open_ > 0) settle_oldest();
  came_ = late_ = 0;
}

void LossPattern::settle_oldest() noexcept {
  const std::uint64_t bit = std::uint64_t{1} << --open_;
  if ((came_ & bit) == 0) return settle_missing(1, lost_);
  if ((late_ & bit) != 0) return settle_missing(1, discarded_);
  ++received_;
  ++present_in_row_;
}

void LossPattern::settle_missing(std::uint32_t count, std::uint32_t& as) noexcept {
  if (present_in_row_ > 0 || settled() == 0) ++stretches_;
  if (run_missing_ > 0 && present_in_row_ < kGmin) {
    run_packets_ += present_in_row_ + count;
    run_missing_ += count;
  } else {
    close_run();
    run_packets_ = run_missing_ = count;
  }
  present_in_row_ = 0;
  as += count;
}

void LossPattern::close_run() noexcept {
  if (run_missing_ > 1) {  // A single missing packet has kGmin present packets on both sides, and therefore belongs to a gap.
    const std::uint32_t end = settled() - present_in_row_;
    if (bursts_++ == 0) first_burst_at_ = end - run_packets_;
    last_burst_end_ = end;
    burst_packets_ += run_packets_;
    burst_missing_ += run_missing_;
  }
  run_packets_ = run_missing_ = 0;
}

LossFigures LossPattern::figures() const noexcept {
  LossPattern all = *this;
  all.restart();
  all.close_run();
  LossFigures figures;
  figures.received = all.received_;
  figures.lost = all.lost_;
  figures.discarded = all.discarded_;
  figures.bursts = all.bursts_;
  const std::uint32_t packets = all.settled(), missing = all.lost_ + all.discarded_;
  if (all.bursts_ == 0) {
    figures.gaps = packets > 0 ? 1 : 0;
  } else {  // There is always a gap between two bursts, but not always before the first or after the last one.
    figures.gaps = all.bursts_ - 1U + (all.first_burst_at_ > 0 ? 1U : 0U) + (all.last_burst_end_ < packets ? 1U : 0U);
  }
  figures.burst_density = share(all.burst_missing_, all.burst_packets_);
  figures.gap_density = share(missing - all.burst_missing_, packets - all.burst_packets_);
  figures.burst_packets = share(all.burst_packets_, all.bursts_);
  figures.gap_packets = share(packets - all.burst_packets_, figures.gaps);
  // For random loss with rate p, the mean run is 1 / (1 - p).
  constexpr double kMostBurstRatio = 8;  // no listening tests of larger values are known
  if (missing > 0) figures.burst_ratio = std::clamp(share(missing, all.stretches_) * share(all.received_, packets), 1.0, kMostBurstRatio);
  return figures;
}

}  // namespace offhook::inline v0::rtp
