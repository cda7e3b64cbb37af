#pragma once

#include <offhook/agent/config/settings.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

/// Accessors of fields of Config for the table of settings: kField<&Config::sip, &Sip::port>.
namespace offhook::inline v0::agent::config {

inline void take(const JsonValue& value, std::string& out) { out = value.text; }
inline void take(const JsonValue& value, Secret& out) { out = Secret(value.text); }
inline void take(const JsonValue& value, bool& out) { out = value.flag; }
inline void take(const JsonValue& value, std::chrono::seconds& out) { out = std::chrono::seconds(value.integer); }
inline void take(const JsonValue& value, std::vector<std::string>& out) {
  out.clear();
  for (const JsonValue& item : value.items) out.push_back(item.text);
}
inline void take(const JsonValue& value, std::optional<bool>& out) { out = value.flag; }
inline void take(const JsonValue& value, JsonValue& out) { out = value; }
template <class Number>
  requires std::is_unsigned_v<Number>
void take(const JsonValue& value, Number& out) {
  out = static_cast<Number>(value.integer);  // The table's bounds fit the field.
}

inline JsonValue show(const std::string& value) { return json_text(value); }
inline JsonValue show(const Secret& value) { return json_text(to_string(value)); }
inline JsonValue show(bool value) { return json_flag(value); }
inline JsonValue show(std::chrono::seconds value) { return json_integer(value.count()); }
inline JsonValue show(const std::vector<std::string>& value) { return value.empty() ? json_text("") : json_list(value); }
inline JsonValue show(const std::optional<bool>& value) { return value ? json_flag(*value) : json_text(""); }
inline JsonValue show(const JsonValue& value) { return value.kind == JsonValue::Kind::Null ? json_text("") : value; }
template <class Number>
  requires std::is_unsigned_v<Number>
JsonValue show(Number value) {
  return json_integer(static_cast<std::int64_t>(value));
}

template <auto Section, auto Member>
inline constexpr Field kField{[](Config& config, const JsonValue& value) { take(value, (config.*Section).*Member); },
                              [](const Config& config) { return show((config.*Section).*Member); },
                              [](const Config& one, const Config& other) { return (one.*Section).*Member == (other.*Section).*Member; }};
template <auto Member>
inline constexpr Field kTopField{[](Config& config, const JsonValue& value) { take(value, config.*Member); },
                                 [](const Config& config) { return show(config.*Member); },
                                 [](const Config& one, const Config& other) { return one.*Member == other.*Member; }};

}  // namespace offhook::inline v0::agent::config
