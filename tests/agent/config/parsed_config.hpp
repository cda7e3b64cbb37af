#pragma once

#include <offhook/agent/config/config.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Configurations from texts. The test supplies the variables.
namespace offhook::test {

using Variables = std::map<std::string, std::string>;
using Outcome = base::Result<agent::config::Config, std::vector<agent::Problem>>;

inline agent::config::Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

inline const Variables kRequired{{"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"ASTERISK_HOST", "pbx.example"}};

inline Variables with(Variables more) {
  more.insert(kRequired.begin(), kRequired.end());
  return more;
}

inline Outcome parse(std::string_view text, Variables more = {}) { return agent::config::parse(text, environment(with(std::move(more)))); }

inline std::string listed(const std::vector<agent::Problem>& problems) {
  std::string text;
  for (const agent::Problem& problem : problems) text += to_string(problem) + "\n";
  return text;
}

/// Returns all problems, one per line; "" if there are none.
inline std::string problems_of(const Outcome& outcome) { return outcome ? "" : listed(outcome.error()); }

inline std::string problems_in(std::string_view text, Variables more = {}) { return problems_of(parse(text, std::move(more))); }

inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace offhook::test
