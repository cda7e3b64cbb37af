#pragma once

#include <offhook/agent/config/config.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::config {

/// A JSON value without its library.
struct JsonValue {
  enum class Kind : std::uint8_t { Null, Flag, Integer, Real, Text, List, Object };
  Kind kind = Kind::Null;
  bool flag = false;
  std::int64_t integer = 0;                                ///< the nearest that fits
  std::string text{};
  std::vector<JsonValue> items{};
  std::vector<std::pair<std::string, JsonValue>> members{};  ///< in the order of the file
};

/// `name` as one step of a JSON pointer (RFC 6901 section 3), fit to be shown: without control characters, and of an overlong one
/// nothing but its length.
[[nodiscard]] std::string pointer_step(std::string_view name);

/// Reads one JSON text; nothing when it is none, or nested deeper than kMaxDepth. `source` names it in problems without a
/// pointer, as SOURCE:LINE:COLUMN. Repeated names are a problem, told with their pointer, and do not end the reading. No problem
/// quotes the text.
[[nodiscard]] std::optional<JsonValue> read_json(std::string_view text, std::string_view source, std::vector<Problem>& problems);

}  // namespace offhook::inline v0::agent::config
