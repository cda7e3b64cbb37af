#include <offhook/tests/media/allocations.hpp>

#include <offhook/media/files/recording_tap.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <thread>
#include <vector>

using namespace offhook;

TEST_CASE("RecordingTap passes on both sides unchanged, and fills up a short or absent side with silence") {
  const auto tap = std::make_unique<media::RecordingTap>();
  const std::vector<std::int16_t> caller{1, 2, 3, 4}, agent{5, 6};
  tap->record(9, 8000, caller, agent);
  tap->record(10, 16000, {}, agent);
  tap->record(11, 16000, {}, {});
  media::RecordedFrame frame;
  REQUIRE(tap->try_take(frame));
  CHECK(frame.tick == 9);
  CHECK(frame.rate_hz == 8000);
  CHECK(std::vector(frame.caller().begin(), frame.caller().end()) == caller);
  CHECK(std::vector(frame.agent().begin(), frame.agent().end()) == std::vector<std::int16_t>{5, 6, 0, 0});
  REQUIRE(tap->try_take(frame));
  CHECK(std::vector(frame.caller().begin(), frame.caller().end()) == std::vector<std::int16_t>{0, 0});
  REQUIRE(tap->try_take(frame));
  CHECK(frame.samples == 0);
  CHECK_FALSE(tap->try_take(frame));
}

TEST_CASE("RecordingTap holds kFrames frames of up to kMaxFrameSamples samples, and drops and counts a further or longer frame") {
  const auto tap = std::make_unique<media::RecordingTap>();
  const std::vector<std::int16_t> pcm(160), most(media::kMaxFrameSamples), more(media::kMaxFrameSamples + 1);
  const auto before = offhook_test::allocations();
  for (std::size_t i = 0; i < media::RecordingTap::kFrames; ++i) tap->record(i, 8000, pcm, pcm);
  CHECK(tap->dropped() == 0);
  tap->record(100, 8000, pcm, pcm);
  CHECK(tap->dropped() == 1);
  media::RecordedFrame frame;
  REQUIRE(tap->try_take(frame));
  tap->record(101, 24000, most, most);
  CHECK(tap->dropped() == 1);
  REQUIRE(tap->try_take(frame));
  tap->record(102, 24000, more, most);
  CHECK(tap->dropped() == 2);
  CHECK(offhook_test::allocations() == before);
}

TEST_CASE("RecordingTap passes frames between two threads whole and in order. The frames that were taken and dropped add up to all frames") {
  const auto tap = std::make_unique<media::RecordingTap>();
  constexpr std::uint64_t kTicks = 20000;
  std::thread worker([&] {
    std::vector<std::int16_t> left(160), right(160);
    for (std::uint64_t tick = 0; tick < kTicks; ++tick) {
      std::fill(left.begin(), left.end(), static_cast<std::int16_t>(tick));
      std::fill(right.begin(), right.end(), static_cast<std::int16_t>(~tick));
      tap->record(tick, 8000, left, right);
      if (tick % 64 == 0) std::this_thread::yield();
    }
    tap->finish();
  });
  std::uint64_t taken = 0, torn = 0, next = 0;
  for (bool last = false; !last;) {
    last = tap->is_finished();
    media::RecordedFrame frame;
    while (tap->try_take(frame)) {
      ++taken;
      if (frame.tick < next) ++torn;
      next = frame.tick + 1;
      for (const auto sample : frame.caller()) torn += sample != static_cast<std::int16_t>(frame.tick) ? 1 : 0;
      for (const auto sample : frame.agent()) torn += sample != static_cast<std::int16_t>(~frame.tick) ? 1 : 0;
    }
  }
  worker.join();
  CHECK(torn == 0);
  CHECK(taken + tap->dropped() == kTicks);
}

TEST_CASE("While it is paused, RecordingTap records silence of the same length for both sides") {
  const auto tap = std::make_unique<media::RecordingTap>();
  const std::vector<std::int16_t> caller{1, 2, 3, 4}, agent{5, 6, 7, 8}, silence(4);
  media::RecordedFrame frame;
  for (const bool paused : {false, true, false}) {
    tap->pause(paused);
    CHECK(tap->is_paused() == paused);
    tap->record(1, 8000, caller, agent);
    REQUIRE(tap->try_take(frame));
    CHECK(frame.samples == 8);
    CHECK(std::vector(frame.caller().begin(), frame.caller().end()) == (paused ? silence : caller));
    CHECK(std::vector(frame.agent().begin(), frame.agent().end()) == (paused ? silence : agent));
  }
}

TEST_CASE("RecordingTap for one side never contains the audio of the other side") {
  using media::RecordedSides;
  const std::vector<std::int16_t> caller{1, 2}, agent{5, 6, 7}, silence(3);
  for (const auto sides : {RecordedSides::Both, RecordedSides::Caller, RecordedSides::Agent}) {
    const auto tap = std::make_unique<media::RecordingTap>(sides);
    tap->record(1, 8000, caller, agent);
    media::RecordedFrame frame;
    REQUIRE(tap->try_take(frame));
    CHECK(std::vector(frame.caller().begin(), frame.caller().end()) == (sides == RecordedSides::Agent ? silence : std::vector<std::int16_t>{1, 2, 0}));
    CHECK(std::vector(frame.agent().begin(), frame.agent().end()) == (sides == RecordedSides::Caller ? silence : agent));
  }
}

TEST_CASE("After finish(), RecordingTap accepts no frame and does not count it as dropped") {
  const auto tap = std::make_unique<media::RecordingTap>();
  const std::vector<std::int16_t> pcm(160);
  tap->record(1, 8000, pcm, pcm);
  tap->finish();
  for (std::uint64_t tick = 2; tick < 200; ++tick) tap->record(tick, 8000, pcm, pcm);
  media::RecordedFrame frame;
  CHECK(tap->try_take(frame));
  CHECK_FALSE(tap->try_take(frame));
  CHECK(tap->dropped() == 0);
}
