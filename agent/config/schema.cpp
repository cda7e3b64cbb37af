#include <offhook/agent/config/schema.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/check_words.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/support/json_tree.hpp>

#include <utility>
#include <vector>

namespace offhook::inline v0::agent::config {

namespace {

using Members = std::vector<std::pair<std::string, JsonValue>>;

constexpr std::string_view kNoControls = "[\\u0000-\\u001f\\u007f]";
constexpr std::string_view kNoControlsButBreaks = "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]";
constexpr std::string_view kExtension = "^[-A-Za-z0-9_.!~*'()&=+$,;?/]+$";
constexpr std::string_view kHost = "^([A-Za-z0-9_][-A-Za-z0-9._]*|\\[?[0-9A-Fa-f:.]+\\]?)$";
constexpr std::string_view kAddress = "^\\[?[0-9A-Fa-f:.]+\\]?$";

std::string without_backticks(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != '`') plain += c;
  }
  return plain;
}

bool shows_default(const Setting& setting) { return setting.unset.empty() && setting.field.get != nullptr; }

JsonValue default_of(const Setting& setting) { return setting.field.get(Config{}); }

void add_text_bounds(const Setting& setting, Members& out) {
  out.emplace_back("type", json_text("string"));
  if (setting.least != 0) out.emplace_back("minLength", json_integer(setting.least));
  if (setting.most != 0) out.emplace_back("maxLength", json_integer(setting.most));
}

void add_pattern(std::string_view pattern, Members& out) { out.emplace_back("pattern", json_text(pattern)); }
void add_no(std::string_view pattern, Members& out) {
  out.emplace_back("not", json_object({{"pattern", json_text(pattern)}}));
}

JsonValue object_schema(Members properties) {
  return json_object({{"type", json_text("object")}, {"additionalProperties", json_flag(false)}, {"properties", json_object(std::move(properties))}});
}

