#include <offhook/media/engine/snapshot.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <thread>

using namespace offhook;

TEST_CASE("A reader of Snapshot gets a consistent value while another thread writes") {
  struct Many {
    std::array<std::uint64_t, 20> values{};
    std::uint8_t tail = 0;
  };
  media::Snapshot<Many> snapshot;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    Many many;
    for (std::uint64_t n = 1; !stop.load(std::memory_order_relaxed); ++n) {
      many.values.fill(n);
      many.tail = static_cast<std::uint8_t>(n);
      snapshot.write(many);
    }
  });
  std::uint64_t last = 0;
  bool whole = true, forward = true;
  for (int i = 0; i < 20000 || last == 0; ++i) {
    const auto many = snapshot.read();
    for (const auto value : many.values) whole = whole && value == many.values[0];
    whole = whole && many.tail == static_cast<std::uint8_t>(many.values[0]);
    forward = forward && many.values[0] >= last;
    last = many.values[0];
  }
  stop.store(true);
  writer.join();
  CHECK(whole);
  CHECK(forward);
}
