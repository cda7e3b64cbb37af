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
  std::size_t usual = 0;       ///< width in columns of a screen, without the two blanks that part it from the next
  std::size_t least = 0;       ///< to which it shrinks where the screen is narrow; `usual`: it never does
  unsigned leaves_as = 0;      ///< where that is not enough, columns are left out in this order, from 1 on; 0: this one stays
  bool is_right = false;       ///< aligned to the right, as numbers are
};

/// Lays out the lines of a table. On a screen each line fits, as far as the columns allow: they shrink, longer cells are cut with an ellipsis, and
/// the columns that matter least are left out. Without a screen, in a pipe or a file, all cells stand there, whole.
class TextTable {
 public:
  /// `columns` must outlive the table. `screen`: its width in columns.
  TextTable(std::span<const TableColumn> columns, std::optional<std::size_t> screen);

  /// The names of the columns, and a line feed.
  [[nodiscard]] std::string head() const;
  /// One cell for each column, printable, and a line feed.
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
