#include <offhook/agent/records/journal.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::records {

namespace {

constexpr std::string_view kEnding = ".jsonl";
constexpr std::size_t kStampBytes = sizeof("20261121T093000.123Z") - 1;

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
  if (!slot || *slot == 0 || *slot > store::kMaxSlots) return std::nullopt;
  if (dot == std::string_view::npos) return JournalName{*slot, false};
  const auto when = name.substr(dot + 1);
  const bool stamped = when.size() == kStampBytes && when.back() == 'Z' && when[8] == 'T';
  return stamped ? std::optional(JournalName{*slot, true}) : std::nullopt;
}

FileResult<void> Journal::open(WallTime now) {
  if (auto taken = slot_.take(files_, options_.folder, "calls"); !taken) return taken;
  if (file_) return {};
  auto opened = store::LineFile::open(files_, options_.folder, name_of("jsonl"), name_of("torn"));
  if (!opened) return base::fail(opened.error());
  file_.emplace(std::move(*opened));
  counters_.torn_bytes += file_->torn_bytes();
  day_ = day_of(file_->size() == 0 ? now : file_->modified_at().value_or(now));
  return {};
}

bool Journal::is_rotation_due(std::size_t more, WallTime now) const {
  if (file_->size() == 0) return false;
  return file_->is_suspect() || file_->size() + more > options_.rotate_bytes || (options_.rotate_daily && day_of(now) > day_);
}

/// Renames and closes the current file. If the renaming fails, the file grows beyond its limit: a call's record is more important than that limit.
void Journal::rotate(WallTime now) {
  const auto names = files_.list(options_.folder);
  if (!names) return;
  std::string name;
  const auto taken = [&] { return std::find(names->begin(), names->end(), name) != names->end(); };
  for (WallTime at = now; name.empty() || taken(); at += std::chrono::milliseconds(1)) name = name_of(stamp(at) + std::string(kEnding));
  if (!files_.rename(path(), options_.folder + "/" + name)) return;
  file_.reset();
  prune();
}

void Journal::prune() {
  auto names = files_.list(options_.folder).value_or(std::vector<std::string>{});
  std::erase_if(names, [this](const std::string& name) {
    const auto ours = parse_journal_name(name);
    return !ours || ours->slot != slot_.number() || !ours->rotated;
  });
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0; i + options_.keep < names.size(); ++i) (void)files_.remove(options_.folder + "/" + names[i]);
}

FileResult<void> Journal::append(std::string_view lines, WallTime now) {
  if (file_ && !file_->is_in_place()) {
    file_.reset();
    ++counters_.reopened;
  }
  if (auto opened = open(now); !opened) return opened;
  if (is_rotation_due(lines.size(), now)) rotate(now);
  if (auto opened = open(now); !opened) return opened;  // Opens the new file after a rotation.
  if (auto written = file_->append(lines); !written) return written;
  day_ = day_of(now);
  return {};
}

}  // namespace offhook::inline v0::agent::records
