#include <offhook/rtp/jitter/stream_timeline.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace offhook;
using Check = rtp::StreamTimeline::Check;

namespace {

/// A packet of 20 ms that came at `arrival_ms`.
rtp::ArrivedPacket timed(std::uint16_t sequence, std::uint32_t timestamp, std::int64_t arrival_ms, std::uint32_t ssrc = 1, std::uint8_t clock = 1) {
  return {.arrival = arrival_ms * 8, .timestamp = timestamp, .ssrc = ssrc, .sequence = sequence, .size = 160, .units = 0, .payload_type = 0,
          .content = 0, .clock = static_cast<std::uint8_t>(clock & 0xFU)};
}

struct PlacedStream {
  rtp::StreamTimeline timeline;

  Check take(const rtp::ArrivedPacket& arrived) {
    const auto check = timeline.check(arrived);
    if (check == Check::Suspect) return check;
    if (check == Check::Starts) timeline.begin(arrived);
    static_cast<void>(timeline.place(arrived, 160));
    return check;
  }
};

}  // namespace

TEST_CASE("StreamTimeline starts a new stream at a packet with another SSRC, and at a packet with another clock rate") {
  PlacedStream stream;
  CHECK_FALSE(stream.timeline.has_stream());
  CHECK(stream.take(timed(1, 0, 0)) == Check::Starts);
  CHECK(stream.take(timed(2, 160, 20)) == Check::Continues);
  CHECK(stream.take(timed(3, 320, 40, 2)) == Check::Starts);
  CHECK(stream.take(timed(4, 480, 60, 2, 6)) == Check::Starts);
  CHECK(stream.timeline.has_stream());
}

TEST_CASE("StreamTimeline suspects a jump of the timestamp until the next packet in sequence confirms it [RFC 3550 appendix A.1]") {
  PlacedStream stream;
  stream.take(timed(1, 0, 0));
  stream.take(timed(2, 160, 20));
  CHECK(stream.take(timed(3, 900'000, 40)) == Check::Suspect);
  CHECK(stream.take(timed(4, 480, 60)) == Check::Continues);  // This packet does not confirm the jump.
  CHECK(stream.take(timed(5, 900'000, 80)) == Check::Suspect);
  CHECK(stream.take(timed(6, 900'160, 100)) == Check::Starts);
}

TEST_CASE("StreamTimeline accepts a packet that arrives very late if its timestamp advanced in step with its sequence number") {
  PlacedStream stream;
  stream.take(timed(1, 0, 0));
  CHECK(stream.take(timed(2, 160, 5000)) == Check::Continues);
}

TEST_CASE("StreamTimeline reports that a packet was overtaken, and places a key event only within an existing stream") {
  PlacedStream stream;
  CHECK_FALSE(stream.timeline.place_of_key(timed(1, 0, 0)).has_value());
  stream.take(timed(1, 0, 0));
  stream.take(timed(3, 320, 40));
  const auto late = timed(2, 160, 45);
  REQUIRE(stream.timeline.check(late) == Check::Continues);
  const auto place = stream.timeline.place(late, 160);
  CHECK(place.overtaken);
  const auto key = stream.timeline.place_of_key(timed(4, 480, 60));
  REQUIRE(key.has_value());
  CHECK(key->begin == place.begin + 320);
  CHECK_FALSE(stream.timeline.place_of_key(timed(4, 480, 60, 9)).has_value());
}
