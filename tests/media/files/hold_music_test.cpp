#include <offhook/media/dsp/level.hpp>
#include <offhook/media/files/hold_music.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace offhook;

TEST_CASE("The built-in hold music is quiet, has no silent half second, and does not click where it repeats") {
  const auto music = media::quiet_hold_music();
  CHECK(music.rate_hz == 16000);
  REQUIRE(music.pcm.size() == 16 * 16000);
  for (std::size_t at = 0; at < music.pcm.size(); at += 8000) {
    CAPTURE(at);
    const auto level = media::power_dbov(media::measure(std::span(music.pcm).subspan(at, 8000)).mean_square());
    CHECK(level > -45);
    CHECK(level < -28);
  }
  int steepest = 0;
  for (std::size_t i = 1; i < music.pcm.size(); ++i) steepest = std::max(steepest, std::abs(music.pcm[i] - music.pcm[i - 1]));
  CHECK(std::abs(music.pcm.front() - music.pcm.back()) <= steepest);
  CHECK(steepest < 1500);
}
