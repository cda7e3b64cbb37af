#include <offhook/agent/store/slot.hpp>

#include <fmt/format.h>

namespace offhook::inline v0::agent::store {

FileResult<void> Slot::take(FileSystem& files, const std::string& folder, std::string_view what) {
  if (lock_) return {};
  if (auto made = files.make_folder(folder); !made) return made;
  std::error_code why = std::make_error_code(std::errc::device_or_resource_busy);
  for (number_ = 1; number_ <= kMaxSlots; ++number_) {
    auto lock = files.try_lock(fmt::format("{}/{}-{}.lock", folder, what, number_));
    if (lock && *lock) {
      lock_ = std::move(*lock);
      return {};
    }
    if (!lock) why = lock.error();  // The lock may belong to another user; try the next slot.
  }
  return base::fail(why);
}

}  // namespace offhook::inline v0::agent::store
