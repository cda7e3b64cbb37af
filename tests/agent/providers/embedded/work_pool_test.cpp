#include <offhook/agent/support/work_pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace offhook::agent;

namespace {

/// Its job blocks a thread of the pool until open().
class Gate {
 public:
  [[nodiscard]] Job job() {
    return [opened = opened_.get_future().share(), entered = entered_] {
      entered->set_value();
      opened.wait();
    };
  }
  void await_entered() { entered_->get_future().wait(); }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
  std::shared_ptr<std::promise<void>> entered_ = std::make_shared<std::promise<void>>();
};

}  // namespace

TEST_CASE("WorkPool accepts max_waiting jobs, and refuses and counts the next job") {
  WorkPool pool({.threads = 1, .max_waiting = 4});
  Gate gate;
  REQUIRE(pool.try_post(gate.job()));
  gate.await_entered();
  for (int i = 0; i < 3; ++i) CHECK(pool.try_post([] {}));
  CHECK_FALSE(pool.try_post([] {}));
  CHECK(pool.counters().refused == 1);
  CHECK(pool.counters().waiting == 4);
  gate.open();
}

TEST_CASE("WorkPool continues after a job throws, and counts the job") {
  WorkPool pool({.threads = 1});
  std::promise<void> after;
  REQUIRE(pool.try_post([] { throw std::runtime_error("a bug"); }));
  REQUIRE(pool.try_post([&] { after.set_value(); }));
  after.get_future().wait();
  CHECK(pool.counters().threw == 1);
}

TEST_CASE("WorkPool's destructor drops the jobs that have not begun, and waits for the running jobs") {
  std::atomic<bool> finished = false, begun_late = false;
  auto pool = std::make_unique<WorkPool>(WorkPoolOptions{.threads = 1, .max_waiting = 1U << 24U});
  Strand probe(*pool, 1U << 24U);  // The job posts through a strand, which may be used while the pool ends.
  std::promise<void> entered;
  REQUIRE(pool->try_post([&] {
    entered.set_value();
    while (probe.try_post([&] { begun_late = true; })) std::this_thread::yield();
    finished = true;  // The pool refuses jobs, so its destructor runs, and must wait for this job.
  }));
  entered.get_future().wait();
  pool.reset();
  CHECK(finished);
  CHECK_FALSE(begun_late);
}

TEST_CASE("Strand runs its jobs one at a time and in order, with any number of threads") {
  constexpr int kJobs = 2000;
  WorkPool pool({.threads = 4, .max_waiting = 8192});
  Strand strand(pool, kJobs);
  std::vector<int> seen;
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;
  std::promise<void> last;
  for (int i = 0; i < kJobs; ++i) {
    REQUIRE(strand.try_post([&, i] {
      if (++inside != 1) overlapped = true;
      seen.push_back(i);
      --inside;
      if (i == kJobs - 1) last.set_value();
    }));
  }
  last.get_future().wait();
  CHECK_FALSE(overlapped);
  REQUIRE(seen.size() == kJobs);
  for (int i = 0; i < kJobs; ++i) REQUIRE(seen[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("A full Strand refuses jobs, and other strands of the pool still accept jobs") {
  WorkPool pool({.threads = 1, .max_waiting = 100});
  Gate gate;
  REQUIRE(pool.try_post(gate.job()));
  gate.await_entered();
  Strand narrow(pool, 2), other(pool, 2);
  CHECK(narrow.try_post([] {}));
  CHECK(narrow.try_post([] {}));
  CHECK_FALSE(narrow.try_post([] {}));
  CHECK(other.try_post([] {}));
  CHECK(pool.counters().refused == 1);
  gate.open();
}

TEST_CASE("When a Strand is destroyed, its waiting jobs never begin, and no longer count in the pool") {
  WorkPool pool({.threads = 1, .max_waiting = 3});
  Gate gate;
  REQUIRE(pool.try_post(gate.job()));
  gate.await_entered();
  std::atomic<int> ran = 0;
  auto held = std::make_shared<int>(1);
  {
    Strand strand(pool);
    REQUIRE(strand.try_post([&ran, held] { ++ran; }));
    REQUIRE(strand.try_post([&ran, held] { ++ran; }));
    CHECK_FALSE(pool.try_post([] {}));
  }
  CHECK(held.use_count() == 1);
  CHECK(pool.counters().waiting == 1);
  std::promise<void> after;
  REQUIRE(pool.try_post([&] { after.set_value(); }));
  gate.open();
  after.get_future().wait();
  CHECK(ran == 0);
}

TEST_CASE("A Strand refuses all jobs after its pool has ended") {
  auto pool = std::make_unique<WorkPool>(WorkPoolOptions{.threads = 1});
  Strand strand(*pool);
  pool.reset();
  CHECK_FALSE(strand.try_post([] {}));
}

TEST_CASE("WorkPool's destructor drops the jobs of its strands, even if a job holds the owner of its strand") {
  struct Owner {
    explicit Owner(WorkPool& pool) : strand(pool) {}
    Strand strand;
  };
  std::weak_ptr<Owner> watch;
  std::atomic<int> ran = 0;
  {
    auto pool = std::make_unique<WorkPool>(WorkPoolOptions{.threads = 1, .max_waiting = 1U << 24U});
    Strand probe(*pool, 1U << 24U);
    std::promise<void> entered;
    std::promise<void> filled;
    REQUIRE(pool->try_post([&, go = filled.get_future().share()] {
      entered.set_value();
      go.wait();
      while (probe.try_post([] {})) std::this_thread::yield();  // This loop runs until the pool ends.
    }));
    entered.get_future().wait();
    const auto owner = std::make_shared<Owner>(*pool);
    watch = owner;
    for (int i = 0; i < 3; ++i) REQUIRE(owner->strand.try_post([owner, &ran] { ++ran; }));
    filled.set_value();
    pool.reset();  // Ends the pool before the probe, because the job uses the probe.
  }
  CHECK(ran == 0);
  CHECK(watch.expired());
}

TEST_CASE("A job may destroy the Strand that runs it") {
  WorkPool pool({.threads = 2});
  auto strand = std::make_shared<std::unique_ptr<Strand>>(std::make_unique<Strand>(pool));
  std::promise<void> destroyed;
  REQUIRE((*strand)->try_post([&, strand] {
    strand->reset();
    destroyed.set_value();
  }));
  destroyed.get_future().wait();
  CHECK(*strand == nullptr);
}
