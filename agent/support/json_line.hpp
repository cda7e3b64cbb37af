#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Writes one JSON object as one line of printable text. It escapes control characters (C0, DEL, C1), line separators and marks that change the
/// direction of text, and replaces invalid UTF-8 with U+FFFD. Text from a peer therefore cannot begin a second line, forge a member, or control a
/// terminal. A text longer than `most` octets is cut, never within a character.
class JsonLine {
 public:
  JsonLine& text(std::string_view name, std::string_view value, std::size_t most);
  JsonLine& number(std::string_view name, std::int64_t value);
  JsonLine& number(std::string_view name, std::uint64_t value);
  JsonLine& real(std::string_view name, double value);  ///< three decimals; NaN and infinity become 0
  JsonLine& flag(std::string_view name, bool value);
  JsonLine& open(std::string_view name, char bracket);  ///< `bracket` is '{' or '['; `name` is "" inside a list
  JsonLine& close(char bracket);
  /// Returns the object without its closing brace, which seal() adds.
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void key(std::string_view name);
  std::string out_ = "{";
};

/// Returns `text` for a terminal: escaped and cut in the same way, without quotes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most);

inline constexpr std::size_t kMaxLineBytes = 512U << 10U;  ///< Offhook writes no longer lines, and readers skip them.

/// Closes and seals an object: `{"a":1` becomes `{"a":1,"crc":"xxxxxxxx"}` and a line feed. The checksum covers all octets before `,"crc"`.
[[nodiscard]] std::string seal(std::string open_object);
/// Returns true for a whole line (without its line feed) that seal() made.
[[nodiscard]] bool is_sealed(std::string_view line);

}  // namespace offhook::inline v0::agent
