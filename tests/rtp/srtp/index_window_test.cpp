#include <offhook/rtp/srtp/index_window.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace offhook;

namespace {

rtp::IndexWindow window_at(std::uint64_t index) {
  rtp::IndexWindow window;
  window.accept(index);
  return window;
}

}  // namespace

TEST_CASE("IndexWindow extends a sequence number by the nearest roll-over [RFC 3711 section 3.3.1]") {
  struct Row { std::uint64_t highest; std::uint16_t sequence; std::uint64_t index; };
  for (const Row& row : {Row{0, 1, 1}, Row{65535, 0, 65536}, Row{65535, 65534, 65534}, Row{65536, 65535, 65535}, Row{65536 + 100, 40000, 40000},
                         Row{100, 40000, 40000}, Row{40000, 100, 65536 + 100}, Row{2 * 65536 + 40000, 39000, 2 * 65536 + 39000},
                         Row{65536 + 32767, 65535, 65536 + 65535}, Row{65536, 32768, 65536 + 32768}, Row{65536, 32769, 32769},
                         Row{32768, 0, 0}, Row{32769, 0, 65536}, Row{(std::uint64_t{1} << 48) - 1, 0, std::uint64_t{1} << 48}}) {
    CAPTURE(row.highest);
    CAPTURE(row.sequence);
    CHECK(window_at(row.highest).index_of(row.sequence) == row.index);
  }
  CHECK(rtp::IndexWindow().index_of(65535) == 65535);
}

TEST_CASE("IndexWindow remembers each of the newest 128 indexes, and refuses older indexes [RFC 3711 section 3.3.2]") {
  rtp::IndexWindow window;
  for (std::uint64_t index = 1000; index < 1400; index += 2) {
    CHECK(window.is_new(index));
    window.accept(index);
    CHECK_FALSE(window.is_new(index));
  }
  constexpr std::uint64_t kHighest = 1398;
  for (std::uint64_t index = kHighest - 127; index <= kHighest; ++index) CHECK(window.is_new(index) == (index % 2 == 1));
  CHECK_FALSE(window.is_new(kHighest - 128));
  CHECK_FALSE(window.is_new(kHighest - 129));
  window.accept(kHighest - 127);
  CHECK_FALSE(window.is_new(kHighest - 127));
}

TEST_CASE("After a jump of any size, IndexWindow forgets the indexes that are older than its size") {
  for (const std::uint64_t jump : {1U, 63U, 64U, 65U, 127U, 128U, 129U, 70000U}) {
    CAPTURE(jump);
    rtp::IndexWindow window = window_at(500);
    window.accept(499);
    window.accept(500 + jump);
    CHECK_FALSE(window.is_new(500 + jump));
    CHECK_FALSE(window.is_new(500));
    CHECK_FALSE(window.is_new(499));
    CHECK(window.is_new(498) == (jump + 2 < 128));
  }
}
