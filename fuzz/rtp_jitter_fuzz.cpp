// The input drives a jitter buffer and an event receiver with packets and ticks at any time. It consists of groups of eight octets: action,
// size, sequence step, timestamp step (signed, in units of 40), time step, payload type, SSRC and timing, digit. Bit 3 of the action says
// whether a full ring drops its oldest packet. Bits 3 to 5 of the timing say whether the payload is packed, and choose its duration and its
// clock. When the buffer requests it, the player stretches the waiting samples, by at most the digit. Payload type 13 is comfort noise, 14
// the last audio of a talk spurt, 15 a key.
#include <offhook/rtp/jitter/jitter_buffer.hpp>
#include <offhook/rtp/telephone_event.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

using namespace offhook;

namespace {

/// The decoded samples that wait to be played, and a count of the pulls.
struct Line {
  std::int64_t waiting = 0;
  std::uint64_t pulls = 0;

  void tick(rtp::JitterBuffer& buffer, base::TimePoint now, std::uint8_t most) {
    for (int in_tick = 0; waiting < rtp::kUnitsPerTick; ++in_tick) {
      const auto pull = buffer.pull(now, waiting);
      ++pulls;
      const bool is_frame = pull.kind == rtp::Pull::Kind::Frame;
      const bool plain = is_frame && !pull.packed;
      if (plain != (pull.payload.size() == static_cast<std::size_t>(rtp::kUnitsPerTick)) || in_tick == 8) std::abort();
      if (is_frame && pull.packed) look_at_pieces(buffer);
      if (pull.gap != 0 && (is_frame || pull.gap < pull.units)) std::abort();
      if (pull.gap > 0) sum_ += buffer.after_gap().payload.empty() ? 0u : buffer.after_gap().payload.back();
      if (pull.units <= 0 || pull.units > rtp::kUnitsPerTick || (is_frame && pull.units != rtp::kUnitsPerTick)) std::abort();
      if (!is_frame && pull.stretch != 0) std::abort();
      waiting += pull.units;
      const std::int64_t by = std::clamp<std::int64_t>(pull.stretch, -std::min<std::int64_t>(most, 120), std::min<std::int64_t>(most, 120));
      buffer.on_stretched(by);
      waiting += by;
    }
    waiting -= rtp::kUnitsPerTick;
  }

 private:
  /// Checks that the pieces cover the whole frame, and that each piece lies within its packet.
  void look_at_pieces(const rtp::JitterBuffer& buffer) {
    for (std::int64_t at = 0; at < rtp::kUnitsPerTick;) {
      const auto piece = buffer.piece(at);
      if (piece.units <= 0 || piece.from < 0 || piece.payload.empty() || at + piece.units > rtp::kUnitsPerTick) std::abort();
      if (piece.from + piece.units > rtp::kMaxPackedUnits) std::abort();
      sum_ += piece.payload.back();
      at += piece.units;
    }
  }
  unsigned sum_ = 0;  // reads every octet, so that asan checks it
};

rtp::PayloadTiming timing_of(std::uint8_t who) {
  constexpr std::array<rtp::PayloadTiming, 8> kTimings{{{}, {}, {}, {}, {1, 160}, {2, 320}, {6, 20}, {6, 960}}};
  return kTimings[who >> 3 & 7];
}

rtp::PacketContent content_of(std::uint8_t type) {
  using Content = rtp::PacketContent;
  if (type == 13) return Content::ComfortNoise;
  if (type == 14) return Content::LastAudio;
  return type == 15 ? Content::Key : Content::Audio;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxSteps = 20'000;
  const auto buffer = std::make_unique<rtp::JitterBuffer>();
  rtp::EventReceiver events;
  base::TimePoint now = base::TimePoint{} + std::chrono::seconds(1);
  std::uint32_t timestamp = 0xFFFFF000;
  std::uint16_t sequence = 65000;
  Line line;
  std::array<std::uint8_t, rtp::kMaxPackedOctets + 40> payload{};
  base::ByteReader reader({data, size});
  for (std::size_t step = 0; step < kMaxSteps && reader.remaining() >= 8; ++step) {
    const auto action = reader.u8();
    const auto length = std::size_t{reader.u8()} * 13;
    sequence = static_cast<std::uint16_t>(sequence + static_cast<std::int8_t>(reader.u8()));
    timestamp += static_cast<std::uint32_t>(static_cast<std::int8_t>(reader.u8()) * 40) * (action % 16 == 15 ? 10'000u : 1u);
    now += std::chrono::microseconds(reader.u8() * 500) * (action % 32 == 31 ? 100 : 1);
    const std::uint8_t type = reader.u8() & 0x7F, who = reader.u8(), digit = reader.u8();
    if (action % 4 != 0) {
      payload.fill(digit);
      const rtp::Packet packet{.payload_type = type, .sequence = sequence, .timestamp = timestamp, .ssrc = who & 3u,
                               .payload = std::span(payload).first(std::min(length, payload.size()))};
      const auto put = (action & 8) != 0 ? &rtp::JitterBuffer::put_or_push_out : &rtp::JitterBuffer::put;
      (void)((*buffer).*put)(packet, now, content_of(type), timing_of(who));
    } else {
      line.tick(*buffer, now, digit);
    }
    if (action == 0xF0) buffer->reset();
    if (action == 0xF2) buffer->set_profile(digit % 2 == 0 ? rtp::kCallProfile : rtp::kRecogniserProfile);
    if (action == 0xF1) buffer->hold_longer(digit * 8 - 200);
    events.on_packet(rtp::write_telephone_event({.event = static_cast<std::uint8_t>(digit % 20), .end = (who & 4) != 0,
                                                 .duration = static_cast<std::uint16_t>(length * 200)}), timestamp, now);
    for (int reported = 0; const auto heard = events.poll(); ++reported) {
      if (reported == 2 || !rtp::event_of(heard->digit)) std::abort();
    }
    if (!buffer->is_consistent()) std::abort();
  }
  const auto counts = buffer->statistics();
  if (counts.frames + counts.concealed + counts.silent != line.pulls) std::abort();
  return 0;
}
