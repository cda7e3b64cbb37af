#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// One mistake in a configuration. It quotes the wrong value only if the value is harmless (harmless_value.hpp): the operator may have written a password
/// in the wrong place.
struct Problem {
  std::string where;    ///< a JSON pointer ("/sip/port"), FILE:LINE:COLUMN, or the name of an environment variable
  std::string found;
  std::string allowed;
  std::string advice;   ///< what the operator can do
  std::string position{};  ///< FILE:LINE:COLUMN if `where` is a pointer into the file; otherwise ""

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// A setting that works, but probably not as the operator intended.
struct Warning {
  std::string where, what;

  friend bool operator==(const Warning&, const Warning&) = default;
};

inline constexpr std::size_t kMaxProblems = 32;  ///< most problems in one report; if there are more, the last problem gives their number

/// Returns "WHERE: found FOUND; allowed: ALLOWED; ADVICE".
[[nodiscard]] std::string to_string(const Problem& problem);

/// If there are more than kMaxProblems problems, keeps the first kMaxProblems - 1, and adds one with the number of the removed problems.
void shorten(std::vector<Problem>& problems);

}  // namespace offhook::inline v0::agent
