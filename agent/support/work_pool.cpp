#include <offhook/agent/support/work_pool.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

namespace detail {

/// An entry of the queue: a job, or a strand with waiting jobs.
struct Entry {
  Job job;
  std::shared_ptr<StrandCore> strand;
};

/// The pool, its threads and its strands share this state, so that none of them must outlive another.
struct WorkCore {
  explicit WorkCore(std::size_t limit) : max_waiting(limit) {}

  const std::size_t max_waiting;
  mutable std::mutex mutex;
  std::condition_variable ready;
  std::deque<Entry> queue;
  bool ending = false;
  WorkPool::Counters counters;
  std::vector<std::thread> threads;

  [[nodiscard]] bool try_admit_locked() {
    if (ending || counters.waiting >= max_waiting) {
      ++counters.refused;
      return false;
    }
    ++counters.waiting;
    return true;
  }

  void retire(std::size_t jobs) {
    const std::lock_guard lock(mutex);
    counters.waiting -= jobs;
  }

  void run_one(Job& job) {
    bool threw = false;
    try {
      job();
    } catch (...) {  // A job that throws is a bug, but it must not end the process and its calls.
      threw = true;
    }
    job = nullptr;  // Destroy the job's captured objects before the job counts as done.
    const std::lock_guard lock(mutex);
    --counters.waiting;
    ++counters.done;
    if (threw) ++counters.threw;
  }

  void serve();
};

struct StrandCore : std::enable_shared_from_this<StrandCore> {
  StrandCore(std::shared_ptr<WorkCore> owner, std::size_t limit) : work(std::move(owner)), max_waiting(limit) {}

  const std::shared_ptr<WorkCore> work;
  const std::size_t max_waiting;
  std::mutex mutex;  // Lock it before WorkCore::mutex, never after it.
  std::deque<Job> jobs;
  bool scheduled = false;

  /// Runs one job, and then puts the strand at the end of the pool's queue, so that no strand can occupy a thread.
  void step() {
    Job job;
    {
      const std::lock_guard lock(mutex);
      if (jobs.empty()) {
        scheduled = false;
        return;
      }
      job = std::move(jobs.front());
      jobs.pop_front();
    }
    work->run_one(job);
    schedule();
  }

  void schedule() {
    {
      const std::lock_guard lock(work->mutex);
      if (!work->ending) {
        work->queue.push_back({nullptr, shared_from_this()});
        work->ready.notify_one();
        return;
      }
    }
    abandon();
  }

  /// Drops the waiting jobs. Call it when the strand ends, and when the pool ends: a waiting job may own its strand, which would otherwise never end.
  void abandon() {
    std::deque<Job> dropped;
    {
      const std::lock_guard lock(mutex);
      dropped.swap(jobs);
    }
    work->retire(dropped.size());
  }
};

void WorkCore::serve() {
  std::unique_lock lock(mutex);
  for (;;) {
    ready.wait(lock, [this] { return ending || !queue.empty(); });
    if (ending) return;
    Entry next = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    if (next.strand) next.strand->step();
    else run_one(next.job);
    next = {};
    lock.lock();
  }
}

}  // namespace detail

WorkPool::WorkPool(WorkPoolOptions options) : core_(std::make_shared<detail::WorkCore>(options.max_waiting)) {
  const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  const std::size_t count = options.threads == 0 ? cores : options.threads;
  core_->threads.reserve(count);
  for (std::size_t i = 0; i < count; ++i) core_->threads.emplace_back([core = core_.get()] { core->serve(); });
}

WorkPool::~WorkPool() {
  std::deque<detail::Entry> dropped;
  {
    const std::lock_guard lock(core_->mutex);
    core_->ending = true;
    dropped.swap(core_->queue);
    core_->ready.notify_all();
  }
  for (std::thread& thread : core_->threads) thread.join();
  for (const detail::Entry& entry : dropped) {
    if (entry.strand) entry.strand->abandon();
  }
}

bool WorkPool::try_post(Job job) {
  const std::lock_guard lock(core_->mutex);
  if (!core_->try_admit_locked()) return false;
  core_->queue.push_back({std::move(job), nullptr});
  core_->ready.notify_one();
  return true;
}

WorkPool::Counters WorkPool::counters() const {
  const std::lock_guard lock(core_->mutex);
  return core_->counters;
}

std::size_t WorkPool::threads() const { return core_->threads.size(); }

Strand::Strand(WorkPool& pool, std::size_t max_waiting)
    : core_(std::make_shared<detail::StrandCore>(pool.core_, max_waiting)) {}

Strand::~Strand() { core_->abandon(); }

bool Strand::try_post(Job job) {
  bool start = false;
  {
    const std::lock_guard lock(core_->mutex);
    {
      const std::lock_guard work_lock(core_->work->mutex);
      if (core_->jobs.size() >= core_->max_waiting) {
        ++core_->work->counters.refused;
        return false;
      }
      if (!core_->work->try_admit_locked()) return false;
    }
    core_->jobs.push_back(std::move(job));
    start = !std::exchange(core_->scheduled, true);
  }
  if (start) core_->schedule();
  return true;
}

}  // namespace offhook::inline v0::agent
