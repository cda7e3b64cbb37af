#include <offhook/agent/transcripts/day_files.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::transcripts {

namespace {

constexpr std::size_t kMaxOpen = 32;  // agents; with more of them, files are closed and reopened in turn
constexpr std::uint64_t kChunk = 64U << 10U;

std::int64_t day_of(WallTime time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

FileResult<void> write_all(records::AppendFile& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = file.write(bytes);
    if (!written) return base::fail(written.error());
    if (*written == 0) return base::fail(std::make_error_code(std::errc::no_space_on_device));
    bytes.remove_prefix(std::min(*written, bytes.size()));
  }
  return {};
}

}  // namespace

FileResult<void> DayFiles::take_slot() {
  if (lock_) return {};
  if (auto made = files_.make_folder(options_.folder); !made) return made;
  std::error_code why = std::make_error_code(std::errc::device_or_resource_busy);
  for (slot_ = 1; slot_ <= kMaxSlots; ++slot_) {
    auto lock = files_.try_lock(options_.folder + "/transcripts-" + std::to_string(slot_) + ".lock");
    if (lock && *lock) {
      lock_ = std::move(*lock);
      return {};
    }
    if (!lock) why = lock.error();  // The lock may belong to another user; try the next slot.
  }
  return base::fail(why);
}

/// Closes the files of other days. Also closes one file if too many are open; the agent's next line reopens it.
void DayFiles::close_idle(const std::string& agent, std::int64_t today) {
  std::erase_if(open_, [&](const auto& entry) { return entry.second.name.day != today; });
  if (open_.size() >= kMaxOpen && !open_.contains(agent)) open_.erase(open_.begin());
}

/// Opens the files of the day in their order, until one has space.
FileResult<void> DayFiles::open_next(Open& open, std::size_t more) {
  for (; open.name.sequence <= kMaxFilesPerDay; ++open.name.sequence) {
    auto opened = files_.open_append(path(open.name));
    if (!opened) return base::fail(opened.error());
    ++counters_.files_opened;
    open.json = std::move(*opened);
    open.text.reset();
    open.is_named = false;
    if (auto repaired = repair(open); !repaired) {
      open.json.reset();
      return repaired;
    }
    if (open.size == 0 || open.size + more <= options_.rotate_bytes) return {};
  }
  open.name.sequence = kMaxFilesPerDay;  // The next attempt finds the same, unless a file has been removed meanwhile.
  open.json.reset();
  return base::fail(std::make_error_code(std::errc::file_too_large));
}

/// Removes the bytes after the last line feed, which a crash has cut. A copy of them in another file would outlive the retention.
FileResult<void> DayFiles::repair(Open& open) {
  const auto size = open.json->size();
  if (!size) return base::fail(size.error());
  open.size = *size;
  open.torn = false;
  while (open.size > 0) {
    const std::uint64_t from = open.size - std::min(open.size, kChunk);
    const auto chunk = open.json->read(from, static_cast<std::size_t>(open.size - from));
    if (!chunk) return base::fail(chunk.error());
    if (chunk->size() != open.size - from)
      return base::fail(std::make_error_code(std::errc::io_error));  // The size is uncertain, so nothing is cut off.
    const auto end = chunk->rfind('\n');
    open.size = end == std::string::npos ? from : from + end + 1;
    if (end != std::string::npos) break;
  }
  if (open.size == *size) return {};
  counters_.torn_bytes += *size - open.size;
  return open.json->truncate(open.size);
}

FileResult<DayFiles::Open*> DayFiles::open_for(const std::string& agent, std::size_t more, WallTime now) {
  if (auto taken = take_slot(); !taken) return base::fail(taken.error());
  const std::int64_t today = day_of(now);
  close_idle(agent, today);
  auto [at, is_new] = open_.try_emplace(agent);
  Open& open = at->second;
  if (is_new) open.name = {today, slot_, agent, 1, false};
  if (open.json && !open.json->is_at(path(open.name)))
    open.json.reset();  // Another program has moved or removed the file. Do not write to it any more.
  if (open.json && open.size != 0 && open.size + more > options_.rotate_bytes) {
    open.json.reset();
    ++open.name.sequence;
  }
  if (!open.json) {
    if (auto opened = open_next(open, more); !opened) return base::fail(opened.error());
  }
  if (!open.is_named) {
    if (auto synced = files_.sync_folder(options_.folder); !synced) return base::fail(synced.error());
    open.is_named = true;
  }
  return &open;
}

FileResult<void> DayFiles::write(Open& open, std::string_view bytes) {
  const std::string_view apart = open.torn ? "\n" : "";  // If a cut line could not be removed, a line feed ends it; its checksum is wrong, so that
                                                         // readers skip it.
  auto done = write_all(*open.json, apart);
  if (done) done = write_all(*open.json, bytes);
  if (done) done = open.json->sync();
  if (!done) {
    open.torn = !open.json->truncate(open.size);
    return done;
  }
  open.size = open.json->size().value_or(open.size + apart.size() + bytes.size());
  open.torn = false;
  return {};
}

/// Writes the file for people. Its errors lose no line of the JSON file.
void DayFiles::write_text(Open& open, const std::vector<TranscriptLine>& lines) {
  DayFileName name = open.name;
  name.is_text = true;
  if (open.text && !open.text->is_at(path(name))) open.text.reset();
  if (!open.text) {
    if (auto opened = files_.open_append(path(name))) open.text = std::move(*opened);
  }
  std::string text;
  for (const TranscriptLine& line : lines) text += readable(line);
  if (!open.text || !write_all(*open.text, text)) ++counters_.texts_failed;
}

FileResult<void> DayFiles::append(std::string_view agent, const std::vector<TranscriptLine>& lines, WallTime now) {
  std::string bytes;
  for (const TranscriptLine& line : lines) bytes += to_json(line);
  auto opened = open_for(safe_agent_name(agent), bytes.size(), now);
  if (!opened) return base::fail(opened.error());
  Open& open = **opened;
  if (auto written = write(open, bytes); !written) return written;
  if (open.json->is_deleted()) {  // The file was deleted after the check, so that no reader can find it.
    open.json.reset();
    return base::fail(std::make_error_code(std::errc::no_such_file_or_directory));
  }
  counters_.lines_bytes += bytes.size();
  if (options_.readable) write_text(open, lines);
  return {};
}

FileResult<std::size_t> remove_before(records::FileSystem& files, const std::string& folder, WallTime first_kept) {
  const auto names = files.list(folder);
  if (!names) return base::fail(names.error());
  std::size_t removed = 0;
  std::error_code failed;
  for (const std::string& name : *names) {
    const auto parsed = parse_day_file_name(name);
    if (!parsed || parsed->day >= day_of(first_kept)) continue;
    if (const auto gone = files.remove(folder + "/" + name))
      ++removed;
    else
      failed = gone.error();
  }
  if (removed > 0) {
    if (const auto synced = files.sync_folder(folder); !synced) failed = synced.error();
  }
  if (failed) return base::fail(failed);
  return removed;
}

FileResult<std::size_t> DayFiles::purge(WallTime now) {
  close_idle({}, day_of(now));  // An open file would stay on the disk without a name.
  if (auto made = files_.make_folder(options_.folder); !made) return base::fail(made.error());
  auto removed = remove_before(files_, options_.folder, now - std::chrono::days(options_.keep_days));
  if (removed) counters_.files_removed += *removed;
  return removed;
}

bool DailyTask::is_due(WallTime now) const {
  return day_ != day_of(now);
}
void DailyTask::done(WallTime now) {
  day_ = day_of(now);
}

}  // namespace offhook::inline v0::agent::transcripts
