#include <offhook/media/engine/read_pace.hpp>

#include <doctest/doctest.h>

using offhook::media::ReadPace;

namespace {

/// How often the socket is asked in a tick in which `waiting` datagrams are there, `taken` of the peer.
int asks(ReadPace& pace, int waiting, bool taken = true) {
  int asked = 0;
  for (pace.begin_tick(); pace.wants_more();) {
    ++asked;
    if (waiting-- == 0) break;
    pace.on_datagram(taken);
  }
  return asked;
}

}  // namespace

TEST_CASE("A socket is asked once in each tick of a call in step, and until nothing is left in every eighth") {
  ReadPace pace;
  CHECK(asks(pace, 1) == 2);  // Nothing is known yet.
  int looks = 0;
  for (int tick = 0; tick < 80; ++tick) looks += asks(pace, 1) == 2;
  CHECK(looks == 10);
}

TEST_CASE("After a tick with none or several the socket is asked until nothing is left") {
  ReadPace pace;
  static_cast<void>(asks(pace, 1));
  CHECK(asks(pace, 1) == 1);
  CHECK(asks(pace, 0) == 1);  // It was asked, and there was none.
  CHECK(asks(pace, 3) == 4);
  CHECK(asks(pace, 2) == 3);
  CHECK(asks(pace, 1) == 2);
  CHECK(asks(pace, 1) == 1);
}

TEST_CASE("What is not the peer's does not stand for it: the socket is asked on in the same tick") {
  ReadPace pace;
  static_cast<void>(asks(pace, 1));
  CHECK(asks(pace, 5, false) == 6);
  CHECK(asks(pace, 1, true) == 2);
}

TEST_CASE("Of a flood no more is read in a tick than its bound") {
  ReadPace pace;
  CHECK(asks(pace, ReadPace::kMost - 1) == ReadPace::kMost);
  CHECK(asks(pace, ReadPace::kMost) == ReadPace::kMost);
  CHECK(asks(pace, ReadPace::kMost + 1) == ReadPace::kMost);
  CHECK(asks(pace, 1000, false) == ReadPace::kMost);
}
