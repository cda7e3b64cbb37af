#include <offhook/agent/transcripts/day_files.hpp>

#include <offhook/agent/store/retention.hpp>

namespace offhook::inline v0::agent::transcripts {

namespace {

constexpr std::size_t kMaxOpen = 32;  // most agents with open files; a further agent's file takes the place of another agent's

}  // namespace

/// Closes the files of other days. Also closes one file if too many are open; the agent's next line reopens it.
void DayFiles::close_idle(std::string_view agent, std::int64_t today) {
  std::erase_if(open_, [&](const auto& entry) { return entry.second.name.day != today; });
  if (open_.size() >= kMaxOpen && !open_.contains(agent)) open_.erase(open_.begin());
}

/// Returns the agent's file of the day that has space for `more` octets. Opens the files of the day in their order until one has space.
FileResult<store::LineFile*> DayFiles::open_for(Open& open, std::size_t more) {
  const auto has_space = [&] { return open.json->size() == 0 || open.json->size() + more <= options_.rotate_bytes; };
  if (open.json && !open.json->is_in_place()) open.json.reset();
  while (!open.json || !has_space()) {
    // All files of the day are full. Later attempts fail too, unless a file is removed.
    if (open.json && open.name.sequence == kMaxFilesPerDay) return base::fail(std::make_error_code(std::errc::file_too_large));
    if (open.json) ++open.name.sequence;
    open.json.reset();
    open.text.reset();
    auto opened = store::LineFile::open(files_, options_.folder, open.name.name());
    if (!opened) return base::fail(opened.error());
    open.json.emplace(std::move(*opened));
    torn_bytes_ += open.json->torn_bytes();
  }
  return &*open.json;
}

/// Writes the lines to the text file for people. Ignores errors: the JSON file already has the lines.
void DayFiles::write_text(Open& open, const std::vector<TranscriptLine>& lines) {
  DayFileName name = open.name;
  name.is_text = true;
  if (open.text && !open.text->is_at(path(name))) open.text.reset();
  if (!open.text) {
    if (auto opened = files_.open_append(path(name))) open.text = std::move(*opened);
  }
  std::string text;
  for (const TranscriptLine& line : lines) text += readable(line);
  if (open.text) (void)store::write_all(*open.text, text);
}

FileResult<void> DayFiles::append(std::string_view agent, const std::vector<TranscriptLine>& lines, WallTime now) {
  std::string bytes;
  for (const TranscriptLine& line : lines) bytes += to_json(line);
  if (auto taken = slot_.take(files_, options_.folder, "transcripts"); !taken) return taken;
  const std::int64_t today = day_of(now);
  const std::string name = safe_agent_name(agent);
  close_idle(name, today);
  auto [at, is_new] = open_.try_emplace(name);
  Open& open = at->second;
  if (is_new) open.name = {today, slot_.number(), name, 1, false};
  auto file = open_for(open, bytes.size());
  if (!file) return base::fail(file.error());
  if (auto written = (*file)->append(bytes); !written) return written;
  if (options_.readable) write_text(open, lines);
  return {};
}

FileResult<std::size_t> remove_before(store::FileSystem& files, const std::string& folder, WallTime first_kept) {
  return store::remove_files(files, folder, [&](const std::string& name) {
    const auto parsed = parse_day_file_name(name);
    return parsed && parsed->day < day_of(first_kept);
  });
}

FileResult<std::size_t> DayFiles::purge(WallTime now) {
  close_idle({}, day_of(now));  // Close first: a removed file that is still open would stay on the disk without a name.
  if (auto made = files_.make_folder(options_.folder); !made) return base::fail(made.error());
  return remove_before(files_, options_.folder, now - std::chrono::days(options_.keep_days));
}

}  // namespace offhook::inline v0::agent::transcripts
