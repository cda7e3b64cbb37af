#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reads the JSON of servers' answers. Include this header only in .cpp files, because simdjson is large. It uses simdjson's DOM
/// parser and not its on-demand parser, because each answer is small and is checked as a whole, and because the code for some
/// servers reads a member twice.
namespace offhook::inline v0::agent::json {

using Element = simdjson::dom::element;
using Parser = simdjson::dom::parser;

/// After an answer with more octets than this, the parser frees its memory: such an answer is rare, and the parser would otherwise hold ten times
/// the answer's size for the rest of a call.
inline constexpr std::size_t kMaxKept = 64U << 10U;

/// Parses `text`. Returns nullopt if it is not JSON. The result borrows from `parser`, and is valid until the next parse() with it.
[[nodiscard]] inline std::optional<Element> parse(Parser& parser, std::string_view text) {
  if (text.empty()) return std::nullopt;  // simdjson would copy from a null pointer.
  if (parser.capacity() > kMaxKept && text.size() <= kMaxKept) parser = Parser();
  Element root;
  if (parser.parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS) return std::nullopt;
  return root;
}
[[nodiscard]] inline std::optional<Element> member(const Element& object, std::string_view name) {
  Element value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}
/// Returns "" if the member is missing or not a string.
[[nodiscard]] inline std::string_view text(const Element& object, std::string_view name) {
  std::string_view value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) return {};
  return value;
}
[[nodiscard]] inline std::optional<std::int64_t> number(const Element& object, std::string_view name) {
  std::int64_t value = 0;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}
/// Returns the member, a number with or without a decimal point; nullopt if it is missing or not a number.
[[nodiscard]] inline std::optional<double> real(const Element& object, std::string_view name) {
  double value = 0;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}
/// Returns false if the member is missing or not a boolean.
[[nodiscard]] inline bool flag(const Element& object, std::string_view name) {
  bool value = false;
  return object.at_key(name).get(value) == simdjson::SUCCESS && value;
}
[[nodiscard]] inline std::uint64_t count(const Element& object, std::string_view name) {
  const auto value = number(object, name);
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
}
/// Calls `each` for every element of the list `name`, if there is a list.
template <class Each>
void for_each(const Element& object, std::string_view name, Each each) {
  simdjson::dom::array list;
  if (object.at_key(name).get(list) != simdjson::SUCCESS) return;
  for (const Element element : list) each(element);
}
/// Returns the content of `value` if it is a string, and the JSON text of any other value.
[[nodiscard]] inline std::string text_or_json(const Element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace offhook::inline v0::agent::json
