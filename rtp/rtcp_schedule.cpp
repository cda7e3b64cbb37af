#include <offhook/rtp/rtcp_schedule.hpp>

namespace offhook::inline v0::rtp {

RtcpSchedule::RtcpSchedule(std::uint64_t seed, base::TimePoint now) : random_(seed), due_(now + draw(kInterval / 2)) {}

void RtcpSchedule::on_sent(base::TimePoint now) { due_ = now + draw(kInterval); }

base::Duration RtcpSchedule::draw(base::Duration interval) {
  constexpr double kCompensation = 2.71828182845904523536 - 1.5;  // RFC 3550 section 6.3.1
  const double spread = 0.5 + static_cast<double>(random_.next_u32()) / 4294967296.0;
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(interval) * (spread / kCompensation));
}

}  // namespace offhook::inline v0::rtp