constexpr std::string_view kWord = "^[-A-Za-z0-9_]{1,64}$";
constexpr std::string_view kRegion = "^ *([-A-Za-z0-9_] *){1,64}$";
constexpr std::string_view kPattern = "^[^*\\u0000-\\u001f\\u007f]*\\*?$";
constexpr std::string_view kUrl = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@:][^/?#@]*([/?][^#]*)?$";
constexpr std::string_view kVisible = "^[!-~]+$";
constexpr std::string_view kLanguage = "^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$";
constexpr std::string_view kTarget = "^([Ss][Ii][Pp][Ss]?:[^<>\"]+|[Tt][Ee][Ll]:[^<>\"]+|[^:@<>\"]+)$";

JsonValue pattern_of(std::string_view pattern) { return json_object({{"type", json_text("string")}, {"pattern", json_text(pattern)}}); }

JsonValue target_schema() {
  return json_object({{"type", json_text("string")}, {"minLength", json_integer(1)}, {"maxLength", json_integer(kMaxTarget)},
                      {"allOf", [] {
                         JsonValue both{.kind = JsonValue::Kind::List};
                         for (const auto pattern : {kVisible, kTarget}) both.items.push_back(json_object({{"pattern", json_text(pattern)}}));
                         return both;
                       }()}});
}

JsonValue list_schema(const JsonValue& item, std::int64_t most) {
  return json_object({{"type", json_text("array")}, {"minItems", json_integer(1)}, {"maxItems", json_integer(most)}, {"uniqueItems", json_flag(true)}, {"items", item}});
}

JsonValue any_of(std::vector<JsonValue> choices) {
  JsonValue list{.kind = JsonValue::Kind::List};
  list.items = std::move(choices);
  return list;
}

void add_all(const JsonValue& object, Members& out) { out.insert(out.end(), object.members.begin(), object.members.end()); }

/// Adds the rules of check_words() in terms of JSON Schema: names, numbers to dial, languages and URLs.
void add_words(const Setting& setting, Members& out) {
  switch (setting.shape) {
    case Shape::Pattern:
      add_all(pattern_of(kPattern), out);
      out.emplace_back("minLength", json_integer(1));
      out.emplace_back("maxLength", json_integer(kMaxTarget));
      return;
    case Shape::Region: return add_all(pattern_of(kRegion), out);
    case Shape::Target: return add_all(target_schema(), out);
    case Shape::Language: return add_all(pattern_of(kLanguage), out);
    case Shape::Url:
      add_text_bounds(setting, out);
      out.emplace_back("allOf", any_of({json_object({{"pattern", json_text(kVisible)}}), json_object({{"pattern", json_text(kUrl)}})}));
      return;
    case Shape::Names: return add_all(list_schema(pattern_of(kWord), setting.most), out);
    case Shape::Providers: out.emplace_back("anyOf", any_of({pattern_of(kWord), list_schema(pattern_of(kWord), 16)})); return;
    case Shape::Targets:
      out.emplace_back("type", json_text("object"));
      out.emplace_back("minProperties", json_integer(1));
      out.emplace_back("maxProperties", json_integer(setting.most));
      out.emplace_back("propertyNames", pattern_of(kWord));
      out.emplace_back("additionalProperties", target_schema());
      return;
    default: return add_all(pattern_of(kWord), out);
  }
}

JsonValue schema_of(const Setting& setting);

JsonValue members_schema(const Setting& setting) {
  Members properties;
  std::vector<std::string> required;
  for (const Setting* member : members_of(setting)) {
    properties.emplace_back(member->name, schema_of(*member));
    if (member->is_required() && member->section.empty()) required.emplace_back(member->name);
  }
  JsonValue schema = object_schema(std::move(properties));
  if (!required.empty()) schema.members.emplace_back("required", json_list(required));
  return schema;
}

void add_compound(const Setting& setting, Members& out) {
  if (setting.shape == Shape::Object) return add_all(members_schema(setting), out);
  if (setting.shape == Shape::Map) {
    out.emplace_back("type", json_text("object"));
    out.emplace_back("maxProperties", json_integer(setting.most));
    out.emplace_back("propertyNames", pattern_of(kWord));
    out.emplace_back("additionalProperties", members_schema(setting));
    return;
  }
  out.emplace_back("type", json_text("array"));
  if (setting.least != 0) out.emplace_back("minItems", json_integer(setting.least));
  out.emplace_back("maxItems", json_integer(setting.most));
  JsonValue item = members_schema(setting);
  for (const Setting* member : members_of(setting)) {
    if (member->name == setting.short_for) item = json_object({{"anyOf", any_of({schema_of(*member), std::move(item)})}});
  }
  out.emplace_back("items", std::move(item));
}

/// Adds the rules of a shape in terms of JSON Schema. check() has the same rules, and a test compares the two.
void add_shape(const Setting& setting, Members& out) {
  switch (setting.shape) {
    case Shape::Whole:
      out.emplace_back("type", json_text("integer"));
      out.emplace_back("minimum", json_integer(setting.least));
      out.emplace_back("maximum", json_integer(setting.most));
      return;
    case Shape::Flag: out.emplace_back("type", json_text("boolean")); return;
    case Shape::Choice: out.emplace_back("enum", json_list(choices_of(setting))); return;
    case Shape::Key: add_text_bounds(setting, out); return add_pattern(kVisible, out);
    case Shape::Line: add_text_bounds(setting, out); return add_no(kNoControls, out);
    case Shape::Text: add_text_bounds(setting, out); return add_no(kNoControlsButBreaks, out);
    case Shape::Extension: add_text_bounds(setting, out); return add_pattern(kExtension, out);
    case Shape::Host: add_text_bounds(setting, out); return add_pattern(kHost, out);
    case Shape::Address: add_text_bounds(setting, out); return add_pattern(kAddress, out);
    case Shape::Codecs:
      out.emplace_back("type", json_text("array"));
      out.emplace_back("minItems", json_integer(1));
      out.emplace_back("uniqueItems", json_flag(true));
      out.emplace_back("items", json_object({{"enum", json_list(choices_of(setting))}}));
      return;
    case Shape::Schema: out.emplace_back("type", json_text("object")); return;
    case Shape::Object:
    case Shape::Objects:
    case Shape::Map: return add_compound(setting, out);
    case Shape::Name:
    case Shape::Region:
    case Shape::Provider:
    case Shape::Pattern:
    case Shape::Target:
    case Shape::Language:
    case Shape::Url:
    case Shape::Names:
    case Shape::Providers:
    case Shape::Targets: return add_words(setting, out);
  }
}

/// Adds the rules of a shape, and allows "${NAME}" too if the setting accepts references.
void add_expanded_shape(const Setting& setting, Members& out) {
  if (!setting.is_expanded()) return add_shape(setting, out);
  Members plain;
  add_shape(setting, plain);
  out.emplace_back("anyOf", any_of({json_object(std::move(plain)), pattern_of("^\\$\\{.+\\}$")}));
}

JsonValue schema_of(const Setting& setting) {
  std::string description = without_backticks(setting.meaning);
  if (!setting.unit.empty()) description += "; in " + std::string(setting.unit);
  if (!setting.environment.empty()) description += ". Overridden by " + std::string(setting.environment);
  Members out{{"description", json_text(description)}};
  add_expanded_shape(setting, out);
  if (shows_default(setting)) out.emplace_back("default", default_of(setting));
  return json_object(std::move(out));
}

Members properties_of(std::string_view section) {
  Members properties;
  for (const Setting& setting : settings()) {
    if (setting.section == section) properties.emplace_back(setting.name, schema_of(setting));
  }
  return properties;
}

std::string default_cell(const Setting& setting) {
  if (!setting.unset.empty() || !shows_default(setting)) return std::string(setting.unset);
  return "`" + write_json(default_of(setting)) + "`";
}

std::string values_cell(const Setting& setting) {
  return setting.shape == Shape::Codecs ? "some of `" + write_json(json_list(choices_of(setting))) + "`" : allowed_for(setting);
}

}  // namespace

