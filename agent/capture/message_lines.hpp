#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// A lenient view of the lines of a SIP message, for messages that the parser may refuse. All results borrow from the text.
namespace offhook::inline v0::agent::capture {

[[nodiscard]] bool is_token_char(char c);  ///< RFC 3261 section 25.1

/// Returns the place after the field that begins at `begin`. The field includes the lines that begin with a blank (RFC 3261 section 7.3.1).
[[nodiscard]] std::size_t field_end(std::string_view text, std::size_t begin);

/// The name at the beginning of a line, the character behind it, and the place after this character. `name` is "" if the line begins with no name.
struct LineName {
  std::string_view name;
  char mark = '\0';  ///< ':' of a field, '=' of a line of a session description
  std::size_t value = 0;
};
[[nodiscard]] LineName name_at(std::string_view text, std::size_t begin);

/// Returns the trimmed value of the field that begins at `begin`, if it has this name, or this compact name.
[[nodiscard]] std::optional<std::string_view> value_at(std::string_view text, std::size_t begin, std::string_view name, std::string_view compact);

/// Returns the Call-ID of a message; "" if it has none.
[[nodiscard]] std::string_view call_id_of(std::string_view message);

}  // namespace offhook::inline v0::agent::capture
