#pragma once

#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

struct Param {
  std::string_view name;
  std::string_view value;  ///< As sent; a quoted string keeps its quotes. Empty for a flag such as `lr`.
};

/// The parameters behind a URI, a name-addr or a Via: text that starts at a `;` or is empty. Borrows from the message.
/// Only obtained from a parser of this folder, which has already checked the grammar (RFC 3261 section 25.1).
class Params {
 public:
  Params() = default;
  explicit Params(std::string_view checked) : text_(checked) {}

  /// The value of the first parameter of that name (any case); "" for a flag; nothing when absent.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Takes the next parameter off the front of `rest` (start with text()); nothing at the end.
  [[nodiscard]] static std::optional<Param> next(std::string_view& rest);

 private:
  std::string_view text_;
};

}  // namespace offhook::inline v0::sip
