#include <offhook/agent/tools/argument_rule.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/tools/tool_policy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace offhook::inline v0::agent::tools {

namespace {

/// Returns true if the value has this type.
/// Deviation: 50.0 and 5e1 do not have the type "integer". JSON Schema accepts them (2020-12 Validation, section 6.1.1), but not all servers do.
bool has_type(const ArgumentValue& value, std::string_view type) {
  if (type == "string") return std::holds_alternative<std::string>(value);
  if (type == "integer") return std::holds_alternative<std::int64_t>(value);
  if (type == "number") return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
  if (type == "boolean") return std::holds_alternative<bool>(value);
  if (type == "null") return std::holds_alternative<std::nullptr_t>(value);
  const auto* nested = std::get_if<Nested>(&value);
  return nested != nullptr && (type == "array") == nested->is_list && (type == "array" || type == "object");
}

std::string shown_types(const std::vector<std::string>& types) {
  std::string all;
  for (const std::string& type : types) all += (all.empty() ? "" : " or ") + type;
  return printable(all, kMaxShownName);
}

std::string shown(ExactNumber number) {
  const auto whole = static_cast<std::int64_t>(number);  // A bound is a 64-bit integer, or below 2^53.
  return static_cast<ExactNumber>(whole) == number ? fmt::format("{}", whole) : fmt::format("{}", static_cast<double>(number));
}

/// Returns the fault of a value that is outside the bounds; "" if it is within them.
/// Deviation: by JSON Schema 2020-12 validation, section 6, a bound does not apply to values of another type. Here such a value is refused.
std::string outside_numbers(const ArgumentValue& value, const ArgumentRule& rule) {
  const auto number = exact_number(value);
  if (!number) return "must be a number";
  if (rule.minimum && *number < *rule.minimum) return "must be at least " + shown(*rule.minimum);
  if (rule.maximum && *number > *rule.maximum) return "must be at most " + shown(*rule.maximum);
  if (rule.above && *number <= *rule.above) return "must be more than " + shown(*rule.above);
  if (rule.below && *number >= *rule.below) return "must be less than " + shown(*rule.below);
  return is_rounded(value) ? "must be a whole number of 64 bits, or one below 2^53" : "";
}

std::string outside_lengths(const ArgumentValue& value, const ArgumentRule& rule) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return "must be a text";
  const std::size_t characters = count_utf8(*text);
  if (rule.least_characters && characters < *rule.least_characters) return fmt::format("must have at least {} characters", *rule.least_characters);
  if (rule.most_characters && characters > *rule.most_characters) return fmt::format("must have at most {} characters", *rule.most_characters);
  return "";
}

}  // namespace

std::optional<ExactNumber> exact_number(const ArgumentValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<ExactNumber>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return static_cast<ExactNumber>(*real);
  return std::nullopt;
}

bool is_rounded(const ArgumentValue& value) {
  constexpr double kMostExact = 9007199254740992.0;  // 2^53
  const auto* real = std::get_if<double>(&value);
  return real != nullptr && std::abs(*real) >= kMostExact;
}

bool is_same(const ArgumentValue& one, const ArgumentValue& other) {
  const auto a = exact_number(one), b = exact_number(other);
  return a && b ? *a == *b && is_rounded(one) == is_rounded(other) : one == other;
}

std::string_view common_type(std::string_view one, std::string_view other) {
  if (one == other || (one == "integer" && other == "number")) return one;
  return one == "number" && other == "integer" ? other : "";
}

std::vector<std::string> ArgumentRule::possible_types() const {
  if (!types.empty()) return types;
  if (has_number_bounds()) return {"number"};
  return has_length_bounds() ? std::vector<std::string>{"string"} : std::vector<std::string>{};
}

bool ArgumentRule::can_stand_beside(const ArgumentRule& other) const {
  const auto takes = [](const ArgumentRule& rule) { return [&rule](const ArgumentValue& choice) { return rule.complaint(choice).empty(); }; };
  if (chosen && std::none_of(choices.begin(), choices.end(), takes(other))) return false;
  if (other.chosen && std::none_of(other.choices.begin(), other.choices.end(), takes(*this))) return false;
  const auto ours = possible_types(), theirs = other.possible_types();
  const auto is_theirs = [&theirs](const std::string& type) {
    return std::any_of(theirs.begin(), theirs.end(), [&type](const std::string& each) { return !common_type(type, each).empty(); });
  };
  return ours.empty() || theirs.empty() || std::any_of(ours.begin(), ours.end(), is_theirs);
}

std::string ArgumentRule::complaint(const ArgumentValue& value) const {
  const auto is_type = [&](const std::string& type) { return has_type(value, type); };
  if (!types.empty() && std::none_of(types.begin(), types.end(), is_type)) return "must be of the type " + shown_types(types);
  const auto is_meant = [&](const ArgumentValue& choice) { return is_same(choice, value); };
  if (chosen && std::none_of(choices.begin(), choices.end(), is_meant)) return "must be one of its list";
  if (has_number_bounds()) {
    if (auto wrong = outside_numbers(value, *this); !wrong.empty()) return wrong;
  }
  return has_length_bounds() ? outside_lengths(value, *this) : "";
}

}  // namespace offhook::inline v0::agent::tools
