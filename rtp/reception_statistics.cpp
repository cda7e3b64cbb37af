#include <offhook/rtp/reception_statistics.hpp>

#include <algorithm>
#include <cstdlib>

namespace offhook::inline v0::rtp {
namespace {

/// Converts a time to RTP units. The origin has no effect: only differences are used, and they wrap as the timestamp does.
std::uint32_t to_units(base::TimePoint at, std::uint32_t clock_hz) {
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
  constexpr std::int64_t kNano = 1'000'000'000;
  return static_cast<std::uint32_t>(nanoseconds / kNano * clock_hz + nanoseconds % kNano * clock_hz / kNano);
}

}  // namespace

void ReceptionStatistics::on_packet(std::uint32_t ssrc, std::uint16_t sequence, std::uint32_t timestamp,
                                    base::TimePoint arrival, bool in_time) {
  if (!count(ssrc, sequence, in_time)) return;
  update_spacing(sequence, timestamp);
  update_jitter(timestamp, arrival);
}

void ReceptionStatistics::on_other(std::uint32_t ssrc, std::uint16_t sequence) {
  if (ssrc_ == ssrc) static_cast<void>(count(ssrc, sequence, true));
}

/// Returns false if the packet does not count.
bool ReceptionStatistics::count(std::uint32_t ssrc, std::uint16_t sequence, bool in_time) {
  if (ssrc_ != ssrc) begin_source(ssrc);
  switch (sequence_.on_packet(sequence)) {
    case SequenceTracker::Verdict::Probation:
    case SequenceTracker::Verdict::Jump: return false;
    case SequenceTracker::Verdict::Restarted: begin_count(); break;
    case SequenceTracker::Verdict::Valid: break;
  }
  ++received_;
  losses_.on_packet(sequence, in_time);
  lost_ = lost_now();
  return true;
}

void ReceptionStatistics::begin_source(std::optional<std::uint32_t> ssrc) {
  begin_count();
  sequence_ = {};
  jitter_ = last_sr_ = 0;
  ssrc_ = ssrc;
}

void ReceptionStatistics::on_bye(std::uint32_t ssrc) {
  if (ssrc_ == ssrc) begin_source(std::nullopt);
}

void ReceptionStatistics::set_clock(std::uint32_t clock_hz) {
  if (clock_hz_ == clock_hz) return;
  jitter_ = static_cast<std::uint32_t>(std::uint64_t{jitter_} * clock_hz / clock_hz_);
  spacing_ = static_cast<std::uint32_t>(std::uint64_t{spacing_} * clock_hz / clock_hz_);
  clock_hz_ = clock_hz;
  transit_.reset();
  last_timestamp_.reset();
  last_sequence_.reset();
}

void ReceptionStatistics::begin_count() {
  lost_before_ += static_cast<std::uint64_t>(std::max<std::int64_t>(lost_, 0));
  received_before_ += received_;
  received_ = expected_prior_ = received_prior_ = 0;
  lost_ = 0;
  losses_.restart();
  transit_.reset();
  last_timestamp_.reset();
  last_sequence_.reset();
}

void ReceptionStatistics::update_spacing(std::uint16_t sequence, std::uint32_t timestamp) {
  if (last_sequence_ && sequence == static_cast<std::uint16_t>(*last_sequence_ + 1)) {
    const std::uint32_t distance = timestamp - timestamp_of_last_;
    if (distance > 0 && distance <= clock_hz_ / 4) spacing_ = distance;  // Excludes the packets of one event, and a pause between packets.
  }
  last_sequence_ = sequence;
  timestamp_of_last_ = timestamp;
}

void ReceptionStatistics::update_jitter(std::uint32_t timestamp, base::TimePoint arrival) {
  if (last_timestamp_ == timestamp) return;  // Packets of one telephone event have equal timestamps, and show no jitter.
  last_timestamp_ = timestamp;
  const std::uint32_t transit = to_units(arrival, clock_hz_) - timestamp;
  if (transit_) {
    const auto difference = static_cast<std::int32_t>(transit - *transit_);
    const std::uint32_t distance =
        difference < 0 ? 0u - static_cast<std::uint32_t>(difference) : static_cast<std::uint32_t>(difference);
    const std::uint32_t most = clock_hz_ * 10;  // A jump of the timestamp is not jitter. As jitter, it would take minutes to fade.
    if (distance < most) jitter_ += distance - ((jitter_ + 8) >> 4);
  }
  transit_ = transit;
}

void ReceptionStatistics::on_sender_report(const SenderReport& report, base::TimePoint arrival) {
  if (ssrc_ != report.ssrc) return;
  last_sr_ = report.ntp.middle();
  last_sr_at_ = arrival;
}

std::int64_t ReceptionStatistics::lost_now() const {
  return static_cast<std::int64_t>(sequence_.expected()) - static_cast<std::int64_t>(received_);
}

std::optional<ReportBlock> ReceptionStatistics::take_report(base::TimePoint now) {
  if (!ssrc_ || !sequence_.valid()) return std::nullopt;
  ReportBlock block;
  block.ssrc = *ssrc_;
  block.highest_sequence = sequence_.extended_highest();
  block.cumulative_lost = static_cast<std::int32_t>(std::clamp<std::int64_t>(lost_now(), -0x800000, 0x7FFFFF));
  const auto expected = static_cast<std::int64_t>(sequence_.expected() - expected_prior_);
  const std::int64_t lost = expected - static_cast<std::int64_t>(received_ - received_prior_);
  expected_prior_ = sequence_.expected();
  received_prior_ = received_;
  if (expected > 0 && lost > 0)
    block.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>((lost << 8) / expected, 255));
  block.jitter = jitter_ >> 4;
  if (last_sr_ != 0) {
    block.last_sr = last_sr_;
    const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now - last_sr_at_).count();
    block.delay_since_last_sr =
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(since, 0, 60'000'000'000) * 65536 / 1'000'000);
  }
  return block;
}

std::uint64_t ReceptionStatistics::lost() const {
  return lost_before_ + static_cast<std::uint64_t>(std::max<std::int64_t>(lost_now(), 0));
}

std::chrono::microseconds ReceptionStatistics::jitter() const {
  return std::chrono::microseconds(std::uint64_t{jitter_ >> 4} * 1'000'000 / clock_hz_);
}

std::chrono::microseconds ReceptionStatistics::packet_time() const {
  return std::chrono::microseconds(std::uint64_t{spacing_} * 1'000'000 / clock_hz_);
}

std::optional<std::chrono::microseconds> round_trip(const ReportBlock& block, NtpTime now) {
  if (block.last_sr == 0) return std::nullopt;
  constexpr std::uint32_t kMinute = 60u << 16;
  const std::uint32_t trip = now.middle() - block.last_sr - block.delay_since_last_sr;
  if (trip > kMinute) return std::nullopt;  // Negative results wrap to large values.
  return std::chrono::microseconds(std::uint64_t{trip} * 1'000'000 >> 16);
}

}  // namespace offhook::inline v0::rtp
