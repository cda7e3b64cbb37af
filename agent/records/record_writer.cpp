#include <offhook/agent/records/record_writer.hpp>

#include <offhook/agent/support/log.hpp>
#include <offhook/base/random.hpp>

#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace offhook::inline v0::agent::records {

namespace {

std::string run_name() {
  base::SystemRandom random;
  return random.token().substr(0, 13);
}

}  // namespace

class RecordWriter::Impl {
 public:
  Impl(FileSystem& files, WriterOptions options, OnCommitted on_committed)
      : options_(std::move(options)),
        on_committed_(std::move(on_committed)),
        journal_(files, options_.journal),
        backlog_(options_.backlog),
        thread_([this] { run(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      close_by_ = base::Clock::now() + options_.closing_limit;
    }
    wake_.notify_one();
    thread_.join();
  }

  bool add(Backlog::Entry entry) {
    bool first_refused = false;
    {
      const std::lock_guard lock(mutex_);
      const bool was_refusing = backlog_.is_refusing();
      if (backlog_.try_add(std::move(entry), base::Clock::now())) {
        wake_.notify_one();
        return true;
      }
      first_refused = !was_refusing;
    }
    if (first_refused) {
      log::error("records.losing",
                 {{"folder", options_.journal.folder},
                  {"detail", "the disk accepts no data, and the memory for records is full: calls continue, and their records are lost"}});
    }
    return false;
  }

  State state() const {
    const std::lock_guard lock(mutex_);
    if (backlog_.is_refusing()) return State::Losing;
    const bool hangs = busy_since_ && base::Clock::now() - *busy_since_ >= options_.slow_after;
    return hangs || retry_opening_at_ || backlog_.counters().failures_in_row > 0 ? State::Failing : State::Writing;
  }
  Backlog::Counters counters() const {
    const std::lock_guard lock(mutex_);
    return backlog_.counters();
  }

 private:
  void run() {
    announce_run();
    for (std::unique_lock lock(mutex_);;) {
      const auto now = base::Clock::now();
      const bool closing = close_by_.has_value();
      if (closing && (!backlog_.next_deadline() || now >= *close_by_)) break;
      if (backlog_.is_due(now) || (closing && !tried_last_)) {
        tried_last_ = closing;
        auto group = backlog_.take();
        busy_since_ = now;
        lock.unlock();
        write(std::move(group));
        lock.lock();
        continue;
      }
      if (retry_opening_at_ && now >= *retry_opening_at_) {
        busy_since_ = now;
        lock.unlock();
        announce_run();
        lock.lock();
        continue;
      }
      auto until = backlog_.next_deadline();
      for (const auto& other : {close_by_, retry_opening_at_}) {
        if (other && (!until || *other < *until)) until = other;
      }
      until ? void(wake_.wait_until(lock, *until)) : wake_.wait(lock);
    }
    if (const auto lost = backlog_.counters().waiting; lost > 0) {
      log::error("records.lost",
                 {{"folder", options_.journal.folder}, {"records", lost}, {"detail", "the disk accepted no data until the end of Offhook"}});
    }
  }

  /// Writes a line for this run. It marks a call of an earlier run that has no end as interrupted, even before the first call of this run.
  void announce_run() {
    const auto now = std::chrono::system_clock::now();
    const auto written = journal_.append(to_run_line(run_, ::getpid(), now), now);
    if (!written) {
      log::error("records.failing", {{"folder", options_.journal.folder}, {"detail", written.error().message()}});
    } else if (journal_.counters().torn_bytes > 0) {
      log::warning("records.repaired", {{"file", journal_.path()},
                                        {"torn_bytes", journal_.counters().torn_bytes},
                                        {"detail", "Offhook moved an incomplete line aside; it had never reported this line as kept"}});
    }
    const std::lock_guard lock(mutex_);
    busy_since_.reset();
    retry_opening_at_.reset();
    if (!written) retry_opening_at_ = base::Clock::now() + Backlog::kLongestRetry;
  }

  void write(std::vector<Backlog::Entry> group) {
    std::string lines;
    for (const auto& entry : group) lines += entry.is_end ? to_line(entry.record, run_) : to_started_line(entry.record, run_);
    const auto written = journal_.append(lines, std::chrono::system_clock::now());
    const auto now = base::Clock::now();
    bool was_failing = false;
    Backlog::Counters counters;
    {
      const std::lock_guard lock(mutex_);
      busy_since_.reset();
      was_failing = backlog_.counters().failures_in_row > 0;
      if (written) {
        backlog_.committed(now);
        retry_opening_at_.reset();
      } else {
        backlog_.failed(std::exchange(group, {}), now);
      }
      counters = backlog_.counters();
    }
    if (!written) {
      log::error("records.failing", {{"folder", options_.journal.folder},
                                     {"detail", written.error().message()},
                                     {"waiting", counters.waiting},
                                     {"refused", counters.refused}});
      return;
    }
    if (was_failing) log::warning("records.back", {{"folder", options_.journal.folder}, {"refused", counters.refused}});
    if (!on_committed_) return;
    for (const auto& entry : group) {
      if (entry.is_end) on_committed_(entry.record);
    }
  }

  WriterOptions options_;
  OnCommitted on_committed_;
  const std::string run_ = run_name();
  Journal journal_;           // Used by the thread only.
  mutable std::mutex mutex_;  // Held only briefly, and never during file operations.
  std::condition_variable wake_;
  Backlog backlog_;
  std::optional<base::TimePoint> close_by_, retry_opening_at_;
  std::optional<base::TimePoint> busy_since_ = base::Clock::now();  // Set while the thread uses the disk, as it does at its start.
  bool tried_last_ = false;
  std::thread thread_;
};

RecordWriter::RecordWriter(FileSystem& files, WriterOptions options, OnCommitted on_committed)
    : impl_(std::make_unique<Impl>(files, std::move(options), std::move(on_committed))) {}
RecordWriter::~RecordWriter() = default;
bool RecordWriter::began(CallRecord record) {
  return impl_->add({std::move(record), false});
}
bool RecordWriter::ended(CallRecord record) {
  return impl_->add({std::move(record), true});
}
RecordWriter::State RecordWriter::state() const {
  return impl_->state();
}
Backlog::Counters RecordWriter::counters() const {
  return impl_->counters();
}

std::string_view to_string(RecordWriter::State state) {
  switch (state) {
    case RecordWriter::State::Writing:
      return "writing";
    case RecordWriter::State::Failing:
      return "failing";
    case RecordWriter::State::Losing:
      return "losing";
  }
  return "";
}

base::Result<void, base::Error> check_folder(FileSystem& files, const std::string& folder, std::string_view what) {
  const auto complain = [&](const std::error_code& why) {
    const std::string name(what);
    // /records/folder accepts "off"; the other settings have /enabled.
    const std::string none = name == "records" ? "/records/folder \"off\"" : "/" + name + "/enabled false";
    return base::fail(base::Error{"records", why.value(),
                                  name + " cannot be kept in " + folder + ": " + why.message() + "; choose another folder with /" + name +
                                      "/folder, or keep none: " + none});
  };
  if (auto made = files.make_folder(folder); !made) return complain(made.error());
  const std::string probe = folder + "/.probe-" + run_name();  // The name is random, because two agents may start at the same time.
  if (auto opened = files.open_append(probe); !opened) return complain(opened.error());
  if (auto removed = files.remove(probe); !removed) return complain(removed.error());
  return {};
}

}  // namespace offhook::inline v0::agent::records
