#include <offhook/agent/demo/line_playout.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace offhook;
using agent::demo::LinePlayout;

TEST_CASE("LinePlayout divides a line into frames of 20 ms, marks the last frame, and fills the end of that frame with silence") {
  const auto port = std::make_shared<media::AudioPort>();
  LinePlayout playout;
  CHECK(playout.utterance() == 0);
  const std::vector<std::int16_t> line(2 * 320 + 5, 7);
  playout.begin();
  playout.pump(line, *port);
  playout.pump(line, *port);
  std::vector<media::PlayoutFrame> frames;
  for (media::PlayoutFrame frame; port->playout.try_pop(frame);) frames.push_back(frame);
  REQUIRE(frames.size() == 3);
  for (const auto& frame : frames) CHECK(frame.utterance == 1);
  CHECK_FALSE(frames[1].last);
  CHECK(frames[2].last);
  CHECK(frames[2].pcm[4] == 7);
  CHECK(frames[2].pcm[5] == 0);
}

TEST_CASE("If the ring is full, LinePlayout later continues the line where it stopped. The next line begins at its start") {
  const auto port = std::make_shared<media::AudioPort>();
  LinePlayout playout;
  const std::vector<std::int16_t> line(320 * 1000, 7);
  playout.begin();
  std::size_t frames = 0;
  bool is_last = false;
  while (!is_last) {
    playout.pump(line, *port);
    media::PlayoutFrame frame;
    REQUIRE(port->playout.try_pop(frame));
    is_last = frame.last;
    ++frames;
  }
  CHECK(frames == 1000);
  playout.begin();
  playout.pump(line, *port);
  media::PlayoutFrame frame;
  REQUIRE(port->playout.try_pop(frame));
  CHECK(frame.utterance == 2);
}
