#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a language model gives a tool: JSON that anybody who can talk to the model may have had a hand in.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxArgumentBytes = 16U << 10U;
inline constexpr std::size_t kMaxArgumentDepth = 8;     ///< the object itself is the first
inline constexpr std::size_t kMaxArgumentMembers = 32;  ///< of one object
inline constexpr std::size_t kMaxArgumentValues = 512;  ///< in all

enum class ArgumentError : std::uint8_t { TooLong, NotJson, NotAnObject, TooDeep, TooMany, RepeatedName };
/// A sentence for the model.
[[nodiscard]] std::string_view to_string(ArgumentError error);

/// A member of the object. `Nested`: an object or a list.
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

/// The members of the one JSON object that `json` is, "" standing for one without any. All of it is looked at: its UTF-8, its
/// depth, its size, and names that come twice, of which two readers might believe different ones.
[[nodiscard]] base::Result<Arguments, ArgumentError> read_arguments(std::string_view json);
/// The same object with each number as read_arguments() read it: 0.99999999999999999999 was judged as 1, and shall not reach another reader as
/// less. What is no JSON becomes {}.
[[nodiscard]] std::string as_judged(std::string_view json);

}  // namespace offhook::inline v0::agent::tools
