#include <offhook/agent/records/journal.hpp>

#include <offhook/agent/records/journal_names.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::records {

namespace {

constexpr std::uint64_t kMaxTornFile = 1U << 20U;
constexpr std::string_view kEnding = ".jsonl";
constexpr std::size_t kStampBytes = sizeof("20261121T093000.123Z") - 1;

std::int64_t day_of(WallTime time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

/// Returns the time for a file name: "2026-11-21T09:30:00.123Z" without '-' and ':'.
std::string stamp(WallTime time) {
  std::string text = to_rfc3339(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

std::optional<JournalName> parse_journal_name(std::string_view name) {
  constexpr std::string_view kBeginning = "calls-";
  if (!name.starts_with(kBeginning) || !name.ends_with(kEnding)) return std::nullopt;
  name.remove_prefix(kBeginning.size());
  name.remove_suffix(kEnding.size());
  const auto dot = name.find('.');
  const auto slot = base::parse_number<unsigned>(name.substr(0, dot));
  if (!slot || *slot == 0 || *slot > kMaxSlots) return std::nullopt;
  if (dot == std::string_view::npos) return JournalName{*slot, false};
  const auto when = name.substr(dot + 1);
  const bool stamped = when.size() == kStampBytes && when.back() == 'Z' && when[8] == 'T';
  return stamped ? std::optional(JournalName{*slot, true}) : std::nullopt;
}

std::string Journal::path_of(std::string_view what) const {
  return options_.folder + "/" + slot_name(slot_, what);
}
std::string Journal::path() const {
  return path_of("jsonl");
}

FileResult<void> Journal::open(WallTime now) {
  if (!lock_) {
    if (auto made = files_.make_folder(options_.folder); !made) return made;
    if (auto taken = take_slot(); !taken) return taken;
  }
  if (!file_) {
    if (auto opened = open_file(now); !opened) return opened;
  }
  return sync_name();
}

/// Syncs the folder: after a power failure a file without a name is lost, even if its content was synced.
FileResult<void> Journal::sync_name() {
  if (is_named_) return {};
  auto synced = files_.sync_folder(options_.folder);
  is_named_ = synced.has_value();
  return synced;
}

FileResult<void> Journal::take_slot() {
  std::error_code why = std::make_error_code(std::errc::device_or_resource_busy);
  for (slot_ = 1; slot_ <= kMaxSlots; ++slot_) {
    auto lock = files_.try_lock(path_of("lock"));
    if (lock && *lock) {
      lock_ = std::move(*lock);
      return {};
    }
    if (!lock) why = lock.error();  // The lock may belong to another user; try the next slot.
  }
  return base::fail(why);
}

FileResult<void> Journal::open_file(WallTime now) {
  auto opened = files_.open_append(path());
  if (!opened) return base::fail(opened.error());
  file_ = std::move(*opened);
  torn_ = is_named_ = false;
  if (auto repaired = repair(); !repaired) {
    file_.reset();
    return repaired;
  }
  day_ = day_of(size_ == 0 ? now : file_->modified_at().value_or(now));
  return {};
}

/// Searches from the end for the last line feed. A crash has cut the octets after it, which were never reported as stored.
FileResult<void> Journal::repair() {
  const auto size = file_->size();
  if (!size) return base::fail(size.error());
  size_ = *size;
  while (size_ > 0) {
    const std::uint64_t from = size_ - std::min(size_, kReadChunk);
    const auto chunk = file_->read(from, static_cast<std::size_t>(size_ - from));
    if (!chunk) return base::fail(chunk.error());
    // The octets that were not read may be whole lines, so nothing is cut off.
    if (chunk->size() != size_ - from) return base::fail(std::make_error_code(std::errc::io_error));
    const auto end = chunk->rfind('\n');
    size_ = end == std::string::npos ? from : from + end + 1;
    if (end != std::string::npos) break;
  }
  if (size_ == *size) return {};
  save_torn(size_, *size);
  counters_.torn_bytes += *size - size_;
  return file_->truncate(size_);
}

void Journal::save_torn(std::uint64_t from, std::uint64_t size) {
  const auto bytes = file_->read(from, static_cast<std::size_t>(std::min(size - from, kReadChunk)));
  auto aside = files_.open_append(path_of("torn"));
  if (!bytes || !aside || (*aside)->size().value_or(kMaxTornFile) >= kMaxTornFile) return;
  (void)(*aside)->write(*bytes + "\n");  // People may look at this file; an error here does no harm.
}

bool Journal::is_rotation_due(std::size_t more, WallTime now) const {
  if (size_ == 0) return false;
  return suspect_ || size_ + more > options_.rotate_bytes || (options_.rotate_daily && day_of(now) > day_);
}

FileResult<void> Journal::rotate(WallTime now) {
  const auto names = files_.list(options_.folder);
  if (!names) return base::fail(names.error());
  std::string name;
  const auto taken = [&] { return std::find(names->begin(), names->end(), name) != names->end(); };
  for (WallTime at = now; name.empty() || taken(); at += std::chrono::milliseconds(1))
    name = slot_name(slot_, stamp(at) + std::string(kEnding));
  if (auto renamed = files_.rename(path(), options_.folder + "/" + name); !renamed) return renamed;
  file_.reset();
  suspect_ = false;
  ++counters_.rotations;
  prune();
  return open_file(now);
}

void Journal::prune() {
  auto names = files_.list(options_.folder).value_or(std::vector<std::string>{});
  std::erase_if(names, [this](const std::string& name) {
    const auto ours = parse_journal_name(name);
    return !ours || ours->slot != slot_ || !ours->rotated;
  });
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0; i + options_.keep < names.size(); ++i) (void)files_.remove(options_.folder + "/" + names[i]);
}

FileResult<void> Journal::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = file_->write(bytes);
    if (!written) return base::fail(written.error());
    if (*written == 0) return base::fail(std::make_error_code(std::errc::no_space_on_device));
    bytes.remove_prefix(std::min(*written, bytes.size()));
  }
  return {};
}

/// Removes the failed lines, so that the next attempt begins at the end of a line, and does not write a call twice.
void Journal::take_back() {
  torn_ = !file_->truncate(size_);
}

/// Detects that another program has shortened the file. Truncating to the old size after a failed write would fill the gap with NUL characters.
void Journal::notice_shortening() {
  const auto size = file_->size();
  if (!size || *size >= size_) return;
  size_ = *size;
  torn_ = size_ > 0;
}

FileResult<void> Journal::write_and_sync(std::string_view lines) {
  notice_shortening();
  const std::string_view apart = torn_ ? "\n" : "";  // If a cut line could not be removed, a line feed ends it; its checksum is wrong, so that
                                                     // readers skip it.
  auto done = write_all(apart);
  if (done) done = write_all(lines);
  if (done) {
    done = file_->sync();
    suspect_ = !done;
  }
  if (!done) {
    take_back();
    return done;
  }
  size_ = file_->size().value_or(size_ + apart.size() + lines.size());
  torn_ = false;
  return {};
}

FileResult<void> Journal::append(std::string_view lines, WallTime now) {
  if (file_ && !file_->is_at(path())) {  // Another program has moved or removed the file. Do not write to it any more.
    file_.reset();
    ++counters_.reopened;
  }
  if (auto opened = open(now); !opened) return opened;
  // If the rotation fails, the file grows further: a call's record is more important than the size of a file.
  if (is_rotation_due(lines.size(), now)) (void)rotate(now);
  if (auto opened = open(now); !opened) return opened;  // Opens the new file after a rotation.
  if (auto written = write_and_sync(lines); !written) return written;
  if (file_->is_deleted()) {  // The file was deleted after the check, so that no reader can find these lines.
    file_.reset();
    ++counters_.reopened;
    return base::fail(std::make_error_code(std::errc::no_such_file_or_directory));
  }
  day_ = day_of(now);
  counters_.lines_bytes += lines.size();
  return {};
}

}  // namespace offhook::inline v0::agent::records
