#pragma once

#include <offhook/agent/support/json_tree.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The description of one setting. The tables of the configuration and of each provider consist of such descriptions.
namespace offhook::inline v0::agent::config {

struct Config;

// Bounds that several tables share.
inline constexpr std::int64_t kMaxName = 128;
inline constexpr std::int64_t kMaxHostName = 253;  // RFC 1035 section 2.3.4
inline constexpr std::int64_t kMaxPath = 4095;
inline constexpr std::int64_t kMaxPrompt = 32768;
inline constexpr std::int64_t kMaxSentence = 1000;
inline constexpr std::int64_t kMaxUrl = 2048;
inline constexpr std::int64_t kMaxKey = 4096;
inline constexpr std::int64_t kMaxInList = 16, kMaxInLongList = 64;

/// The kind of values that a setting takes.
enum class Shape : std::uint8_t {
  Whole,            ///< a whole number from `least` to `most`
  Flag,             ///< true or false
  Choice,           ///< one of `choices`
  Key,              ///< a key as a header carries it: visible ASCII, without blanks
  Region,           ///< a region of a cloud, such as "westeurope"; "West Europe" means the same
  Line,             ///< text of `least` to `most` characters without control characters
  Text,             ///< text as for Line, but it may have line breaks and tabs
  Extension,        ///< the user part of a SIP URI, as a PBX writes extensions
  Host,             ///< a host name or an address
  Address,          ///< an IP address
  Codecs,           ///< a list of some of `choices`, each once
  Name,             ///< a word of Offhook or of the operator: letters, digits, - and _
  Provider,         ///< the name of a provider
  Pattern,          ///< a number, or the beginning of a number and a star
  Target,           ///< a target to dial: a number, or a SIP or tel URI
  Language,         ///< a BCP 47 tag, such as "pt-BR"
  Url,              ///< http:// or https://
  Names,            ///< a list of Names
  Providers,        ///< the name of a provider, or a list of them in the order of preference
  Targets,          ///< an object of Names, each with a Target
  Schema,           ///< a JSON Schema of an object
  Object,           ///< an object with `members`
  Objects,          ///< a list of objects with `members`
  Map,              ///< an object of Names, each with an object with `members`
};

/// Accessors of a setting's field in Config. `set` takes a checked value. `get` masks a secret. `is_same` compares the secret itself.
struct Field {
  void (*set)(Config& config, const JsonValue& value);
  JsonValue (*get)(const Config& config);
  bool (*is_same)(const Config& one, const Config& other);
};

/// One name in the file. The settings inside an Object, Objects or Map are in its `members`. They have neither section nor field, because
/// the outer setting is stored as a whole.
struct Setting {
  std::string_view section{};    ///< "" for a setting at the top of the file
  std::string_view name;
  std::string_view environment{};  ///< "" when no variable sets it; in a member: the variable that help and documentation show
  Shape shape = Shape::Line;
  std::int64_t least = 0, most = 0;
  std::string_view choices{};    ///< separated by spaces
  std::string_view unit{};       ///< "seconds"
  std::string_view unset{};      ///< meaning of an empty default; "required" if the setting must be set
  std::string_view meaning;      ///< for people, without a full stop
  std::string_view allowed{}, advice{};  ///< texts of an error: the values that are allowed, and what to do; "": the texts of the shape
  bool secret = false;           ///< never shown
  bool may_hold_secret = false;  ///< not shown either, although the value may be no secret
  std::span<const Setting> members{};
  std::string_view short_for{};  ///< for Objects: the list may contain a text in place of an object, which then has this member only
  std::string_view also{};       ///< for Objects: a section whose settings each object may contain too
  Field field{};

  [[nodiscard]] bool is_required() const { return unset == "required"; }
  [[nodiscard]] bool is_secret() const { return secret; }
  [[nodiscard]] bool is_compound() const { return shape == Shape::Object || shape == Shape::Objects || shape == Shape::Map; }
  /// Returns true for text in which "${NAME}", "${file:PATH}" and "${credential:NAME}" are references.
  [[nodiscard]] bool is_expanded() const {
    return shape == Shape::Key || shape == Shape::Line || shape == Shape::Extension || shape == Shape::Host || shape == Shape::Url || shape == Shape::Target;
  }
};

[[nodiscard]] std::string pointer_of(const Setting& setting);
[[nodiscard]] std::vector<std::string> choices_of(const Setting& setting);

/// Explains why a value does not fit its setting. Quotes the value only if it is harmless (harmless_value.hpp of config/).
struct Complaint {
  std::string found, allowed, advice;
};

}  // namespace offhook::inline v0::agent::config
