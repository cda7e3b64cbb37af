#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/store/folder.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/terminal.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace offhook::tools {

namespace {

namespace records = agent::records;

std::optional<std::string> folder_of(const CallsArguments& arguments) {
  if (!arguments.folder.empty()) return arguments.folder;
  if (arguments.config.empty() && arguments.set.empty()) return agent::records_folder(folders_of_environment());
  const auto loaded = load_config("calls", sources_of(arguments.config, arguments.set), LogTo::StandardError);
  if (!loaded) return std::nullopt;
  return agent::records_folder(loaded->config);
}

/// Prints how many records the list lacks, and why. Returns the exit code.
int emit(const records::ReadSummary& summary) {
  if (summary.skipped > 0) fmt::print(stderr, "offhook calls: {} lines were cut or damaged, and were skipped\n", summary.skipped);
  if (summary.newer_schema > 0)
    fmt::print(stderr, "offhook calls: {} lines have a newer version, and were skipped\n", summary.newer_schema);
  if (summary.unreadable == 0) return kOk;
  fmt::print(stderr, "offhook calls: {} files of records cannot be read: run this command as the user that the agent runs as\n", summary.unreadable);
  return kFailed;
}

int calls_failed(const std::string& why) {
  fmt::print(stderr, "offhook calls: {}\n", why);
  return kFailed;
}

/// Prints why the list is empty, on standard error, because standard output contains only calls. An empty list is not an error: an agent that was
/// never called has no records.
void report_no_calls(const std::string& folder, const records::ReadSummary& summary) {
  if (summary.calls > 0) return fmt::print(stderr, "offhook calls: none of the {} calls in {} matches --failed or --since\n", summary.calls, folder);
  if (summary.unreadable > 0) return;
  fmt::print(stderr,
             "offhook calls: there are no calls in {}\n"
             "`offhook run` and `offhook call` write each call there. If the agent runs as another user, use\n"
             "`sudo offhook calls`. If it has another /records/folder, add --config FILE or --folder DIR.\n",
             folder);
}

int show_one(const CallsArguments& arguments, const std::string& folder) {
  std::vector<records::StoredCall> found;
  const auto summary = records::read_calls(folder, [&](records::StoredCall call) {
    if (records::is_named(call, arguments.id) && found.size() < 10) found.push_back(std::move(call));
  });
  if (!summary) return calls_failed(summary.error().detail);
  const int code = emit(*summary);
  if (found.empty()) return calls_failed("no call is named " + arguments.id + "; `offhook calls` lists them");
  const bool colours = terminal_of(STDOUT_FILENO).colours;
  for (const auto& call : found)
    fmt::print("{}{}", &call == found.data() || arguments.json ? "" : "\n",
               arguments.json ? records::json(call) + "\n" : records::conversation(call, colours));
  return code;
}

int list(const CallsArguments& arguments, const std::string& folder, const records::Selection& selection) {
  const auto screen = terminal_of(STDOUT_FILENO).table_columns();
  std::size_t printed = 0;
  const auto print = [&](const records::StoredCall& call) {
    if (printed++ == 0 && !arguments.json) fmt::print("{}", records::table_head(screen));
    fmt::print("{}", arguments.json ? records::json(call) + "\n" : records::table_row(call, screen));
  };
  records::Newest newest(selection.last);
  const auto summary = records::read_calls(folder, [&](records::StoredCall call) {
    if (!records::is_selected(call, selection)) return;
    if (selection.last == 0) return print(call);
    newest.add(std::move(call));
  });
  if (!summary && is_not_made_yet(summary.error(), folder, agent::store::default_folder("calls"))) return report_no_calls(folder, records::ReadSummary{}), kOk;
  if (!summary) return calls_failed(summary.error().detail);
  for (const auto& call : newest.take()) print(call);
  if (printed == 0) report_no_calls(folder, *summary);
  return emit(*summary);
}

}  // namespace

int calls(const CallsArguments& arguments) {
  const auto folder = folder_of(arguments);
  if (!folder) return kUsage;
  if (folder->empty()) return calls_failed("records are switched off, or have no folder: name a folder with --folder");
  if (!arguments.id.empty()) return show_one(arguments, *folder);
  records::Selection selection{std::nullopt, arguments.failed, arguments.last};
  if (!arguments.since.empty()) {
    selection.since = records::parse_since(arguments.since, std::chrono::system_clock::now());
    if (!selection.since) {
      fmt::print(stderr, "offhook calls: --since {} is not a time: write 90m, 12h, 7d, 2026-11-21 or 2026-11-21T09:00:00Z\n", arguments.since);
      return kUsage;
    }
  }
  return list(arguments, *folder, selection);
}

}  // namespace offhook::tools
