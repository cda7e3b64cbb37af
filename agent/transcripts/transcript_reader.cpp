#include <offhook/agent/transcripts/transcript_reader.hpp>

#include <offhook/agent/records/call_id.hpp>
#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/records/text_table.hpp>
#include <offhook/agent/store/descriptor.hpp>
#include <offhook/agent/store/erase_lines.hpp>
#include <offhook/agent/store/read_lines.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/transcripts/day_file_names.hpp>

#include <fcntl.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <tuple>

namespace offhook::inline v0::agent::transcripts {

namespace {

using records::TableColumn;
constexpr std::array kTableOfTranscripts{
    TableColumn{.name = "call", .usual = 13, .least = 13},
    TableColumn{.name = "time", .usual = 20, .least = 20},
    TableColumn{.name = "length", .usual = 7, .least = 7, .leaves_as = 4, .is_right = true},
    TableColumn{.name = "agent", .usual = 20, .least = 8},
    TableColumn{.name = "language", .usual = 8, .least = 8, .leaves_as = 3},
    TableColumn{.name = "caller", .usual = 6, .least = 6, .leaves_as = 2, .is_right = true},
    TableColumn{.name = "agent", .usual = 5, .least = 5, .leaves_as = 1, .is_right = true},
};

using Visit = std::function<void(const TranscriptLine&, std::string_view)>;

void read_file(const std::string& path, ReadSummary& summary, const Visit& visit) {
  // A link or a pipe with this name is foreign. Do not follow the link, and do not wait for the pipe.
  const store::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (!file.is_regular()) {
    ++summary.unreadable;
    return;
  }
  ++summary.files;
  (void)store::read_lines(file.get(), [&](const store::FileLine& each) {
    if (!each.is_whole || store::is_erased(each.text)) return;
    const auto line = parse_line(each.text);
    ++(line ? summary.lines : summary.skipped);
    if (line) visit(*line, each.text);
  });
}

}  // namespace

base::Result<ReadSummary, base::Error> read_transcripts(const std::string& folder, const Visit& visit) {
  std::vector<DayFileName> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const auto parsed = parse_day_file_name(at->path().filename().string());
    if (parsed && !parsed->is_text) names.push_back(*parsed);
  }
  if (error)
    return base::fail(
        base::Error{"transcripts", error.value(), "transcripts cannot be read in " + folder + ": " + error.message()});
  std::sort(names.begin(), names.end(), [](const DayFileName& a, const DayFileName& b) {
    return std::tie(a.day, a.agent, a.slot, a.sequence) < std::tie(b.day, b.agent, b.slot, b.sequence);
  });
  ReadSummary summary;
  for (const DayFileName& name : names) read_file(folder + "/" + name.name(), summary, visit);
  return summary;
}

void CallList::add(const TranscriptLine& line) {
  // Search from the end: the previous line of the same call is mostly near.
  auto at = std::find_if(calls_.rbegin(), calls_.rend(), [&](const ListedCall& call) { return call.call == line.call; });
  if (at == calls_.rend()) {
    if (calls_.size() == kMaxListedCalls) calls_.erase(calls_.begin());
    calls_.push_back({line.call, line.agent, line.language, line.time, line.time, 0, 0});
    at = calls_.rbegin();
  }
  at->last = std::max(at->last, line.time);
  if (!line.language.empty()) at->language = line.language;
  if (line.speaker == Who::Caller) ++at->caller_lines;
  if (line.speaker == Who::Agent) ++at->agent_lines;
}

std::vector<ListedCall> CallList::take() {
  std::sort(calls_.begin(), calls_.end(), [](const ListedCall& a, const ListedCall& b) { return std::tie(a.first, a.call) < std::tie(b.first, b.call); });
  if (last_ != 0 && calls_.size() > last_) calls_.erase(calls_.begin(), calls_.end() - static_cast<std::ptrdiff_t>(last_));
  return std::move(calls_);
}

bool is_named(const TranscriptLine& line, std::string_view name) { return records::may_mean_call(name, line.call); }

std::string table_head(std::optional<std::size_t> screen) { return records::TextTable(kTableOfTranscripts, screen).head(); }

std::string table_row(const ListedCall& call, std::optional<std::size_t> screen) {
  const auto seconds =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(call.last - call.first).count());
  const std::array<std::string, kTableOfTranscripts.size()> cells{
      printable(call.call, kMaxWordBytes),
      readable_utc(call.first),
      fmt::format("{}:{:02}", seconds / 60, seconds % 60),
      printable(call.agent, kMaxWordBytes),
      call.language.empty() ? "-" : printable(call.language, kMaxWordBytes),
      fmt::format("{}", call.caller_lines),
      fmt::format("{}", call.agent_lines)};
  return records::TextTable(kTableOfTranscripts, screen).row(cells);
}

}  // namespace offhook::inline v0::agent::transcripts
