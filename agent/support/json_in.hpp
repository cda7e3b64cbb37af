#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reads the JSON of servers' answers. Only .cpp files that read an answer include this header, because simdjson is large. It uses
/// simdjson's DOM parser and not its on-demand parser: each answer is small, is checked as a whole, and some servers require
/// reading a member twice.
namespace offhook::inline v0::agent::json {

using Element = simdjson::dom::element;
using Parser = simdjson::dom::parser;

/// If an answer has more octets, the parser frees its memory after it: such an answer is rare, and the parser would hold ten times its size
/// for the rest of a call.
inline constexpr std::size_t kMaxKept = 64U << 10U;

/// Returns nullopt if `text` is not JSON. The result borrows from `parser` until its next use.
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
/// Accepts a number with or without a decimal point.
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
/// Returns the content of a string, and any other value as JSON text.
[[nodiscard]] inline std::string text_or_json(const Element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace offhook::inline v0::agent::json
