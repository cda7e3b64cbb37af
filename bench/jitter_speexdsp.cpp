#include <offhook/bench/jitter_log.hpp>

#include <speex/speex_jitter.h>

#include <array>
#include <memory>

namespace offhook::bench {

Playing play_by_speexdsp(const JitterTrace& trace, double phase_ms) {
  const std::unique_ptr<JitterBuffer, void (*)(JitterBuffer*)> buffer(jitter_buffer_init(static_cast<int>(kPacketUnits)),
                                                                      jitter_buffer_destroy);
  std::array<char, kPacketUnits> in{}, out{};
  PlayingLog log(trace);
  Arrivals arrivals(trace);
  for (double now = phase_ms; now < trace.packets.back().sent_ms; now += 20) {
    while (const auto number = arrivals.next(now)) {
      JitterBufferPacket packet{in.data(), kPacketUnits, trace.packets[*number].timestamp, kPacketUnits,
                                static_cast<spx_uint16_t>(*number), 0};
      if (!trace.packets[*number].comfort_noise) jitter_buffer_put(buffer.get(), &packet);
    }
    JitterBufferPacket played{out.data(), kPacketUnits, 0, 0, 0, 0};
    spx_int32_t offset = 0;
    if (jitter_buffer_get(buffer.get(), &played, kPacketUnits, &offset) == JITTER_BUFFER_OK) {
      log.frame(played.timestamp, now);
    } else {
      log.silence(kPacketUnits);
    }
    jitter_buffer_tick(buffer.get());
  }
  return log.finish();
}

}  // namespace offhook::bench
