#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::records {

/// Writes one JSON object as one line of printable text: control characters (C0, DEL, C1), line separators and marks that turn
/// the direction of text are escaped, and what is no UTF-8 becomes U+FFFD. So nothing that a peer sends can begin a second line,
/// forge a member, or play with a terminal. Text is cut at `most` octets, never within a character.
class JsonLine {
 public:
  JsonLine& text(std::string_view name, std::string_view value, std::size_t most);
  JsonLine& number(std::string_view name, std::int64_t value);
  JsonLine& number(std::string_view name, std::uint64_t value);
  JsonLine& real(std::string_view name, double value);  ///< three decimals; no NaN, no infinity: those are 0
  JsonLine& flag(std::string_view name, bool value);
  JsonLine& open(std::string_view name, char bracket);  ///< '{' or '['; name "" inside a list
  JsonLine& close(char bracket);
  /// The object without its closing brace: the seal closes it.
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void key(std::string_view name);
  std::string out_ = "{";
};

/// The first `most` octets of `text`, or up to three less: never within a character.
[[nodiscard]] std::string_view cut_at(std::string_view text, std::size_t most);

/// `text` as a terminal may show it: escaped in the same way, without quotes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t most);

inline constexpr std::size_t kMaxLineBytes = 512U << 10U;  ///< A longer line is none of ours: skipped when read.

/// `{"a":1` becomes `{"a":1,"crc":"xxxxxxxx"}` and a line feed; the checksum is over all that stands before `,"crc"`.
[[nodiscard]] std::string seal(std::string open_object);
/// True for a whole line (without its line feed) that seal() made.
[[nodiscard]] bool is_sealed(std::string_view line);

}  // namespace offhook::inline v0::agent::records
