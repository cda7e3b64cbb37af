#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

/// Threads for work that takes its time: recognising, synthesising, files. Nothing that must keep a pace waits for them.
namespace offhook::inline v0::agent {

namespace detail {
struct WorkCore;
struct StrandCore;
}  // namespace detail

using Job = std::function<void()>;

struct WorkPoolOptions {
  std::size_t threads = 0;        ///< 0: as many as the machine has cores
  std::size_t max_waiting = 4096;  ///< jobs that wait or run, of the pool itself and of all its strands together
};

/// A bounded pool of threads. try_post() may be called from any thread, from a job too.
class WorkPool {
 public:
  explicit WorkPool(WorkPoolOptions options = {});
  /// Jobs that have not begun are dropped; running ones are waited for. Must not happen on one of its own threads.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// False when the pool is full or ending: the job is dropped, and the refusal is counted.
  [[nodiscard]] bool try_post(Job job);

  struct Counters {
    std::uint64_t done = 0;
    std::uint64_t refused = 0;  ///< by try_post() of the pool and of its strands
    std::uint64_t threw = 0;    ///< jobs that ended in an exception: a bug of ours, kept from ending the process
    std::size_t waiting = 0;    ///< now, running ones included
  };
  [[nodiscard]] Counters counters() const;
  [[nodiscard]] std::size_t threads() const;

 private:
  friend class Strand;
  std::shared_ptr<detail::WorkCore> core_;
};

/// Jobs that run one after the other, in the order of their posting, on whichever thread of the pool is free: what one call
/// has for its decoder. A strand may outlive its pool; it refuses everything then.
class Strand {
 public:
  explicit Strand(WorkPool& pool, std::size_t max_waiting = 1024);
  /// Abandons: jobs that have not begun never do. A running one is not waited for, so what it uses must be its own.
  ~Strand();
  Strand(const Strand&) = delete;
  Strand& operator=(const Strand&) = delete;

  [[nodiscard]] bool try_post(Job job);

 private:
  std::shared_ptr<detail::StrandCore> core_;
};

}  // namespace offhook::inline v0::agent
