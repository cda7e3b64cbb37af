// A jitter buffer, an event receiver and a source policy driven by bytes: any packets at any time, ticks in between. Octets come
// in groups of eight: action, size, sequence, timestamp step (signed, in units of 40), time step, payload type, SSRC and source,
// digit.
#include <offhook/rtp/jitter_buffer.hpp>
#include <offhook/rtp/source_policy.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <array>
#include <cstdlib>
#include <memory>

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxSteps = 20'000;
  const auto buffer = std::make_unique<rtp::JitterBuffer>();
  rtp::SourcePolicy policy;
  policy.expect({base::IpAddress::v4({192, 0, 2, 0}), 4000}, {base::IpAddress::v4({192, 0, 2, 0}), 4001});
  rtp::EventReceiver events;
  base::TimePoint now = base::TimePoint{} + std::chrono::seconds(1);
  std::uint32_t timestamp = 0xFFFFF000;
  std::uint16_t sequence = 65000;
  std::uint64_t ticks = 0;
  std::array<std::uint8_t, rtp::kMaxPayloadOctets + 40> payload{};
  base::ByteReader reader({data, size});
  for (std::size_t step = 0; step < kMaxSteps && reader.remaining() >= 8; ++step) {
    const auto action = reader.u8();
    const auto length = std::size_t{reader.u8()} * 2;
    sequence = static_cast<std::uint16_t>(sequence + static_cast<std::int8_t>(reader.u8()));
    timestamp += static_cast<std::uint32_t>(static_cast<std::int8_t>(reader.u8()) * 40) * (action % 16 == 15 ? 10'000u : 1u);
    now += std::chrono::microseconds(reader.u8() * 500) * (action % 32 == 31 ? 100 : 1);
    const std::uint8_t type = reader.u8() & 0x7F, who = reader.u8(), digit = reader.u8();
    const base::SocketAddress from{base::IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(who >> 6)}), 4000};
    if (policy.on_rtp(from, who & 3, sequence, now) == rtp::SourcePolicy::Verdict::Accept && policy.locked() != from)
      std::abort();
    if (action % 4 != 0) {
      payload.fill(digit);
      (void)buffer->put({.payload_type = type, .sequence = sequence, .timestamp = timestamp, .ssrc = who & 3u,
                         .payload = std::span(payload).first(std::min(length, payload.size()))}, now);
    } else {
      const auto pull = buffer->pull(now, (digit & 1) != 0);
      ++ticks;
      if ((pull.kind == rtp::Pull::Kind::Frame) != (pull.payload.size() == static_cast<std::size_t>(rtp::kUnitsPerTick)))
        std::abort();
    }
    if (action == 0xF0) buffer->reset();
    events.on_packet(rtp::write_telephone_event({.event = static_cast<std::uint8_t>(digit % 20), .end = (who & 4) != 0,
                                                 .duration = static_cast<std::uint16_t>(length * 200)}), timestamp, now);
    for (int reported = 0; const auto heard = events.poll(); ++reported) {
      if (reported == 2 || !rtp::event_of(heard->digit)) std::abort();
    }
    if (!buffer->is_consistent()) std::abort();
  }
  const auto counts = buffer->statistics();
  if (counts.frames + counts.concealed + counts.silent + counts.inserted != ticks) std::abort();
  return 0;
}
