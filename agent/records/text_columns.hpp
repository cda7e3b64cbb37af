#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The width of printable text on a terminal.
namespace offhook::inline v0::agent::records {

/// Returns the width of `text` in columns. A wide character takes two columns, a combining mark takes none (UAX 11), any other character takes one.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// Returns `text`. If it is wider than `most` columns, returns its beginning and an ellipsis (U+2026), together at most `most` columns. `most` is at least 1.
[[nodiscard]] std::string cut_to_columns(std::string_view text, std::size_t most);

}  // namespace offhook::inline v0::agent::records
