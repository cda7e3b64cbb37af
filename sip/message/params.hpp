#pragma once

#include <optional>
#include <string_view>

namespace offhook::inline v0::sip {

struct Param {
  std::string_view name;
  std::string_view value;  ///< as sent; a quoted string keeps its quotes; "" for a flag such as `lr`
};

/// The parameters of a URI, a name-addr or a Via: text that starts with `;` or is empty. Borrows from the message. Only the
/// parsers of this folder create it, after they have checked the grammar (RFC 3261 section 25.1).
class Params {
 public:
  Params() = default;
  explicit Params(std::string_view checked) : text_(checked) {}

  /// Returns the value of the first parameter of that name (any case), "" for a flag, or nullopt if absent.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Takes the next parameter off the front of `rest`, which is text() before the first call. Returns nullopt at the end.
  [[nodiscard]] static std::optional<Param> next(std::string_view& rest);

 private:
  std::string_view text_;
};

}  // namespace offhook::inline v0::sip
