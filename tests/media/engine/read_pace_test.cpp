#include <offhook/media/engine/read_pace.hpp>

#include <doctest/doctest.h>

using offhook::media::ReadPace;

namespace {

/// Returns the number of reads of a socket in one tick. `waiting` datagrams wait there. They are the peer's audio if `taken` is true.
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

TEST_CASE("If one datagram comes in each tick, ReadPace reads the socket once per tick, and until it is empty in every eighth tick") {
  ReadPace pace;
  CHECK(asks(pace, 1) == 2);  // ReadPace does not know the pace of the call yet.
  int looks = 0;
  for (int tick = 0; tick < 80; ++tick) looks += asks(pace, 1) == 2;
  CHECK(looks == 10);
}

TEST_CASE("After a tick with no datagram or with several, ReadPace reads the socket until it is empty") {
  ReadPace pace;
  static_cast<void>(asks(pace, 1));
  CHECK(asks(pace, 1) == 1);
  CHECK(asks(pace, 0) == 1);  // This read found no datagram.
  CHECK(asks(pace, 3) == 4);
  CHECK(asks(pace, 2) == 3);
  CHECK(asks(pace, 1) == 2);
  CHECK(asks(pace, 1) == 1);
}

TEST_CASE("ReadPace does not count a datagram that is not the peer's audio, and reads the socket again in the same tick") {
  ReadPace pace;
  static_cast<void>(asks(pace, 1));
  CHECK(asks(pace, 5, false) == 6);
  CHECK(asks(pace, 1, true) == 2);
}

TEST_CASE("ReadPace reads at most kMost datagrams of a flood in a tick") {
  ReadPace pace;
  CHECK(asks(pace, ReadPace::kMost - 1) == ReadPace::kMost);
  CHECK(asks(pace, ReadPace::kMost) == ReadPace::kMost);
  CHECK(asks(pace, ReadPace::kMost + 1) == ReadPace::kMost);
  CHECK(asks(pace, 1000, false) == ReadPace::kMost);
}
