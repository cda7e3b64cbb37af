#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

/// Threads for slow work: recognition, synthesis, files. Media workers and conversation threads never wait for this work.
namespace offhook::inline v0::agent {

namespace detail {
struct WorkCore;
struct StrandCore;
}  // namespace detail

using Job = std::function<void()>;

struct WorkPoolOptions {
  std::size_t threads = 0;        ///< 0: one for each core of the machine
  std::size_t max_waiting = 4096;  ///< jobs that wait or run, of the pool and of all its strands together
};

/// A bounded pool of threads. Any thread, and any job, may call try_post().
class WorkPool {
 public:
  explicit WorkPool(WorkPoolOptions options = {});
  /// Drops jobs that have not begun, and waits for those that run. Do not call it on a thread of this pool.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// Queues a job. If the pool is full or is being destroyed, drops the job, counts the refusal, and returns false.
  [[nodiscard]] bool try_post(Job job);

  struct Counters {
    std::uint64_t done = 0;
    std::uint64_t refused = 0;  ///< refusals by try_post() of the pool and of its strands
    std::uint64_t threw = 0;    ///< jobs that ended with an exception, which is a bug; the pool catches it
    std::size_t waiting = 0;    ///< jobs that wait or run now
  };
  [[nodiscard]] Counters counters() const;
  [[nodiscard]] std::size_t threads() const;

 private:
  friend class Strand;
  std::shared_ptr<detail::WorkCore> core_;
};

/// A sequence of jobs that run one after the other, in the order of their posting, on any free thread of the pool. For example, one call uses a
/// strand for its decoder. A strand that outlives its pool refuses all jobs.
class Strand {
 public:
  explicit Strand(WorkPool& pool, std::size_t max_waiting = 1024);
  /// Drops jobs that have not begun. It does not wait for a running job, which must therefore own the objects that it uses.
  ~Strand();
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;

  [[nodiscard]] bool try_post(Job job);

 private:
  std::shared_ptr<detail::StrandCore> core_;
};

}  // namespace offhook::inline v0::agent
