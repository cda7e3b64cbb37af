#pragma once

#include <offhook/base/time.hpp>

#include <initializer_list>
#include <optional>

namespace offhook::inline v0::agent {

/// A time at which something happens; nothing: it is not awaited.
using Deadline = std::optional<base::TimePoint>;

/// True once, when `at` has come: it is then not awaited any more.
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
