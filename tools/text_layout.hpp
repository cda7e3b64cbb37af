#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Fits texts to a given width. It never breaks a word that is wider than its line.
namespace offhook::tools {

/// Returns the words of `text` in lines of at most `columns`, joined by line feeds. The first line continues after `indent` columns; each further
/// line begins with `indent` blanks.
[[nodiscard]] std::string filled(std::string_view text, std::size_t columns, std::size_t indent = 0);

/// Returns a name with its meaning, which begins at column `name_columns`, or on the next line if the name is too long. Ends with a line feed.
[[nodiscard]] std::string two_columns(std::string_view name, std::string_view meaning, std::size_t name_columns, std::size_t columns);

/// Lays out a help text. Lines without indentation form paragraphs, which are filled. An indented line has a name or a command, and, after at least
/// two blanks, its meaning, which is filled in its own column. Without a meaning the line stays unchanged, so that users can copy the command.
[[nodiscard]] std::string laid_out(std::string_view text, std::size_t columns);

}  // namespace offhook::tools
