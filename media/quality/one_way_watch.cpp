#include <offhook/media/quality/one_way_watch.hpp>

#include <algorithm>

namespace offhook::inline v0::media {

void OneWayWatch::on_tick(const Tick& tick) noexcept {
  heard_ = heard_ || tick.audible;
  begun_ = begun_ || tick.came;
  if (tick.came || !tick.receiving) {
    without_packets_ = 0;
  } else if (tick.sending) {
    without_packets_ = std::min(without_packets_ + 1, kNothingTicks);
  }
  if (begun_ && tick.receiving && without_packets_ < kNothingTicks) with_packets_ = std::min(with_packets_ + 1, kSilentTicks);
  if (tick.sending) sent_ = std::min(sent_ + 1, kSentTicks);
  const OneWay state = now();
  ever_.nothing_comes |= state.nothing_comes;
  ever_.only_silence_comes |= state.only_silence_comes;
  ever_.peer_hears_nothing |= state.peer_hears_nothing;
}

void OneWayWatch::on_report(bool about_us, std::uint8_t fraction_lost) noexcept {
  constexpr std::uint8_t kAllLost = 255;  // fraction lost has eight bits, which cannot hold 256
  const bool deaf = !about_us || fraction_lost == kAllLost;
  if (deaf && sent_ < kSentTicks) return;
  sent_ = 0;
  deaf_reports_ = deaf ? std::min(deaf_reports_ + 1, kDeafReports) : 0;
}

OneWay OneWayWatch::now() const noexcept {
  return {without_packets_ >= kNothingTicks, !heard_ && with_packets_ >= kSilentTicks, deaf_reports_ >= kDeafReports};
}

}  // namespace offhook::inline v0::media
