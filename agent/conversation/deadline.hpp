#pragma once

#include <offhook/base/time.hpp>

#include <initializer_list>
#include <optional>

namespace offhook::inline v0::agent {

/// A time at which something is due; nullopt: nothing is due.
using Deadline = std::optional<base::TimePoint>;

/// Returns true once, when `at` has come, and clears `at`.
[[nodiscard]] inline bool take_due(Deadline& at, base::TimePoint now) {
  if (!at || now < *at) return false;
  at.reset();
  return true;
}

[[nodiscard]] inline Deadline earliest(std::initializer_list<Deadline> all) {
  Deadline first;
  for (const Deadline& at : all) {
    if (at && (!first || *at < *first)) first = at;
  }
  return first;
}

}  // namespace offhook::inline v0::agent
