#include <offhook/agent/store/retention.hpp>

#include <offhook/agent/support/log.hpp>

namespace offhook::inline v0::agent::store {

FileResult<std::size_t> remove_files(FileSystem& files, const std::string& folder, const std::function<bool(const std::string& name)>& is_old) {
  const auto names = files.list(folder);
  if (!names) return base::fail(names.error());
  std::size_t removed = 0;
  std::error_code first_failure;
  const auto note = [&](const FileResult<void>& result) {
    if (!result && !first_failure) first_failure = result.error();
  };
  for (const std::string& name : *names) {
    if (!is_old(name)) continue;
    const auto gone = files.remove(folder + "/" + name);
    if (gone) ++removed;
    else if (gone.error() != std::errc::no_such_file_or_directory) note(gone);  // Another process may have removed the file.
  }
  if (removed > 0) note(files.sync_folder(folder));
  if (first_failure) return base::fail(first_failure);
  return removed;
}

void RetentionLog::on_result(const FileResult<std::size_t>& removed) {
  const bool was_failing = failing_.exchange(!removed);
  if (!removed && !was_failing) {
    log::error(events_.not_removed,
               {{"folder", folder_}, {"detail", removed.error().message() + "; files that Offhook must remove still exist: check the permissions of the folder"}});
  }
  if (removed && *removed > 0) log::info(events_.removed, {{"folder", folder_}, {"files", *removed}, {"keep_days", keep_days_}});
}

}  // namespace offhook::inline v0::agent::store
