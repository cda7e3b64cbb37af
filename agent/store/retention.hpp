#pragma once

#include <offhook/agent/store/file_system.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::store {

/// Removes the files of the folder whose names `is_old` accepts, and then syncs the folder. Returns the number of removed files. If some files
/// cannot be removed, it still removes the other files, and returns the first error.
FileResult<std::size_t> remove_files(FileSystem& files, const std::string& folder, const std::function<bool(const std::string& name)>& is_old);

/// The names of the events in the log.
struct RetentionEvents {
  std::string_view removed, not_removed;
};

/// Logs the results of removals by age: the number of removed files, and only the first of several failures in a row.
class RetentionLog {
 public:
  RetentionLog(RetentionEvents events, std::string folder, unsigned keep_days) : events_(events), folder_(std::move(folder)), keep_days_(keep_days) {}

  void on_result(const FileResult<std::size_t>& removed);
  /// Returns true if the last removal failed. Call it from any thread.
  [[nodiscard]] bool is_failing() const { return failing_; }

 private:
  const RetentionEvents events_;
  const std::string folder_;
  const unsigned keep_days_;
  std::atomic<bool> failing_{false};
};

}  // namespace offhook::inline v0::agent::store
