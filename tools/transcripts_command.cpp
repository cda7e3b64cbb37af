#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/store/folder.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/transcripts/day_files.hpp>
#include <offhook/agent/transcripts/transcript_reader.hpp>
#include <offhook/tools/commands.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/terminal.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace offhook::tools {

namespace {

namespace transcripts = agent::transcripts;
namespace records = agent::records;

int transcripts_failed(const std::string& why) {
  fmt::print(stderr, "offhook transcripts: {}\n", why);
  return kFailed;
}

int misused(const std::string& why) {
  fmt::print(stderr, "offhook transcripts: {}\n", why);
  return kUsage;
}

std::optional<std::string> folder_of(const TranscriptsArguments& arguments) {
  if (!arguments.folder.empty()) return arguments.folder;
  if (arguments.config.empty() && arguments.set.empty()) return agent::transcripts_folder(folders_of_environment());
  const auto loaded = load_config("transcripts", sources_of(arguments.config, arguments.set), LogTo::StandardError);
  if (!loaded) return std::nullopt;
  return agent::transcripts_folder(loaded->config);
}

/// Prints how many lines and files are missing, and why. Returns the exit code.
int emit(const transcripts::ReadSummary& summary) {
  if (summary.skipped > 0)
    fmt::print(stderr, "offhook transcripts: {} lines were cut or damaged, and were skipped\n", summary.skipped);
  if (summary.unreadable == 0) return kOk;
  fmt::print(stderr, "offhook transcripts: {} files cannot be read: run this command as the user that the agent runs as\n",
             summary.unreadable);
  return kFailed;
}

/// Prints on standard error why the list is empty, because standard output contains only calls. An empty list is not an error: most agents keep no transcripts.
void report_no_transcripts(const std::string& folder) {
  fmt::print(stderr,
             "offhook transcripts: there are no transcripts in {}\n"
             "Agents write transcripts there only with /transcripts/enabled (TRANSCRIPTION_ENABLED).\n"
             "If the agent runs as another user, use `sudo offhook transcripts`. If it has another\n"
             "/transcripts/folder, add --config FILE or --folder DIR.\n",
             folder);
}

int list(const TranscriptsArguments& arguments, const std::string& folder) {
  transcripts::CallList calls(arguments.last);
  const auto summary =
      transcripts::read_transcripts(folder, [&](const transcripts::TranscriptLine& line, std::string_view) { calls.add(line); });
  if (!summary && is_not_made_yet(summary.error(), folder, agent::store::default_folder("transcripts"))) return report_no_transcripts(folder), kOk;
  if (!summary) return transcripts_failed(summary.error().detail);
  const auto listed = calls.take();
  const auto screen = terminal_of(STDOUT_FILENO).table_columns();
  if (!listed.empty()) fmt::print("{}", transcripts::table_head(screen));
  for (const auto& call : listed) fmt::print("{}", transcripts::table_row(call, screen));
  if (listed.empty() && summary->unreadable == 0) report_no_transcripts(folder);
  return emit(*summary);
}

int show(const TranscriptsArguments& arguments, const std::string& folder) {
  if (arguments.call.empty()) return misused("show needs the id of a call: `offhook transcripts list` lists the ids");
  const bool colours = terminal_of(STDOUT_FILENO).colours;
  std::string shown;  // A heading separates the lines of two calls whose ids begin alike.
  const auto summary = transcripts::read_transcripts(folder, [&](const transcripts::TranscriptLine& line, std::string_view raw) {
    if (!transcripts::is_named(line, arguments.call)) return;
    if (arguments.json) {
      fmt::print("{}\n", raw);
    } else {
      if (line.call != shown)
        fmt::print("{}call {}\n", shown.empty() ? "" : "\n", agent::printable(line.call, transcripts::kMaxWordBytes));
      fmt::print("{}", transcripts::readable_in_call(line, colours));
    }
    shown = line.call;
  });
  if (!summary) return transcripts_failed(summary.error().detail);
  const int code = emit(*summary);
  if (shown.empty()) return transcripts_failed("no call is named " + arguments.call + "; `offhook transcripts list` lists the calls");
  return code;
}

int purge(const TranscriptsArguments& arguments, const std::string& folder) {
  const auto now = std::chrono::system_clock::now();
  const auto before = records::parse_since(arguments.older_than, now);
  if (!before) return misused("purge needs --older-than 30d, 12h or 2026-11-21: it removes the files of earlier days (UTC)");
  const auto removed = transcripts::remove_before(agent::store::posix_file_system(), folder, *before);
  if (!removed) return transcripts_failed("not everything could be removed from " + folder + ": " + removed.error().message());
  fmt::print("{} files removed\n", *removed);
  return kOk;
}

}  // namespace

int transcripts(const TranscriptsArguments& arguments) {
  const auto folder = folder_of(arguments);
  if (!folder) return kUsage;
  if (folder->empty()) return transcripts_failed("transcripts have no default folder here: name a folder with --folder");
  if (arguments.what == "show") return show(arguments, *folder);
  return arguments.what == "purge" ? purge(arguments, *folder) : list(arguments, *folder);
}

}  // namespace offhook::tools