std::string schema_text() {
  Members properties{{"$schema", json_object({{"description", json_text("the address of this schema; it sets nothing")}, {"type", json_text("string")}})}};
  for (const std::string_view section : sections()) properties.emplace_back(section, object_schema(properties_of(section)));
  for (auto& top : properties_of("")) properties.push_back(std::move(top));
  JsonValue schema = object_schema(std::move(properties));
  const Members head{{"$schema", json_text("http://json-schema.org/draft-07/schema#")},
                     {"title", json_text("Offhook configuration")},
                     {"description", json_text("The file of offhook run --config. Made by `offhook schema` from the table of settings.")}};
  schema.members.insert(schema.members.begin(), head.begin(), head.end());
  return write_json(schema, 2) + "\n";
}

std::string markdown_table() {
  std::string table = "| setting | variable | default | values | meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& [pointer, setting] : places()) {
    const std::string variable = setting->environment.empty() ? "" : "`" + std::string(setting->environment) + "` ";
    table += "| `" + pointer + "` | " + variable + "| " + default_cell(*setting) + " | " + values_cell(*setting) + " | " +
             std::string(setting->meaning) + " |\n";
  }
  return table;
}

std::string environment_help() {
  std::string lines;
  for (const Setting& setting : settings()) {
    if (setting.environment.empty()) continue;
    std::string line = "  " + std::string(setting.environment);
    line.resize(27, ' ');
    lines += line + pointer_of(setting) + (setting.is_required() ? " (required)" : "") + "\n";
  }
  for (const auto& [name, pointer] : provider_variables()) {
    std::string line = "  " + std::string(name);
    line.resize(27, ' ');
    lines += line + std::string(pointer) + ", if the file does not set it\n";
  }
  lines += "  OFFHOOK_...             OFFHOOK_LIMITS_CALLS sets /limits/calls: each setting with one value has a variable of this form\n";
  return lines;
}

}  // namespace offhook::inline v0::agent::config
