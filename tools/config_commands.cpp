#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/checkup.hpp>
#include <offhook/agent/app/online_check.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/config/schema.hpp>
#include <offhook/agent/providers/embedded/dialogue_schema.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/share_path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace offhook::tools {

namespace {

std::vector<agent::setup::Finding> ask_servers(const agent::config::Sources& sources) {
  const auto loaded = read_config(sources);
  return loaded ? agent::check_online(loaded->config, *loaded->agents) : std::vector<agent::setup::Finding>{};
}

}  // namespace

int check(const ConfigArguments& arguments) {
  const auto sources = sources_of(arguments.config, arguments.set);
  auto checkup = agent::check_up(sources, share_path("dialogues/receptionist.json"), silero_folder());
  int code = checkup.problems.empty() ? kOk : kUsage;
  if (code == kOk && arguments.online) checkup.online = ask_servers(sources);
  if (std::any_of(checkup.online.begin(), checkup.online.end(), [](const auto& found) { return !found.good; })) code = kFailed;
  if (arguments.json) {
    fmt::print("{}\n", to_json(checkup));
    return code;
  }
  if (code == kUsage) print_problems("check", checkup.problems);
  for (const auto& warning : checkup.warnings) fmt::print(stderr, "offhook check: warning: {}: {}\n", warning.where, warning.what);
  for (const auto& found : checkup.online) fmt::print(found.good ? stdout : stderr, "{}{}\n", found.good ? "" : "offhook check: ", found.what);
  if (code == kOk) {
    const std::string with = checkup.dialogue.empty() ? "" : ", with the dialogue " + checkup.dialogue;
    const std::string by = checkup.proxy == "none" ? "" : "; providers are reached by the proxy " + checkup.proxy;
    fmt::print("{} can be used{}{}\n", arguments.config.empty() ? "The environment" : arguments.config, with, by);
  }
  return code;
}

int print_config(const ConfigArguments& arguments) {
  const auto effective = agent::config::read(sources_of(arguments.config, arguments.set));
  if (arguments.json) {
    fmt::print("{}\n", agent::config::effective_json(effective));
  } else {
    fmt::print("{}", agent::config::effective_table(effective));
    if (!effective.problems.empty()) print_problems("print-config", effective.problems);
  }
  return effective.problems.empty() ? kOk : kUsage;
}

int schema(const SchemaArguments& arguments) {
  const auto text = arguments.markdown ? agent::config::markdown_table()
                    : arguments.of == "dialogue" ? agent::embedded::dialogue_schema_text()
                                                 : agent::config::schema_text();
  fmt::print("{}", text);
  return kOk;
}

}  // namespace offhook::tools
