#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace offhook::tools {

/// The properties of an output stream.
struct Terminal {
  static constexpr std::size_t kUsualColumns = 100;  ///< the width, if neither COLUMNS nor the stream gives one
  static constexpr std::size_t kLeastColumns = 40, kMostColumns = 1000;

  bool is_terminal = false;
  bool colours = false;  ///< true if the terminal supports escape sequences, and the user has not disabled colours
  std::size_t columns = kUsualColumns;

  /// Returns the width for tables. Returns nullopt for a pipe or a file: a program may read it, so nothing may be cut.
  [[nodiscard]] std::optional<std::size_t> table_columns() const { return is_terminal ? std::optional(columns) : std::nullopt; }
};

/// Returns the value of a variable; "" if it is not set.
using Variables = std::function<std::string(const char* name)>;

/// Returns the properties of a stream. `window_columns` is the width that the stream's terminal reports, 0 if unknown. COLUMNS overrides it. The
/// result is between kLeastColumns and kMostColumns. NO_COLOR (https://no-color.org), and a TERM that is empty or "dumb", disable colours.
[[nodiscard]] Terminal terminal_of(bool is_terminal, std::size_t window_columns, const Variables& variables);

/// Returns the properties of an open descriptor of this process. Reads the variables from the environment.
[[nodiscard]] Terminal terminal_of(int descriptor);

}  // namespace offhook::tools
