#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace offhook::tools {

/// The abilities of an output stream.
struct Terminal {
  static constexpr std::size_t kUsualColumns = 100;  ///< where neither COLUMNS nor the stream says how wide a line may be
  static constexpr std::size_t kLeastColumns = 40, kMostColumns = 1000;

  bool is_terminal = false;
  bool colours = false;  ///< a terminal that knows escape sequences, and a person who has not refused colours
  std::size_t columns = kUsualColumns;

  /// The width for tables. None in a pipe or a file: their readers are programs, for which nothing may be cut.
  [[nodiscard]] std::optional<std::size_t> table_columns() const { return is_terminal ? std::optional(columns) : std::nullopt; }
};

/// The value of a variable; "" for one that is not set.
using Variables = std::function<std::string(const char* name)>;

/// `window_columns`: the width that the stream's terminal reports, 0 for an unknown one. COLUMNS goes before it. The result is within kLeastColumns
/// and kMostColumns. NO_COLOR (https://no-color.org), and a TERM that is empty or "dumb", switch colours off.
[[nodiscard]] Terminal terminal_of(bool is_terminal, std::size_t window_columns, const Variables& variables);

/// The same of an open descriptor of this process, with its environment.
[[nodiscard]] Terminal terminal_of(int descriptor);

}  // namespace offhook::tools
