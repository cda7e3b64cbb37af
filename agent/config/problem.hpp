#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

/// One thing that is wrong with a configuration. It holds a value that a person wrote only if that is harmless (harmless_value.hpp): it may
/// be a password in the wrong place.
struct Problem {
  std::string where;    ///< a JSON pointer ("/sip/port"), FILE:LINE:COLUMN, or the name of an environment variable
  std::string found;
  std::string allowed;
  std::string advice;   ///< what to do
  std::string position{};  ///< FILE:LINE:COLUMN, if `where` is a pointer that stands in the file; "" otherwise

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// Something that works, but probably not as it was meant.
struct Warning {
  std::string where, what;

  friend bool operator==(const Warning&, const Warning&) = default;
};

inline constexpr std::size_t kMaxProblems = 32;  ///< told at once; the last one then says how many more there are

/// "WHERE: found FOUND; allowed: ALLOWED; ADVICE"
[[nodiscard]] std::string to_string(const Problem& problem);

/// Keeps the first kMaxProblems - 1 and one that counts the rest, when there are more than kMaxProblems.
void shorten(std::vector<Problem>& problems);

}  // namespace offhook::inline v0::agent::config
