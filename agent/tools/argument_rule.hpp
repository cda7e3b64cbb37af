#pragma once

#include <offhook/agent/tools/arguments.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// Each whole number of 64 bits and each double is one of these, exactly: they compare as on a number line.
using ExactNumber = long double;
static_assert(std::numeric_limits<ExactNumber>::digits >= 64);

/// Nothing: it is no number.
[[nodiscard]] std::optional<ExactNumber> exact_number(const ArgumentValue& value);
/// From 2^53 on a number that is not written as a whole one of 64 bits stands for several: what another reader makes of it is not known.
[[nodiscard]] bool is_rounded(const ArgumentValue& value);
/// 1 and 1.0 are one number: JSON Schema 2020-12 core, section 4.2.2. A rounded one and a whole one are not.
[[nodiscard]] bool is_same(const ArgumentValue& one, const ArgumentValue& other);

/// The narrower of two types of JSON Schema, "integer" being a "number", too; "": no value is of both.
[[nodiscard]] std::string_view common_type(std::string_view one, std::string_view other);

/// What a schema says of one member.
struct ArgumentRule {
  std::string name;
  std::vector<std::string> types;      ///< empty: any
  std::vector<ArgumentValue> choices;  ///< of objects and lists only what they are
  bool chosen = false;                 ///< it must be one of `choices`
  bool required = false;
  std::optional<ExactNumber> minimum, maximum, above, below;     ///< of a number; `above` and `below` are not allowed themselves
  std::optional<std::size_t> least_characters, most_characters;  ///< of a text

  /// What is wrong with a value, such as "must be at most 50"; "": it fits.
  [[nodiscard]] std::string complaint(const ArgumentValue& value) const;
  [[nodiscard]] bool has_number_bounds() const { return minimum || maximum || above || below; }
  [[nodiscard]] bool has_length_bounds() const { return least_characters || most_characters; }
  /// Types, bounds and lists of both leave something, as far as is seen without a search.
  [[nodiscard]] bool can_stand_beside(const ArgumentRule& other) const;

 private:
  /// Those that its bounds are for, where it names none; empty: any.
  [[nodiscard]] std::vector<std::string> possible_types() const;
};

}  // namespace offhook::inline v0::agent::tools
