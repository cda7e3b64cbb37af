#include <offhook/media/engine/read_pace.hpp>

#include <doctest/doctest.h>

using offhook::media::ReadPace;

namespace {

/// Returns how often the socket is read in a tick with `waiting` datagrams, which are the peer's audio if `taken` is true.
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

TEST_CASE("A socket of a call in step is read once per tick, and until it is empty in every eighth tick") {
  ReadPace pace;
  CHECK(asks(pace, 1) == 2);  // The pace is not known yet.
  int looks = 0;
  for (int tick = 0; tick < 80; ++tick) looks += asks(pace, 1) == 2;
  CHECK(looks == 10);
}

TEST_CASE("After a tick with no datagram or several, the socket is read until it is empty") {
  ReadPace pace;
  static_cast<void>(asks(pace, 1));
  CHECK(asks(pace, 1) == 1);
  CHECK(asks(pace, 0) == 1);  // The one read found no datagram.
  CHECK(asks(pace, 3) == 4);
  CHECK(asks(pace, 2) == 3);
  CHECK(asks(pace, 1) == 2);
  CHECK(asks(pace, 1) == 1);
}

TEST_CASE("A datagram that is not the peer's does not count, and the socket is read again in the same tick") {
  ReadPace pace;
  static_cast<void>(asks(pace, 1));
  CHECK(asks(pace, 5, false) == 6);
  CHECK(asks(pace, 1, true) == 2);
}

TEST_CASE("At most kMost datagrams of a flood are read in a tick") {
  ReadPace pace;
  CHECK(asks(pace, ReadPace::kMost - 1) == ReadPace::kMost);
  CHECK(asks(pace, ReadPace::kMost) == ReadPace::kMost);
  CHECK(asks(pace, ReadPace::kMost + 1) == ReadPace::kMost);
  CHECK(asks(pace, 1000, false) == ReadPace::kMost);
}
