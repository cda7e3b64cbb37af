// The input is a configuration file. Checks that every result can be printed, that the number of problems is limited, that no problem
// contains a secret, and that accepted values are within the bounds of the settings table.
#include "require.hpp"

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/config/settings.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace config = offhook::agent::config;
using namespace offhook::agent;
using offhook::fuzz::require;

namespace {

constexpr std::string_view kSecret = "canary-7f3a";

std::optional<std::string> variable(const std::string& name) {
  if (name == "SIP_EXTENSION") return "6001";
  if (name == "SIP_PASSWORD") return std::string(kSecret);
  if (name == "ASTERISK_HOST") return "pbx.example";
  return std::nullopt;
}

/// Acts as the file system: returns a prompt file for half of all paths, so that a configuration may name any file.
offhook::base::Result<config::FileText, std::string> files(const std::string& path, std::size_t most) {
  if (path.size() % 2 != 0) return offhook::base::fail(std::string("it is not there"));
  return config::FileText{std::string("---\nvoice: slt\n---\nYou are {{caller}}'s helper.\n").substr(0, most), path.size() % 4 == 0};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto effective = config::read_text(text, "fuzz.json", {std::nullopt, variable, {}, files});
  require(effective.problems.size() <= kMaxProblems);
  require(effective.origins.size() == config::settings().size());
  for (const Problem& problem : effective.problems) {
    require(!problem.where.empty() && !problem.found.empty() && !problem.allowed.empty() && !problem.advice.empty());
    require(to_string(problem).find(kSecret) == std::string::npos);
    require(problem.position.empty() || problem.position.starts_with("fuzz.json:"));
  }
  const auto built = offhook::agent::build_directory(effective, {std::nullopt, files, "dialogue.json"});
  require(built.directory != nullptr || !built.problems.empty());
  require(built.problems.size() <= kMaxProblems);
  for (const Problem& problem : built.problems) {
    require(!problem.where.empty() && !problem.found.empty() && !problem.allowed.empty() && !problem.advice.empty());
  }
  if (built.directory && effective.problems.empty()) {
    const auto& profile = *built.directory->choose({"1001", "6001", {}});
    require(!profile.sessions.empty() && !profile.codecs.empty());
    static_cast<void>(prompt_for(profile, {}));
  }
  require(!effective_json(effective).empty() && !effective_table(effective).empty());
  for (const config::Setting& setting : config::settings()) {
    const auto value = setting.field.get(effective.config);
    require(setting.is_secret() || (value.kind == JsonValue::Kind::Text && value.text.empty()) || check(setting, value).has_value());
  }
  const std::string pointer(text.substr(0, 256));  // The same octets serve as an argument of the command line.
  require(config::read_text("", "", {std::nullopt, variable, {pointer}, files}).problems.size() <= kMaxProblems);
  return 0;
}
