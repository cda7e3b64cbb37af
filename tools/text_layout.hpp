#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Texts for a screen of a given width. A word that is wider than its line is never broken.
namespace offhook::tools {

/// The words of `text` in lines of at most `columns`, joined by line feeds. The first line stands behind `indent` columns already; each other
/// line begins with so many blanks.
[[nodiscard]] std::string filled(std::string_view text, std::size_t columns, std::size_t indent = 0);

/// A name, and what it means beside it from `name_columns` on, or under it if it is too long. Ends in a line feed.
[[nodiscard]] std::string two_columns(std::string_view name, std::string_view meaning, std::size_t name_columns, std::size_t columns);

/// A help text. Lines that are not indented form paragraphs, which are filled anew. An indented line is a name or a command, and behind two blanks
/// or more its meaning, which is filled in its own column. One without a meaning stays as it is: a command is there to be copied.
[[nodiscard]] std::string laid_out(std::string_view text, std::size_t columns);

}  // namespace offhook::tools
