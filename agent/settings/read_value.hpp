#pragma once

#include <offhook/agent/support/json_tree.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// Reads members of an object that config/ has checked. If a member is absent, `out` keeps its value.
namespace offhook::inline v0::agent::config {

inline void take_flag(const JsonValue& object, std::string_view name, bool& out) {
  if (const JsonValue* value = member(object, name)) out = value->flag;
}

/// `out` may be a number or an optional number.
template <class Number>
void take_whole(const JsonValue& object, std::string_view name, Number& out) {
  if (const JsonValue* value = member(object, name)) out = Number(value->integer);
}

template <class Value>
void take_choice(const JsonValue& object, std::string_view name, Value& out, std::initializer_list<std::pair<std::string_view, Value>> choices) {
  const std::string word = text_of(object, name);
  for (const auto& [choice, value] : choices) {
    if (choice == word) out = value;
  }
}

}  // namespace offhook::inline v0::agent::config
