#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::detail {

/// Reads the JSON of a PASSporT front to back: RFC 8259. Each function fails if the next text is not of the requested kind; do
/// not read on after a failure. The depth of the values that it skips is bounded.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  /// Takes `{`, `}`, `[`, `]`, `:` or `,` with the white space before it.
  [[nodiscard]] bool take(char mark);
  [[nodiscard]] bool at_end();
  [[nodiscard]] std::optional<std::string> string();
  /// Reads a whole number. Refuses numbers that are written as strings, because the RFC does not allow them.
  [[nodiscard]] std::optional<std::int64_t> number();
  /// Skips any value that is nested no deeper than `depth`.
  [[nodiscard]] bool skip(std::size_t depth);

  /// Reads an object. `each(key)` reads one value, and returns whether it was valid.
  template <class Each>
  [[nodiscard]] bool object(Each each) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      const auto key = string();
      if (!key || !take(':') || !each(*key)) return false;
    } while (take(','));
    return take('}');
  }
  template <class Each>
  [[nodiscard]] bool array(Each each) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!each()) return false;
    } while (take(','));
    return take(']');
  }

 private:
  void skip_space();
  [[nodiscard]] std::optional<std::uint32_t> four_digits();
  std::string_view rest_;  // Borrows from the argument of the constructor.
};

}  // namespace offhook::inline v0::sip::detail
