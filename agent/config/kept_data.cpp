#include <offhook/agent/config/kept_data.hpp>

#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/config/variables.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::config {

namespace {

/// Returns true for a pointer to a known section or top-level setting that names no folder of kept data.
bool is_of_other_section(std::string_view pointer) {
  constexpr std::array<std::string_view, 3> kKeeping{"records", "transcripts", "recordings"};
  const std::string_view name = pointer.substr(0, pointer.find('/', 1)).substr(std::min<std::size_t>(1, pointer.size()));
  const auto has = [name](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
  return pointer.starts_with('/') && !has(kKeeping) && (has(sections()) || has(names_in("")));
}

bool is_name_of_variable(std::string_view where) {
  return std::all_of(where.begin(), where.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

bool may_name_kept_data(const Problem& problem) {
  const auto* by_variable = find_variable(problem.where);
  const std::string& where = by_variable != nullptr ? by_variable->pointer : problem.where;
  if (where.find(':') != std::string::npos || where.starts_with(kVariablePrefix)) return true;
  if (where == "http_proxy" || where == "https_proxy" || where == "no_proxy") return false;
  return where != "/recordings/key" && !is_of_other_section(where) && !is_name_of_variable(where);
}

}  // namespace offhook::inline v0::agent::config
