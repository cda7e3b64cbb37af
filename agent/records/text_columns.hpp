#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// How much of a terminal's line a printable text takes.
namespace offhook::inline v0::agent::records {

/// A wide character takes two columns, a mark that combines with the character before it takes none (UAX 11), every other one takes one.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// `text`; where that takes more than `most` columns, as much of it as fits before an ellipsis (U+2026). `most`: 1 at least.
[[nodiscard]] std::string cut_to_columns(std::string_view text, std::size_t most);

}  // namespace offhook::inline v0::agent::records
