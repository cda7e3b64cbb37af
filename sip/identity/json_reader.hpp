#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::sip::detail {

/// Reads the JSON that a PASSporT is made of, front to back: RFC 8259. Every function says whether what follows is what was asked for; after a
/// no nothing behind it can be trusted. Bounded in depth.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  /// `{` or `[`, `}` or `]`, `:`, `,`, with white space round it.
  [[nodiscard]] bool take(char mark);
  [[nodiscard]] bool at_end();
  [[nodiscard]] std::optional<std::string> string();
  /// Whole numbers only; some write them as strings, which is not what the RFC says and not taken.
  [[nodiscard]] std::optional<std::int64_t> number();
  /// Any value, passed over; no deeper than `depth`.
  [[nodiscard]] bool skip(std::size_t depth);

  /// Goes through an object: `each(key)` reads the value, and says whether it was good.
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
  std::string_view rest_;  // Borrows from the caller.
};

}  // namespace offhook::inline v0::sip::detail
