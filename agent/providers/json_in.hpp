#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// For the files that read what a server answered, and no other header: simdjson is large. Its DOM, not its on-demand reader:
/// each answer is small, is checked whole, and quirky servers want the same member looked at twice.
namespace offhook::inline v0::agent::json {

using Element = simdjson::dom::element;
using Parser = simdjson::dom::parser;

/// Octets of an answer whose memory stays with its parser: a larger one is rare, and would cost ten times its size for the rest of a call.
inline constexpr std::size_t kMaxKept = 64U << 10U;

/// Nothing when `text` is no JSON. Borrows from `parser` until its next use.
[[nodiscard]] inline std::optional<Element> parse(Parser& parser, std::string_view text) {
  if (text.empty()) return std::nullopt;  // simdjson would copy from where nothing is.
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
/// "" when there is none, or when it is no string.
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
/// Of any number, written with a point or without.
[[nodiscard]] inline std::optional<double> real(const Element& object, std::string_view name) {
  double value = 0;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}
/// False when there is none, or when it is neither true nor false.
[[nodiscard]] inline bool flag(const Element& object, std::string_view name) {
  bool value = false;
  return object.at_key(name).get(value) == simdjson::SUCCESS && value;
}
[[nodiscard]] inline std::uint64_t count(const Element& object, std::string_view name) {
  const auto value = number(object, name);
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
}
/// Calls `each` for every element of the list `name`, when there is one.
template <class Each>
void for_each(const Element& object, std::string_view name, Each each) {
  simdjson::dom::array list;
  if (object.at_key(name).get(list) != simdjson::SUCCESS) return;
  for (const Element element : list) each(element);
}
/// A string as it is, anything else as JSON text.
[[nodiscard]] inline std::string text_or_json(const Element& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

}  // namespace offhook::inline v0::agent::json
