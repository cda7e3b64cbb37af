#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::records {

struct TableColumn {
  std::string_view name;
  std::size_t usual = 0;       ///< normal width in columns, without the two blanks before the next column
  std::size_t least = 0;       ///< minimum width on a narrow terminal; equal to `usual`: the column never shrinks
  unsigned leaves_as = 0;      ///< order in which columns are left out if shrinking is not enough, from 1 on; 0: never
  bool is_right = false;       ///< aligned to the right, for numbers
};

/// Lays out the lines of a table. On a terminal it fits each line to the width: it shrinks columns, cuts longer cells with an ellipsis, and leaves
/// out the least important columns. In a pipe or a file it prints all cells whole.
class TextTable {
 public:
  /// `columns` must outlive the table. `screen` is the width of the terminal in columns.
  TextTable(std::span<const TableColumn> columns, std::optional<std::size_t> screen);

  /// Returns the names of the columns, and a line feed.
  [[nodiscard]] std::string head() const;
  /// Returns one row, and a line feed. There is one cell for each column; cells must be printable.
  [[nodiscard]] std::string row(std::span<const std::string> cells) const;

 private:
  struct Shown {
    std::size_t index = 0, width = 0;
  };
  [[nodiscard]] std::size_t width() const;
  bool try_shrink();
  bool try_leave_out();

  std::span<const TableColumn> columns_;
  std::vector<Shown> shown_;
  bool cuts_;
};

}  // namespace offhook::inline v0::agent::records
