#include <offhook/media/port/audio_port.hpp>

#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <thread>

using namespace offhook;

namespace {

media::HeardFrame heard_frame(std::uint64_t tick, std::uint16_t samples) {
  media::HeardFrame frame;
  frame.tick = tick;
  frame.samples = samples;
  frame.speech = tick % 2 == 0;
  frame.level_dbov = static_cast<std::int16_t>(-static_cast<int>(tick % 100));
  for (std::size_t i = 0; i < std::min<std::size_t>(samples, frame.pcm.size()); ++i) frame.pcm[i] = static_cast<std::int16_t>(tick * 7 + i);
  return frame;
}

bool same_heard_frame(const media::HeardFrame& a, const media::HeardFrame& b) {
  const auto samples = std::min<std::size_t>(a.samples, a.pcm.size());
  return a.tick == b.tick && a.samples == b.samples && a.speech == b.speech && a.level_dbov == b.level_dbov &&
         std::equal(a.pcm.begin(), a.pcm.begin() + static_cast<std::ptrdiff_t>(samples), b.pcm.begin());
}

}  // namespace

TEST_CASE("FrameRing returns frames of any length as they were put in, and holds 64 frames") {
  const auto ring = std::make_unique<media::FrameRing<media::HeardFrame, 64>>();
  std::uint64_t put = 0, got = 0;
  const std::array<std::uint16_t, 8> lengths{0, 1, 159, 160, 161, 320, 480, 9000};  // The last length is more than a frame can have.
  for (int round = 0; round < 5; ++round) {
    while (ring->try_push(heard_frame(put, lengths[put % lengths.size()]))) ++put;
    CHECK(ring->size() == 64);
    media::HeardFrame frame;
    while (ring->try_pop(frame)) {
      CHECK(same_heard_frame(heard_frame(got, lengths[got % lengths.size()]), frame));
      ++got;
    }
    CHECK(got == put);
    CHECK(ring->size() == 0);
  }
}

TEST_CASE("FrameRing does not copy the samples beyond the length of a frame") {
  const auto ring = std::make_unique<media::FrameRing<media::HeardFrame, 4>>();
  auto frame = heard_frame(1, 170);
  frame.pcm[170] = 77;
  REQUIRE(ring->try_push(frame));
  media::HeardFrame taken;
  taken.pcm.fill(5);
  REQUIRE(ring->try_pop(taken));
  CHECK(taken.pcm[169] == frame.pcm[169]);
  CHECK(taken.pcm[170] == 5);
}

TEST_CASE("The application can fill a frame in its place in FrameRing. claim() returns the place that became free last") {
  const auto ring = std::make_unique<media::FrameRing<media::HeardFrame, 4>>();
  media::HeardFrame* const first = ring->claim();
  REQUIRE(first != nullptr);
  CHECK(ring->claim() == first);  // claim() returns the same place until publish().
  CHECK(ring->size() == 0);
  *first = heard_frame(1, 160);
  ring->publish();
  media::HeardFrame* const second = ring->claim();
  CHECK(second != first);
  *second = heard_frame(2, 160);
  ring->publish();
  media::HeardFrame taken;
  REQUIRE(ring->try_pop(taken));
  CHECK(same_heard_frame(taken, heard_frame(1, 160)));
  CHECK(ring->claim() == first);
  *first = heard_frame(3, 160);
  ring->publish();
  for (std::uint64_t tick = 4; tick <= 5; ++tick) REQUIRE(ring->try_push(heard_frame(tick, 160)));
  CHECK(ring->claim() == nullptr);
  CHECK_FALSE(ring->try_push(heard_frame(6, 160)));
  for (const std::uint64_t tick : {2U, 3U, 4U, 5U}) {
    REQUIRE(ring->try_pop(taken));
    CHECK(same_heard_frame(taken, heard_frame(tick, 160)));
  }
  CHECK_FALSE(ring->try_pop(taken));
}

TEST_CASE("FrameRing between two threads does not lose, double or tear a frame") {
  const auto ring = std::make_unique<media::FrameRing<media::HeardFrame, 8>>();
  const std::uint64_t frames = 50'000 / offhook_test::sample_step(4);  // All of them in `./dev test --full`.
  std::thread producer([&] {
    for (std::uint64_t tick = 0; tick < frames; ++tick) {
      const auto frame = heard_frame(tick, static_cast<std::uint16_t>(tick % 481));
      while (!ring->try_push(frame)) std::this_thread::yield();
    }
  });
  std::uint64_t wrong = 0;
  media::HeardFrame frame;
  for (std::uint64_t tick = 0; tick < frames; ++tick) {
    while (!ring->try_pop(frame)) std::this_thread::yield();
    if (!same_heard_frame(heard_frame(tick, static_cast<std::uint16_t>(tick % 481)), frame)) ++wrong;
  }
  producer.join();
  CHECK(wrong == 0);
}
