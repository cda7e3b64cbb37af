#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/json_tree.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The one table of what can be set. Checks, JSON Schema, docs/configuration.md, --help and print-config are all made from it.
namespace offhook::inline v0::agent::config {

/// What values a setting takes.
enum class Shape : std::uint8_t {
  Whole,            ///< a whole number from `least` to `most`
  Flag,             ///< true or false
  Choice,           ///< one of `choices`
  Line,             ///< text of `least` to `most` characters without control characters
  Text,             ///< the same, but may have line breaks and tabs
  Extension,        ///< the user part of a SIP URI, as a PBX writes extensions
  Host,             ///< a host name or an address
  Address,          ///< an IP address
  LoopbackAddress,  ///< an IP address of this machine alone
  Codecs,           ///< a list of some of `choices`, each once
};

/// How a setting's place in Config is written and read. `set` takes a value that was checked.
struct Field {
  void (*set)(Config& config, const JsonValue& value);
  JsonValue (*get)(const Config& config);
};

struct Setting {
  std::string_view section;      ///< "" for a setting at the top of the file
  std::string_view name;
  std::string_view environment;  ///< "" when no variable sets it
  Shape shape = Shape::Line;
  std::int64_t least = 0, most = 0;
  std::string_view choices{};    ///< separated by spaces
  std::string_view unit{};       ///< "seconds"
  std::string_view unset{};      ///< what an empty default means; "required" when it must be set
  std::string_view meaning;      ///< for people, without a full stop
  Field field{};

  [[nodiscard]] bool is_required() const { return unset == "required"; }
  [[nodiscard]] bool is_secret() const { return section == "sip" && name == "password"; }
};

[[nodiscard]] std::span<const Setting> settings();
/// The names of the file's objects, in the table's order.
[[nodiscard]] std::vector<std::string_view> sections();
[[nodiscard]] std::vector<std::string_view> names_in(std::string_view section);
[[nodiscard]] const Setting* find_setting(std::string_view section, std::string_view name);
/// By its JSON pointer.
[[nodiscard]] const Setting* find_setting(std::string_view pointer);
[[nodiscard]] std::string pointer_of(const Setting& setting);
[[nodiscard]] std::vector<std::string> choices_of(const Setting& setting);

}  // namespace offhook::inline v0::agent::config
