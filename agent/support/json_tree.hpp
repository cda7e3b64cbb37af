#pragma once

#include <offhook/agent/support/problem.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxMembers = 128;  ///< members of one object
inline constexpr std::size_t kMaxItems = 64;     ///< items of one list

struct JsonBounds {
  std::size_t depth = kMaxDepth, members = kMaxMembers, items = kMaxItems;
};

/// A JSON value that is independent of the JSON library.
struct JsonValue {
  enum class Kind : std::uint8_t { Null, Flag, Integer, Real, Text, List, Object };
  Kind kind = Kind::Null;
  bool flag = false;
  std::int64_t integer = 0;                                ///< the nearest integer of this type
  double real = 0;                                         ///< the number, also a whole number beyond 64 bits, for which write_json() uses this member
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
/// Returns a member of an object; nullptr when it is absent.
[[nodiscard]] const JsonValue* member(const JsonValue& object, std::string_view name);
/// Returns a member's text; "" when the member is absent.
[[nodiscard]] std::string text_of(const JsonValue& object, std::string_view name);
/// Returns the kind in words for people: "text", "a whole number", "a list", ...
[[nodiscard]] std::string_view name_of(JsonValue::Kind kind);

/// Returns `name` as one step of a JSON pointer (RFC 6901 section 3) for an error text. Omits control characters, and replaces
/// an overlong name by its length.
[[nodiscard]] std::string pointer_step(std::string_view name);

/// Reads one JSON text, which may contain comments (`// to the end of the line` and `/* */`). Returns nullopt if the text is not JSON or
/// exceeds `bounds`. Adds each mistake to `problems`, with its place: a JSON pointer, or SOURCE:LINE:COLUMN with `source`. A repeated name
/// is a problem, after which reading continues. No problem quotes the text.
[[nodiscard]] std::optional<JsonValue> read_json(std::string_view text, std::string_view source, std::vector<Problem>& problems,
                                                 const JsonBounds& bounds = {});

/// Writes the value, on one line when `indent` is 0. Replaces octets that are not UTF-8 by replacement characters.
[[nodiscard]] std::string write_json(const JsonValue& value, unsigned indent = 0);

}  // namespace offhook::inline v0::agent
