#include <offhook/media/engine/paced_queue.hpp>

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

using Queue = offhook::media::PacedQueue<int>;

TEST_CASE("PacedQueue handles up to kMostAtOnce items in one run and the remaining items in later runs, in the order of the pushes") {
  for (const std::size_t count : {Queue::kMostAtOnce, Queue::kMostAtOnce + 1, 2 * Queue::kMostAtOnce + 1}) {
    CAPTURE(count);
    std::vector<int> numbers(count + 1), done;
    std::iota(numbers.begin(), numbers.end(), 0);
    Queue queue(numbers.size());
    for (std::size_t i = 0; i < count; ++i) queue.push(numbers[i]);
    const auto run = [&] { queue.run([&](int number) { done.push_back(number); }); };
    run();
    CHECK(done.size() == Queue::kMostAtOnce);
    CHECK(queue.empty() == (count == Queue::kMostAtOnce));
    queue.push(numbers.back());
    while (!queue.empty()) run();
    CHECK(done == numbers);
  }
}
