#pragma once

#include <offhook/agent/config/problem.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxMembers = 128;  ///< of one object
inline constexpr std::size_t kMaxItems = 64;     ///< of one list

struct JsonBounds {
  std::size_t depth = kMaxDepth, members = kMaxMembers, items = kMaxItems;
};

/// A JSON value without its library.
struct JsonValue {
  enum class Kind : std::uint8_t { Null, Flag, Integer, Real, Text, List, Object };
  Kind kind = Kind::Null;
  bool flag = false;
  std::int64_t integer = 0;                                ///< the nearest that fits
  double real = 0;                                         ///< of a whole number that did not fit, too: it is written so again
  std::string text{};
  std::vector<JsonValue> items{};
  std::vector<std::pair<std::string, JsonValue>> members{};  ///< in the order of the file

  friend bool operator==(const JsonValue&, const JsonValue&) = default;
};

[[nodiscard]] JsonValue json_flag(bool flag);
[[nodiscard]] JsonValue json_integer(std::int64_t integer);
[[nodiscard]] JsonValue json_text(std::string_view text);
[[nodiscard]] JsonValue json_list(const std::vector<std::string>& texts);
[[nodiscard]] JsonValue json_object(std::vector<std::pair<std::string, JsonValue>> members);
/// What a person calls such a value: "text", "a whole number", "a list", ...
[[nodiscard]] std::string_view name_of(JsonValue::Kind kind);

/// `name` as one step of a JSON pointer (RFC 6901 section 3), fit to be shown: without control characters, and of an overlong one
/// nothing but its length.
[[nodiscard]] std::string pointer_step(std::string_view name);

/// Reads one JSON text, in which comments may stand (`// to the end of the line` and `/* */`); nothing when it is none, or beyond its bounds. `source` names it in problems
/// without a pointer, as SOURCE:LINE:COLUMN. Repeated names are a problem, told with their pointer, and do not end the reading. No
/// problem quotes the text.
[[nodiscard]] std::optional<JsonValue> read_json(std::string_view text, std::string_view source, std::vector<Problem>& problems,
                                                 const JsonBounds& bounds = {});

/// On one line when `indent` is 0. Text that is not UTF-8 is written with replacement characters.
[[nodiscard]] std::string write_json(const JsonValue& value, unsigned indent = 0);

}  // namespace offhook::inline v0::agent::config
