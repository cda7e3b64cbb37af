#include <offhook/agent/config/schema.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/json_tree.hpp>
#include <offhook/agent/config/settings.hpp>

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

bool shows_default(const Setting& setting) { return setting.unset.empty(); }

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

/// What Shape means in the schema's words; check() says the same in ours, and a test holds them together.
void add_shape(const Setting& setting, Members& out) {
  switch (setting.shape) {
    case Shape::Whole:
      out.emplace_back("type", json_text("integer"));
      out.emplace_back("minimum", json_integer(setting.least));
      out.emplace_back("maximum", json_integer(setting.most));
      return;
    case Shape::Flag: out.emplace_back("type", json_text("boolean")); return;
    case Shape::Choice: out.emplace_back("enum", json_list(choices_of(setting))); return;
    case Shape::Line: add_text_bounds(setting, out); return add_no(kNoControls, out);
    case Shape::Text: add_text_bounds(setting, out); return add_no(kNoControlsButBreaks, out);
    case Shape::Extension: add_text_bounds(setting, out); return add_pattern(kExtension, out);
    case Shape::Host: add_text_bounds(setting, out); return add_pattern(kHost, out);
    case Shape::Address:
    case Shape::LoopbackAddress: add_text_bounds(setting, out); return add_pattern(kAddress, out);
    case Shape::Codecs:
      out.emplace_back("type", json_text("array"));
      out.emplace_back("minItems", json_integer(1));
      out.emplace_back("uniqueItems", json_flag(true));
      out.emplace_back("items", json_object({{"enum", json_list(choices_of(setting))}}));
      return;
  }
}

JsonValue schema_of(const Setting& setting) {
  std::string description = without_backticks(setting.meaning);
  if (!setting.unit.empty()) description += "; in " + std::string(setting.unit);
  if (!setting.environment.empty()) description += ". Overridden by " + std::string(setting.environment);
  Members out{{"description", json_text(description)}};
  add_shape(setting, out);
  if (shows_default(setting)) out.emplace_back("default", default_of(setting));
  return json_object(std::move(out));
}

JsonValue object_schema(Members properties) {
  return json_object({{"type", json_text("object")}, {"additionalProperties", json_flag(false)}, {"properties", json_object(std::move(properties))}});
}

Members properties_of(std::string_view section) {
  Members properties;
  for (const Setting& setting : settings()) {
    if (setting.section == section) properties.emplace_back(setting.name, schema_of(setting));
  }
  return properties;
}

std::string default_cell(const Setting& setting) {
  if (!setting.unset.empty()) return std::string(setting.unset);
  return "`" + write_json(default_of(setting)) + "`";
}

std::string values_cell(const Setting& setting) {
  return setting.shape == Shape::Codecs ? "some of `" + write_json(json_list(choices_of(setting))) + "`" : allowed_for(setting);
}

}  // namespace

std::string schema_text() {
  Members properties{{"$schema", json_object({{"description", json_text("where this schema is; sets nothing")}, {"type", json_text("string")}})}};
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
  for (const Setting& setting : settings()) {
    const std::string variable = setting.environment.empty() ? "" : "`" + std::string(setting.environment) + "` ";
    table += "| `" + pointer_of(setting) + "` | " + variable + "| " + default_cell(setting) + " | " + values_cell(setting) + " | " +
             std::string(setting.meaning) + " |\n";
  }
  return table;
}

std::string environment_help() {
  std::string lines;
  for (const Setting& setting : settings()) {
    if (setting.environment.empty()) continue;
    std::string line = "  " + std::string(setting.environment);
    line.resize(26, ' ');
    lines += line + pointer_of(setting) + (setting.is_required() ? " (required)" : "") + "\n";
  }
  return lines;
}

}  // namespace offhook::inline v0::agent::config
