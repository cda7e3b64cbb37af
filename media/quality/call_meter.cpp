#include <offhook/media/quality/call_meter.hpp>

namespace offhook::inline v0::media {

bool CallMeter::in_time(std::uint32_t timestamp, std::uint32_t clock_hz) const noexcept {
  if (!played_) return true;
  const auto far_back = -2 * static_cast<std::int32_t>(clock_hz);  // A timestamp that is this far back is a jump, not a late packet.
  const auto ahead = static_cast<std::int32_t>(timestamp - *played_);
  return ahead >= 0 || ahead < far_back;
}

void CallMeter::on_heard(const FrameMeasure& frame, bool voiced, bool genuine) noexcept {
  audible_ = genuine && frame.mean_square() > SoundMeter::kSilentSquare;
  if (genuine) heard_.on_frame(frame, voiced);
}

void CallMeter::end_tick(bool receiving, bool sending) noexcept {
  one_way_.on_tick({.receiving = receiving, .sending = sending, .came = came_, .audible = audible_});
  came_ = audible_ = false;
}

void CallMeter::fill(LegStatistics& statistics) const noexcept {
  statistics.heard = heard_;
  statistics.one_way = one_way_.now();
  statistics.one_way_ever = one_way_.ever();
  statistics.echo_return_loss_db = echo_return_loss_db_;
}

}  // namespace offhook::inline v0::media
