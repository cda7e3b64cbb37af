#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/kept_data.hpp>
#include <offhook/agent/erasure/erasure.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tools/commands.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace offhook::tools {

namespace {

using agent::store::Erasing;

int cannot_erase(const std::string& why) {
  fmt::print(stderr, "offhook erase: {}\n", why);
  return kFailed;
}

std::optional<agent::KeptFolders> kept_folders(const EraseArguments& arguments) {
  if (arguments.config.empty() && arguments.set.empty()) {
    const auto config = folders_of_environment();
    return agent::KeptFolders{agent::records_folder(config), agent::transcripts_folder(config), agent::recordings_folder(config)};
  }
  auto effective = agent::config::read(sources_of(arguments.config, arguments.set));
  // A problem with a secret that only the service gets must not prevent erasing.
  std::erase_if(effective.problems, [](const auto& problem) { return !agent::config::may_name_kept_data(problem); });
  if (!effective.problems.empty()) return print_problems("erase", effective.problems), std::nullopt;
  return agent::KeptFolders{agent::records_folder(effective.config), agent::transcripts_folder(effective.config), agent::recordings_folder(effective.config)};
}

/// Returns the one matching call. Prints a message and returns nullopt if no call matches, if several calls match, or if the call may still run.
std::optional<std::string> call_to_erase(const EraseArguments& arguments, const agent::KeptFolders& folders) {
  const auto say = [](const std::string& why) { return cannot_erase(why), std::nullopt; };
  const auto calls = agent::find_calls(folders, arguments.call);
  if (!calls) return say(calls.error().detail);
  if (calls->ids.empty()) {
    return say(fmt::format("no call is named {} in \"{}\", \"{}\" or \"{}\"; `offhook calls` lists them, and --config FILE names other folders",
                           agent::printable(arguments.call, 64), folders.records, folders.transcripts, folders.recordings));
  }
  if (calls->ids.size() > 1) return say(fmt::format("more than one call has this id, or an id that begins with it: {}; give one of these ids", fmt::join(calls->ids, ", ")));
  if (calls->is_up)
    return say("call " + calls->ids.front() + " is up, or its record has no end and is less than 24 hours old: erase it after its end");
  return calls->ids.front();
}

void report_erased(const EraseArguments& arguments, const std::string& call, const agent::ErasedCall& erased) {
  if (arguments.json) {
    agent::JsonLine line;
    line.text("call", call, 64).flag("erased", arguments.yes).number("record_lines", erased.record_lines);
    line.number("transcript_lines", erased.transcript_lines).number("recordings", std::uint64_t{erased.recordings.size()});
    return fmt::print("{}}}\n", line.take());
  }
  fmt::print("{} call {}: {} lines of records, {} lines of transcripts, {} recordings\n", arguments.yes ? "erased" : "this would erase", call,
             erased.record_lines, erased.transcript_lines, erased.recordings.size());
  for (const std::string& path : erased.recordings) fmt::print("  {}\n", path);
  fmt::print(stderr, "{}\n", arguments.yes ? "Not erased: the data of this call in the log, in backups, in your PBX, and at its providers."
                                          : "Nothing was changed: add --yes to erase it.");
}

}  // namespace

int erase(const EraseArguments& arguments) {
  const auto folders = kept_folders(arguments);
  if (!folders) return kUsage;
  const auto call = call_to_erase(arguments, *folders);
  if (!call) return kFailed;
  const auto erased = agent::erase_call(*folders, *call, arguments.yes ? Erasing::Overwrite : Erasing::Count);
  if (!erased) {
    constexpr const char* kAs = " as root, or as the user that the agent runs as";
    return cannot_erase(erased.error().detail + (arguments.yes ? "; not everything is erased: run this command again" : "; run this command") + kAs);
  }
  report_erased(arguments, *call, *erased);
  return kOk;
}

}  // namespace offhook::tools
