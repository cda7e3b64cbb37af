#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/config/variables.hpp>
#include <offhook/agent/erasure/erasure.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tools/commands.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace offhook::tools {

namespace {

using agent::store::Erasing;

int cannot_erase(const std::string& why) {
  fmt::print(stderr, "offhook erase: {}\n", why);
  return kFailed;
}

/// Returns true for a pointer to a known section or top-level setting that names no folder of kept data. An unknown name may be a misspelt one of
/// those, so that it returns false.
bool is_of_other_section(std::string_view pointer) {
  constexpr std::array<std::string_view, 3> kKeeping{"records", "transcripts", "recordings"};
  const std::string_view name = pointer.substr(0, pointer.find('/', 1)).substr(std::min<std::size_t>(1, pointer.size()));
  const auto has = [name](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
  return pointer.starts_with('/') && !has(kKeeping) && (has(agent::config::sections()) || has(agent::config::names_in("")));
}

/// Returns true for a problem of a setting that names no folder of kept data, by its pointer or its variable. A position such as
/// "/etc/offhook.json:3:7" is neither.
bool is_elsewhere(const agent::Problem& problem) {
  const auto* by_variable = agent::config::find_variable(problem.where);
  const std::string& where = by_variable != nullptr ? by_variable->pointer : problem.where;
  if (where.find(':') != std::string::npos || where.starts_with(agent::config::kVariablePrefix)) return false;
  if (where == "http_proxy" || where == "https_proxy" || where == "no_proxy") return true;
  if (where == "/recordings/key" || is_of_other_section(where)) return true;
  return std::all_of(where.begin(), where.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::optional<agent::KeptFolders> kept_folders(const EraseArguments& arguments) {
  if (arguments.config.empty() && arguments.set.empty()) {
    const auto config = folders_of_environment();
    return agent::KeptFolders{agent::records_folder(config), agent::transcripts_folder(config), agent::recordings_folder(config)};
  }
  auto effective = agent::config::read(sources_of(arguments.config, arguments.set));
  // A secret that only the service gets must not prevent erasing.
  std::erase_if(effective.problems, is_elsewhere);
  if (!effective.problems.empty()) return print_problems("erase", effective.problems), std::nullopt;
  return agent::KeptFolders{agent::records_folder(effective.config), agent::transcripts_folder(effective.config), agent::recordings_folder(effective.config)};
}

/// Returns the one matching call. Prints a message and returns nullopt if there is none, more than one, or if the call is up.
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

void tell_erased(const EraseArguments& arguments, const std::string& call, const agent::ErasedCall& erased) {
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
    return cannot_erase(erased.error().detail + (arguments.yes ? "; not everything is erased: run this again" : "; run this") + kAs);
  }
  tell_erased(arguments, *call, *erased);
  return kOk;
}

}  // namespace offhook::tools
