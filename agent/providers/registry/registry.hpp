#pragma once

#include <offhook/agent/providers/provider.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Returns all kinds of providers, in the order in which help and documentation list them.
[[nodiscard]] std::span<const Provider* const> provider_kinds();
/// Returns the kind with this name; nullptr if there is none.
[[nodiscard]] const Provider* find_kind(std::string_view name);
/// Returns the names of all kinds for which `is_one` returns true.
template <class IsOne>
[[nodiscard]] std::vector<std::string_view> kinds_where(IsOne is_one) {
  std::vector<std::string_view> names;
  for (const Provider* kind : provider_kinds()) {
    if (is_one(*kind)) names.push_back(kind->name);
  }
  return names;
}
/// Returns the kind "local", whose parts run in this process.
[[nodiscard]] const Provider& local_kind();

}  // namespace offhook::inline v0::agent
