#include <offhook/agent/store/line_file.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::store {

namespace {

constexpr std::uint64_t kMaxTornFile = 1U << 20U;

}  // namespace

FileResult<void> write_all(AppendFile& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = file.write(bytes);
    if (!written) return base::fail(written.error());
    if (*written == 0) return base::fail(std::make_error_code(std::errc::no_space_on_device));
    bytes.remove_prefix(std::min(*written, bytes.size()));
  }
  return {};
}

FileResult<LineFile> LineFile::open(FileSystem& files, std::string folder, const std::string& name, const std::string& torn) {
  const std::string path = folder + "/" + name;
  auto opened = files.open_append(path);
  if (!opened) return base::fail(opened.error());
  LineFile file(files, std::move(folder), path, std::move(*opened));
  if (auto repaired = file.repair(torn); !repaired) return base::fail(repaired.error());
  return file;
}

/// Searches from the end for the last line feed, and removes the octets after it.
FileResult<void> LineFile::repair(const std::string& torn) {
  const auto size = file_->size();
  if (!size) return base::fail(size.error());
  size_ = *size;
  while (size_ > 0) {
    const std::uint64_t from = size_ - std::min<std::uint64_t>(size_, kReadChunk);
    const auto chunk = file_->read(from, static_cast<std::size_t>(size_ - from));
    if (!chunk) return base::fail(chunk.error());
    // The octets that could not be read may contain whole lines, so do not remove them.
    if (chunk->size() != size_ - from) return base::fail(std::make_error_code(std::errc::io_error));
    const auto end = chunk->rfind('\n');
    size_ = end == std::string::npos ? from : from + end + 1;
    if (end != std::string::npos) break;
  }
  if (size_ == *size) return {};
  if (!torn.empty()) save_torn(torn, *size);
  torn_bytes_ = *size - size_;
  return file_->truncate(size_);
}

/// Saves the first octets of the incomplete line in the file `torn`, for people who want to look at them. Errors do no harm.
void LineFile::save_torn(const std::string& torn, std::uint64_t size) {
  const auto bytes = file_->read(size_, static_cast<std::size_t>(std::min<std::uint64_t>(size - size_, kReadChunk)));
  auto aside = files_.open_append(folder_ + "/" + torn);
  if (!bytes || !aside || (*aside)->size().value_or(kMaxTornFile) >= kMaxTornFile) return;
  (void)(*aside)->write(*bytes + "\n");
}

/// Syncs the folder once, so that the file's name survives a power failure: without a name, even synced content is lost.
FileResult<void> LineFile::sync_name() {
  if (is_named_) return {};
  auto synced = files_.sync_folder(folder_);
  is_named_ = synced.has_value();
  return synced;
}

/// If another program has shortened the file, takes its new size. Otherwise, a truncation to the old size after a failed write would append NULs.
void LineFile::notice_shortening() {
  const auto size = file_->size();
  if (!size || *size >= size_) return;
  size_ = *size;
  torn_ = size_ > 0;
}

FileResult<void> LineFile::write_and_sync(std::string_view lines) {
  // If an incomplete line could not be removed, a line feed ends it. Its checksum is wrong, so that readers skip it.
  auto done = write_all(*file_, torn_ ? "\n" : "");
  if (done) done = write_all(*file_, lines);
  if (!done) return done;
  done = file_->sync();
  suspect_ = !done;
  return done;
}

FileResult<void> LineFile::append(std::string_view lines) {
  if (auto synced = sync_name(); !synced) return synced;
  notice_shortening();
  if (auto written = write_and_sync(lines); !written) {
    torn_ = !file_->truncate(size_);  // Without this, the next attempt could repeat a line, or continue an incomplete line.
    return written;
  }
  size_ = file_->size().value_or(size_ + (torn_ ? 1 : 0) + lines.size());
  torn_ = false;
  // If another program has deleted the file since is_in_place(), no reader can find these lines.
  if (file_->is_deleted()) return base::fail(std::make_error_code(std::errc::no_such_file_or_directory));
  return {};
}

}  // namespace offhook::inline v0::agent::store
