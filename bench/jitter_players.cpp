#include <offhook/bench/jitter_players.hpp>

#include <offhook/bench/jitter_log.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace offhook::bench {

namespace {

base::TimePoint time_at(double ms) {
  return base::TimePoint{} + std::chrono::hours(1) + std::chrono::microseconds(static_cast<std::int64_t>(ms * 1000));
}

void put(rtp::JitterBuffer& buffer, const TracePacket& packet, std::size_t number) {
  static constexpr std::array<std::uint8_t, kPacketUnits> kOctets{};
  rtp::Packet made;
  made.sequence = static_cast<std::uint16_t>(number);
  made.timestamp = packet.timestamp;
  made.ssrc = 1;
  made.payload = base::Bytes(kOctets).first(packet.comfort_noise ? 1 : kPacketUnits);
  const auto content = packet.comfort_noise ? rtp::PacketContent::ComfortNoise : rtp::PacketContent::Audio;
  static_cast<void>(buffer.put(made, time_at(packet.arrives_ms), content));
}

void play_tick(rtp::JitterBuffer& buffer, ModelLine& line, double now_ms, PlayingLog& log) {
  while (line.waiting() < rtp::kUnitsPerTick) {
    const auto pull = buffer.pull(time_at(now_ms), line.waiting());
    switch (pull.kind) {
      case rtp::Pull::Kind::Frame: {
        log.frame(pull.timestamp, now_ms + static_cast<double>(line.waiting()) / 8);
        line.add(pull.units);
        const std::int64_t done = line.stretch(pull.stretch, pull.urgent);
        buffer.on_stretched(done);
        break;
      }
      case rtp::Pull::Kind::Conceal:
        log.concealed(pull.units);
        line.add(pull.units);
        break;
      case rtp::Pull::Kind::Silence:
        log.silence(pull.units);
        line.add(pull.units);
        break;
    }
  }
  line.play(rtp::kUnitsPerTick);
}

}  // namespace

Playing play(const JitterTrace& trace, rtp::DelayProfile profile, double phase_ms) {
  const auto buffer = std::make_unique<rtp::JitterBuffer>(profile);
  ModelLine line;
  PlayingLog log(trace);
  Arrivals arrivals(trace);
  for (double now = phase_ms; now < trace.packets.back().sent_ms; now += 20) {
    while (const auto number = arrivals.next(now)) put(*buffer, trace.packets[*number], *number);
    play_tick(*buffer, line, now, log);
  }
  auto playing = log.finish();
  playing.counts = buffer->statistics();
  playing.stretched_percent =
      100.0 * static_cast<double>(playing.counts.inserted_samples_for_deceleration + playing.counts.removed_samples_for_acceleration) /
      static_cast<double>(playing.frames * kPacketUnits);
  return playing;
}

}  // namespace offhook::bench
