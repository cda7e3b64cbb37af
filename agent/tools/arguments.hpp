#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The arguments that a language model gives to a tool. This JSON is untrusted, because each person who talks to the model can influence it.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxArgumentBytes = 16U << 10U;
inline constexpr std::size_t kMaxArgumentDepth = 8;     ///< levels, including the object itself
inline constexpr std::size_t kMaxArgumentMembers = 32;  ///< members of one object
inline constexpr std::size_t kMaxArgumentValues = 512;  ///< values in total

enum class ArgumentError : std::uint8_t { TooLong, NotJson, NotAnObject, TooDeep, TooMany, RepeatedName };
/// Returns the error as words for the model.
[[nodiscard]] std::string_view to_string(ArgumentError error);

/// A member of the object. `Nested` stands for an object or a list.
struct Nested {
  bool is_list = false;
  friend bool operator==(const Nested&, const Nested&) = default;
};
using ArgumentValue = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Nested>;
struct Argument {
  std::string name;
  ArgumentValue value;
};
using Arguments = std::vector<Argument>;

/// Returns the members of the JSON object `json`; "" means an empty object. Checks the UTF-8, the depth and the size of the whole text. Refuses
/// repeated names, because two readers could use different values of a repeated name.
[[nodiscard]] base::Result<Arguments, ArgumentError> read_arguments(std::string_view json);
/// Returns the object `json` with each number as read_arguments() has parsed it, so that another reader gets the values that were checked. For
/// example, 0.99999999999999999999 becomes 1. Returns {} for invalid JSON.
[[nodiscard]] std::string as_judged(std::string_view json);

}  // namespace offhook::inline v0::agent::tools
