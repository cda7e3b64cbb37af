#pragma once

#include <offhook/agent/tools/arguments.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// Represents each 64-bit integer and each double exactly, so that integers and doubles compare by value.
using ExactNumber = long double;
static_assert(std::numeric_limits<ExactNumber>::digits >= 64);

/// Returns the value as a number; nullopt if it is not a number.
[[nodiscard]] std::optional<ExactNumber> exact_number(const ArgumentValue& value);
/// Returns true for a double whose magnitude is at least 2^53: it stands for several numbers, and another reader may read a different one.
[[nodiscard]] bool is_rounded(const ArgumentValue& value);
/// Compares two values. 1 and 1.0 are the same number: JSON Schema 2020-12 core, section 4.2.2. A rounded number never equals an integer.
[[nodiscard]] bool is_same(const ArgumentValue& one, const ArgumentValue& other);

/// Returns the narrower of two types of JSON Schema: "integer" is narrower than "number". Returns "" if no value has both types.
[[nodiscard]] std::string_view common_type(std::string_view one, std::string_view other);

/// The rule of a schema for one member.
struct ArgumentRule {
  std::string name;
  std::vector<std::string> types;      ///< empty: any type
  std::vector<ArgumentValue> choices;  ///< the allowed values if `chosen` is true; an object or a list in it is stored as Nested, without its content
  bool chosen = false;                 ///< true: the value must be one of `choices`
  bool required = false;
  std::optional<ExactNumber> minimum, maximum, above, below;     ///< bounds of a number; `above` and `below` exclude the bound itself
  std::optional<std::size_t> least_characters, most_characters;  ///< bounds of the length of a text

  /// Returns the fault of a value, such as "must be at most 50"; "" if the value is allowed.
  [[nodiscard]] std::string complaint(const ArgumentValue& value) const;
  [[nodiscard]] bool has_number_bounds() const { return minimum || maximum || above || below; }
  [[nodiscard]] bool has_length_bounds() const { return least_characters || most_characters; }
  /// Returns false if the types, bounds and lists show that no value satisfies both rules. It does not try all values, so true is no proof.
  [[nodiscard]] bool can_stand_beside(const ArgumentRule& other) const;

 private:
  /// Returns `types`. If `types` is empty, returns the types to which the bounds apply. An empty result means any type.
  [[nodiscard]] std::vector<std::string> possible_types() const;
};

}  // namespace offhook::inline v0::agent::tools
