#include <offhook/bench/jitter_log.hpp>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace offhook::bench {

namespace {

constexpr double kSettling = 3000;  // duration of the last part of a trace in ms, whose packets may still be in the buffer when the trace ends

}  // namespace

Arrivals::Arrivals(const JitterTrace& trace) : trace_(&trace), order_(trace.packets.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  const auto& packets = trace.packets;
  std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
    return packets[a].arrives_ms != packets[b].arrives_ms ? packets[a].arrives_ms < packets[b].arrives_ms : a < b;
  });
}

std::optional<std::size_t> Arrivals::next(double now_ms) {
  if (at_ == order_.size() || trace_->packets[order_[at_]].arrives_ms > now_ms) return std::nullopt;
  return order_[at_++];
}

std::int64_t ModelLine::stretch(std::int64_t wish, bool urgent) {
  constexpr std::int64_t kPeriod = 64, kShortest = 20, kLongest = 120;
  const std::int64_t tick = played_ / kPacketUnits;
  const bool quiet = tick / 50 % 3 == 2, unlike = tick % 5 == 0;
  std::int64_t size = std::min(std::abs(wish), kLongest);
  if (!quiet && urgent && size < kShortest) size = 0;
  if (!quiet && !urgent) size = size >= kPeriod && !unlike ? kPeriod : 0;
  const std::int64_t done = wish < 0 ? -size : size;
  waiting_ += done;
  return done;
}

void PlayingLog::frame(std::uint32_t timestamp, double at_ms) {
  const double delay = at_ms - trace_->sent_ms(timestamp) - trace_->least_ms;
  if (last_ && timestamp < *last_ + kPacketUnits) ++playing_.out_of_order;
  last_ = timestamp;
  ++playing_.frames;
  playing_.heard.push_back({at_ms, delay});
  const auto& packets = trace_->packets;
  const auto begins_before = [](std::uint32_t at, const TracePacket& packet) { return at < packet.timestamp; };
  const auto behind = std::upper_bound(packets.begin(), packets.end(), timestamp, begins_before);
  if (behind != packets.begin()) was_played_[static_cast<std::size_t>(behind - packets.begin()) - 1] = true;
  for (; next_packet_ < packets.size() && packets[next_packet_].timestamp <= timestamp; ++next_packet_) {
    const TracePacket& packet = packets[next_packet_];
    if (!packet.begins_talk) continue;
    if (packet.timestamp != timestamp) ++playing_.clipped;
    playing_.longest_start_ms = std::max(playing_.longest_start_ms, delay);
  }
}

/// Returns true if all audio that was sent so far has also been played.
bool PlayingLog::between_spurts() const {
  return next_packet_ < trace_->packets.size() && (!last_ || trace_->packets[next_packet_].comfort_noise);
}

void PlayingLog::concealed(std::int64_t units) {
  concealed_ += units;
  if (between_spurts()) playing_.concealed_in_silence += static_cast<std::size_t>(units);
}

void PlayingLog::silence(std::int64_t units) {
  if (!between_spurts()) concealed_ += units;
}

Playing PlayingLog::finish() {
  const auto heard = static_cast<std::int64_t>(playing_.frames) * kPacketUnits;
  if (heard == 0) return playing_;
  playing_.concealed_percent = 100.0 * static_cast<double>(concealed_) / static_cast<double>(heard + concealed_);
  for (const auto& each : playing_.heard) playing_.mean_delay_ms += each.delay_ms;
  playing_.mean_delay_ms /= static_cast<double>(playing_.frames);
  std::vector<double> delays;
  for (const auto& each : playing_.heard) delays.push_back(each.delay_ms);
  std::sort(delays.begin(), delays.end());
  playing_.late_delay_ms = delays[delays.size() * 99 / 100];
  for (std::size_t i = 0; i < was_played_.size(); ++i) {
    const TracePacket& packet = trace_->packets[i];
    if (!packet.comfort_noise && packet.arrives_ms < trace_->packets.back().sent_ms - kSettling && !was_played_[i]) ++playing_.unplayed;
  }
  return playing_;
}

}  // namespace offhook::bench
