#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/json_tree.hpp>

#include <cstddef>
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
  Key,              ///< a key as a header carries it: visible ASCII, without blanks
  Region,           ///< one of Azure's, such as "westeurope"; "West Europe" is taken for that
  Line,             ///< text of `least` to `most` characters without control characters
  Text,             ///< the same, but may have line breaks and tabs
  Extension,        ///< the user part of a SIP URI, as a PBX writes extensions
  Host,             ///< a host name or an address
  Address,          ///< an IP address
  Codecs,           ///< a list of some of `choices`, each once
  Name,             ///< a word of ours or the person's: letters, digits, - and _
  Provider,         ///< the name of a provider
  Pattern,          ///< a number, or its beginning and a star
  Target,           ///< what can be dialled: a number, or a SIP or tel URI
  Language,         ///< a BCP 47 tag, such as "pt-BR"
  Url,              ///< http:// or https://
  Names,            ///< a list of Names
  Providers,        ///< the name of a provider, or a list of them in the order in which they are tried
  Targets,          ///< an object of Names, each with a Target
  Schema,           ///< a JSON Schema of an object
  Object,           ///< an object with `members`
  Objects,          ///< a list of such objects
  Map,              ///< an object of Names, each with such an object
};

/// How a setting's place in Config is written, read and compared. `set` takes a value that was checked. `get` masks a secret, which `is_same` compares.
struct Field {
  void (*set)(Config& config, const JsonValue& value);
  JsonValue (*get)(const Config& config);
  bool (*is_same)(const Config& one, const Config& other);
};

/// One name of the file. Those that stand inside of an Object, Objects or Map are in its `members`, and have neither section nor
/// field: the one around them is stored as a whole.
struct Setting {
  std::string_view section{};    ///< "" for a setting at the top of the file
  std::string_view name;
  std::string_view environment{};  ///< "" when no variable sets it; of a member what is shown
  Shape shape = Shape::Line;
  std::int64_t least = 0, most = 0;
  std::string_view choices{};    ///< separated by spaces
  std::string_view unit{};       ///< "seconds"
  std::string_view unset{};      ///< what an empty default means; "required" when it must be set
  std::string_view meaning;      ///< for people, without a full stop
  bool secret = false;           ///< never shown
  bool may_hold_secret = false;  ///< not shown either, but no password by itself
  std::span<const Setting> members{};
  std::string_view short_for{};  ///< in Objects: a text stands for an object with this one member
  std::string_view also{};       ///< Objects: what stands in this section may stand here too
  Field field{};

  [[nodiscard]] bool is_required() const { return unset == "required"; }
  [[nodiscard]] bool is_secret() const { return secret; }
  [[nodiscard]] bool is_compound() const { return shape == Shape::Object || shape == Shape::Objects || shape == Shape::Map; }
  /// Text in which "${NAME}", "${file:PATH}" and "${credential:NAME}" stand for something else.
  [[nodiscard]] bool is_expanded() const {
    return shape == Shape::Key || shape == Shape::Line || shape == Shape::Extension || shape == Shape::Host || shape == Shape::Url || shape == Shape::Target;
  }
};

[[nodiscard]] std::span<const Setting> settings();
/// The place of one of settings() among them.
[[nodiscard]] std::size_t index_of(const Setting& setting);
/// The names of the file's objects, in the table's order.
[[nodiscard]] std::vector<std::string_view> sections();
[[nodiscard]] std::vector<std::string_view> names_in(std::string_view section);
[[nodiscard]] const Setting* find_setting(std::string_view section, std::string_view name);
/// By its JSON pointer.
[[nodiscard]] const Setting* find_setting(std::string_view pointer);
[[nodiscard]] std::string pointer_of(const Setting& setting);
[[nodiscard]] std::vector<std::string> choices_of(const Setting& setting);
/// What may stand in a compound setting, with what it shares with a section.
[[nodiscard]] std::vector<const Setting*> members_of(const Setting& setting);

/// A setting and the place where it can be written: for documentation "/agents/N/name", "/providers/NAME/kind".
struct Place {
  std::string pointer;
  const Setting* setting = nullptr;
};
/// All of them, compound ones before what is in them; what /agents shares with /agent is not told again.
[[nodiscard]] std::vector<Place> places();

/// Variables that fill in what a provider leaves open.
struct ProviderVariable {
  std::string_view name, pointer;
};
[[nodiscard]] std::span<const ProviderVariable> provider_variables();

}  // namespace offhook::inline v0::agent::config
