// The input is telephone events in groups of six octets: the step of the timestamp (signed, in units of 80), the time since the last packet
// in units of 5 ms, and four octets of payload. The first two bits of the time's octet shorten the payload. The target also sends digits,
// and checks that the receiver reports them unchanged. It does both at the clock rates of all codecs. A last run uses packets with several
// events. The first octet of such a packet gives its size.
#include <offhook/rtp/telephone_event.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

using namespace offhook;

namespace {

void receive(base::Bytes bytes, std::uint32_t clock_hz) {
  rtp::EventReceiver receiver(clock_hz);
  base::ByteReader reader(bytes);
  base::TimePoint now = base::TimePoint{} + std::chrono::seconds(1);
  std::uint32_t timestamp = 0xFFFFFF00;
  std::uint64_t packets = 0, digits = 0;
  while (reader.remaining() >= 6) {
    timestamp += static_cast<std::uint32_t>(static_cast<std::int8_t>(reader.u8()) * 80);
    const std::uint8_t time = reader.u8();
    now += std::chrono::milliseconds((time & 0x3F) * 5);
    const auto payload = reader.take(4);
    receiver.on_packet(payload.first(static_cast<std::size_t>(4 - (time >> 6))), timestamp, now);
    ++packets;
    while (const auto digit = receiver.poll()) {
      if (!rtp::event_of(digit->digit)) std::abort();
      ++digits;
    }
  }
  receiver.reset();
  while (receiver.poll()) ++digits;
  if (digits > packets || receiver.dropped() != 0 || receiver.sounding()) std::abort();
}

void receive_packed(base::Bytes bytes) {
  rtp::EventReceiver receiver;
  base::ByteReader reader(bytes);
  base::TimePoint now = base::TimePoint{} + std::chrono::seconds(1);
  std::uint32_t timestamp = 0xFFFFFF00;
  while (reader.remaining() >= 2) {
    const std::uint8_t size = reader.u8();
    timestamp += reader.u8() * 160u;
    now += std::chrono::milliseconds(20);
    receiver.on_packet(reader.take(std::min<std::size_t>(size & 63, reader.remaining())), timestamp, now);
    std::size_t digits = 0;
    while (receiver.poll()) ++digits;
    if (digits > rtp::EventReceiver::kMaxReady || receiver.dropped() != 0) std::abort();
  }
}

void round_trip(base::Bytes bytes, std::uint32_t clock_hz) {
  rtp::EventSender sender(clock_hz);
  rtp::EventReceiver receiver(clock_hz);
  std::string sent, heard;
  for (const std::uint8_t octet : bytes.first(std::min<std::size_t>(bytes.size(), rtp::kMaxQueuedDigits))) {
    const auto digit = rtp::digit_of(octet & 15);
    if (!sender.queue(*digit, 20 + (octet >> 4) * 10u, 40)) std::abort();
    sent += *digit;
  }
  base::TimePoint now = base::TimePoint{} + std::chrono::seconds(1);
  for (std::uint32_t timestamp = 0; sender.busy(); timestamp += clock_hz / 50, now += std::chrono::milliseconds(20)) {
    if (const auto event = sender.tick(timestamp)) receiver.on_packet(event->payload, event->timestamp, now);
    while (const auto digit = receiver.poll()) heard += digit->digit;
  }
  if (heard != sent) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::uint32_t clock_hz : {8000u, 16000u, 48000u}) {
    receive({data, size}, clock_hz);
    round_trip({data, size}, clock_hz);
  }
  receive_packed({data, size});
  return 0;
}
