#pragma once

#include <offhook/agent/store/file_system.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::store {

inline constexpr unsigned kMaxSlots = 16;

/// The number of this process among the processes that write to a folder. The object holds a lock on the file WHAT-NUMBER.lock.
class Slot {
 public:
  /// Creates the folder and takes the first free number, unless this object already has a number.
  FileResult<void> take(FileSystem& files, const std::string& folder, std::string_view what);
  [[nodiscard]] unsigned number() const { return number_; }

 private:
  unsigned number_ = 0;
  std::shared_ptr<void> lock_;
};

}  // namespace offhook::inline v0::agent::store
