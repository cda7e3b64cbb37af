#pragma once

#include <offhook/agent/store/backlog.hpp>
#include <offhook/agent/store/file_system.hpp>
#include <offhook/base/time.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::store {

/// Writing: the disk accepts the items. Failing: the disk fails, and items wait in memory. Losing: the memory is full too, and new items are lost.
enum class State : std::uint8_t { Writing, Failing, Losing };
[[nodiscard]] std::string_view to_string(State state);

/// The files of a store. The store's thread calls all functions except is_failing().
template <class Item>
class StoreFiles {
 public:
  virtual ~StoreFiles() = default;
  /// Writes the items of one group, and returns after they are on the disk. After a failure, the store repeats the write later.
  virtual FileResult<void> write(const std::vector<Item>& group) = 0;
  /// Gets the items that write() has written.
  virtual void on_committed(const std::vector<Item>&) {}
  /// Does work for which no item is needed, such as the removal of old files. The store invokes it at its start, and again after the returned
  /// time; nullopt: never again.
  virtual std::optional<base::Duration> maintain() = 0;
  /// Returns true if the last maintain() failed. Any thread may invoke it.
  [[nodiscard]] virtual bool is_failing() const = 0;
};

/// The names of a store's events in the log.
struct StoreEvents {
  std::string_view failing, back, losing, lost;
};

/// Logs the events of a store.
struct StoreLog {
  StoreEvents events;
  std::string folder;
  std::string_view what;   ///< "records", "transcripts"
  std::string_view items;  ///< the items in the log: "records", "lines"

  void failing(const std::error_code& why, const BacklogCounters& counters) const;
  void back(const BacklogCounters& counters) const;
  void losing() const;
  void lost(std::size_t waiting) const;
};

struct WriteBehindOptions {
  StoreLog log;
  BacklogLimits backlog;
  base::Duration gather{};
  base::Duration closing_limit = std::chrono::seconds(5);  ///< longest time for which the destructor writes waiting items
  base::Duration slow_after = std::chrono::seconds(5);     ///< the state becomes Failing when one use of the disk takes longer than this time
};

/// Writes items to files on a thread of its own. A thread that adds an item does not wait for the disk: add() queues the item and returns.
/// While the disk fails, items wait in memory, up to the backlog's limits, and the store's thread tries again; the log and state() report the
/// failure.
template <class Item>
class WriteBehind {
 public:
  WriteBehind(std::unique_ptr<StoreFiles<Item>> files, WriteBehindOptions options)
      : options_(std::move(options)), files_(std::move(files)), backlog_(options_.backlog, options_.gather), thread_([this] { run(); }) {}
  /// Writes the waiting items within closing_limit.
  ~WriteBehind() {
    {
      const std::lock_guard lock(mutex_);
      close_by_ = base::Clock::now() + options_.closing_limit;
    }
    wake_.notify_one();
    thread_.join();
  }
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  /// Adds an item. Use it from any thread except a media worker. If the backlog is full, it counts and logs the lost item, and returns false.
  bool add(Item item) {
    bool first_refused = false;
    {
      const std::lock_guard lock(mutex_);
      const bool was_refusing = backlog_.is_refusing();
      if (backlog_.try_add(std::move(item), base::Clock::now())) {
        wake_.notify_one();
        return true;
      }
      first_refused = !was_refusing;
    }
    if (first_refused) options_.log.losing();
    return false;
  }

  [[nodiscard]] State state() const {
    const std::lock_guard lock(mutex_);
    if (backlog_.is_refusing()) return State::Losing;
    const bool hangs = busy_since_ && base::Clock::now() - *busy_since_ >= options_.slow_after;
    return hangs || backlog_.is_failing() || files_->is_failing() ? State::Failing : State::Writing;
  }
  [[nodiscard]] BacklogCounters counters() const {
    const std::lock_guard lock(mutex_);
    return backlog_.counters();
  }

 private:
  using Lock = std::unique_lock<std::mutex>;

  void run() {
    Lock lock(mutex_);
    maintain(lock);
    for (auto now = base::Clock::now(); !is_over(now); now = base::Clock::now()) {
      if (maintain_at_ && now >= *maintain_at_) {
        maintain(lock);
      } else if (backlog_.is_due(now) || (close_by_ && !tried_last_)) {
        tried_last_ = close_by_.has_value();
        write(lock);
      } else {
        wait(lock);
      }
    }
    if (const auto lost = backlog_.counters().waiting; lost > 0) options_.log.lost(lost);
  }

  [[nodiscard]] bool is_over(base::TimePoint now) const { return close_by_ && (!backlog_.next_deadline() || now >= *close_by_); }

  void wait(Lock& lock) {
    auto until = backlog_.next_deadline();
    for (const auto& other : {close_by_, maintain_at_}) {
      if (other && (!until || *other < *until)) until = other;
    }
    until ? void(wake_.wait_until(lock, *until)) : wake_.wait(lock);
  }

  /// Invokes `work` without the lock, because the disk can block it.
  template <class Work>
  auto on_disk(Lock& lock, Work work) {
    busy_since_ = base::Clock::now();
    lock.unlock();
    auto result = work();
    lock.lock();
    busy_since_.reset();
    return result;
  }

  void maintain(Lock& lock) {
    const auto next = on_disk(lock, [this] { return files_->maintain(); });
    maintain_at_ = next ? std::optional(base::Clock::now() + *next) : std::nullopt;
  }

  void write(Lock& lock) {
    auto group = backlog_.take();
    const bool was_failing = backlog_.is_failing();
    const auto written = on_disk(lock, [&] { return files_->write(group); });
    if (written) backlog_.committed(base::Clock::now());
    else backlog_.failed(std::exchange(group, {}), base::Clock::now());
    const auto counters = backlog_.counters();
    lock.unlock();
    if (!written) options_.log.failing(written.error(), counters);
    if (written && was_failing) options_.log.back(counters);
    if (written) files_->on_committed(group);
    lock.lock();
  }

  const WriteBehindOptions options_;
  const std::unique_ptr<StoreFiles<Item>> files_;
  mutable std::mutex mutex_;  // Never held during file operations.
  std::condition_variable wake_;
  Backlog<Item> backlog_;
  std::optional<base::TimePoint> close_by_, maintain_at_;
  std::optional<base::TimePoint> busy_since_;  // Set while the thread uses the disk.
  bool tried_last_ = false;
  std::thread thread_;
};

}  // namespace offhook::inline v0::agent::store
