#include <offhook/agent/transcripts/transcript_store.hpp>

#include <offhook/agent/support/log.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace offhook::inline v0::agent::transcripts {

class TranscriptStore::Impl {
 public:
  Impl(records::FileSystem& files, StoreOptions options)
      : options_(std::move(options)), files_(files, options_.files), queue_(options_.queue), thread_([this] { run(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      close_by_ = base::Clock::now() + options_.closing_limit;
    }
    wake_.notify_one();
    thread_.join();
  }

  bool add(TranscriptLine line) {
    bool first_refused = false;
    {
      const std::lock_guard lock(mutex_);
      const bool was_refusing = queue_.is_refusing();
      if (queue_.try_add(std::move(line), base::Clock::now())) {
        wake_.notify_one();
        return true;
      }
      first_refused = !was_refusing;
    }
    if (first_refused) {
      log::error("transcripts.losing",
                 {{"folder", options_.files.folder},
                  {"detail", "the disk accepts no data, and the memory for transcripts is full: calls continue, and their transcripts are lost"}});
    }
    return false;
  }

  State state() const {
    const std::lock_guard lock(mutex_);
    return queue_.is_refusing() ? State::Losing : queue_.is_failing() || purge_failed_ ? State::Failing : State::Writing;
  }
  LineQueue::Counters counters() const {
    const std::lock_guard lock(mutex_);
    return queue_.counters();
  }

 private:
  void run() {
    purge_if_due();
    for (std::unique_lock lock(mutex_);;) {
      const auto now = base::Clock::now();
      const bool closing = close_by_.has_value();
      if (closing && (queue_.counters().waiting == 0 || now >= *close_by_)) break;
      if (queue_.is_due(now) || (closing && !queue_.is_failing())) {
        auto group = queue_.take();
        lock.unlock();
        write(std::move(group));
        purge_if_due();
        lock.lock();
        continue;
      }
      auto until = now + options_.look_every;
      for (const auto& other : {queue_.next_deadline(), close_by_}) {
        if (other && *other < until) until = *other;
      }
      const bool idle = wake_.wait_until(lock, until) == std::cv_status::timeout;
      lock.unlock();
      if (idle) purge_if_due();
      lock.lock();
    }
    if (const auto lost = queue_.counters().waiting; lost > 0) {
      log::error("transcripts.lost",
                 {{"folder", options_.files.folder}, {"lines", lost}, {"detail", "the disk accepted no data until the end of Offhook"}});
    }
  }

  void purge_if_due() {
    const auto wall = std::chrono::system_clock::now();
    if (!daily_.is_due(wall)) return;
    const auto removed = files_.purge(wall);
    if (removed) daily_.done(wall);
    bool was_failing = false;
    {
      const std::lock_guard lock(mutex_);
      was_failing = std::exchange(purge_failed_, !removed.has_value());
    }
    if (!removed && !was_failing) {
      log::error("transcripts.not_removed",
                 {{"folder", options_.files.folder},
                  {"detail", removed.error().message() + "; files that Offhook must remove still exist: check the permissions of the folder"}});
    } else if (removed && *removed > 0) {
      log::info("transcripts.removed",
                {{"folder", options_.files.folder}, {"files", *removed}, {"keep_days", options_.files.keep_days}});
    }
  }

  void write(std::vector<TranscriptLine> group) {
    if (group.empty()) return;
    const auto written = files_.append(group.front().agent, group, std::chrono::system_clock::now());
    bool first_failure = false;
    {
      const std::lock_guard lock(mutex_);
      first_failure = !written && !queue_.is_failing();
      if (written)
        queue_.written(base::Clock::now());
      else
        queue_.failed(std::move(group), base::Clock::now());
    }
    if (first_failure)
      log::error("transcripts.failing", {{"folder", options_.files.folder}, {"detail", written.error().message()}});
  }

  StoreOptions options_;
  DayFiles files_;  // Used by the thread only, like daily_.
  DailyTask daily_;
  mutable std::mutex mutex_;  // Held only briefly, and never during file operations.
  std::condition_variable wake_;
  LineQueue queue_;
  bool purge_failed_ = false;
  std::optional<base::TimePoint> close_by_;
  std::thread thread_;
};

TranscriptStore::TranscriptStore(records::FileSystem& files, StoreOptions options)
    : impl_(std::make_unique<Impl>(files, std::move(options))) {}
TranscriptStore::~TranscriptStore() = default;
bool TranscriptStore::add(TranscriptLine line) {
  return impl_->add(std::move(line));
}
TranscriptStore::State TranscriptStore::state() const {
  return impl_->state();
}
LineQueue::Counters TranscriptStore::counters() const {
  return impl_->counters();
}

std::string_view to_string(TranscriptStore::State state) {
  switch (state) {
    case TranscriptStore::State::Writing:
      return "writing";
    case TranscriptStore::State::Failing:
      return "failing";
    case TranscriptStore::State::Losing:
      return "losing";
  }
  return "";
}

}  // namespace offhook::inline v0::agent::transcripts
