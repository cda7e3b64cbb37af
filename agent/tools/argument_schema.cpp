#include <offhook/agent/tools/argument_schema.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/tools/argument_value.hpp>
#include <offhook/agent/tools/tool_policy.hpp>
#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

namespace {

namespace dom = simdjson::dom;
constexpr std::size_t kSchemaDepth = 32;

std::string text_of(dom::element parent, std::string_view name) {
  std::string_view text;
  return parent[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::vector<std::string> texts_of(dom::element parent, std::string_view name) {
  std::vector<std::string> texts;
  dom::array list;
  if (parent[name].get(list) != simdjson::SUCCESS) return texts;
  for (const dom::element item : list) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

/// Returns the types of "type": a text, or a list (JSON Schema 2020-12 validation, section 6.1.1).
std::vector<std::string> types_of(dom::element about) {
  if (std::string type = text_of(about, "type"); !type.empty()) return {std::move(type)};
  return texts_of(about, "type");
}

/// Returns the name as the most tolerant reader compares it: without case (Go's JSON takes U+017F for s and U+212A for k), without "_" and "-"
/// (protobuf), and without the text after a NUL (readers in C).
std::string loosened(std::string_view name) {
  std::string out;
  for (name = name.substr(0, name.find('\0')); !name.empty();) {
    const bool long_s = name.starts_with("\xc5\xbf"), kelvin = name.starts_with("\xe2\x84\xaa");
    const char c = long_s ? 's' : kelvin ? 'k' : base::to_lower(name.front());
    if (c != '_' && c != '-') out += c;
    name.remove_prefix(long_s ? 2 : kelvin ? 3 : 1);
  }
  return out;
}

}  // namespace

std::optional<ArgumentSchema> ArgumentSchema::parse(std::string_view json) {
  if (json.size() > kMaxSchemaBytes) return std::nullopt;
  dom::parser parser(kMaxSchemaBytes);
  if (parser.allocate(json.size(), kSchemaDepth) != simdjson::SUCCESS) return std::nullopt;
  const simdjson::padded_string padded(json);
  dom::element root;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS || !root.is_object()) return std::nullopt;
  if (std::string_view type; root["type"].get(type) != simdjson::SUCCESS || type != "object") return std::nullopt;
  ArgumentSchema schema;
  if (bool open = false; root["additionalProperties"].get(open) == simdjson::SUCCESS) schema.open_ = open;
  const auto required = texts_of(root, "required");
  dom::object properties;
  if (root["properties"].get(properties) != simdjson::SUCCESS) return schema;
  for (const auto& [name, about] : properties) {
    if (schema.rules_.size() == kMaxArgumentMembers) return std::nullopt;
    ArgumentRule property;
    property.name = name;
    property.required = std::find(required.begin(), required.end(), name) != required.end();
    if (about.is_object()) {
      property.types = types_of(about);
      dom::array choices;
      property.chosen = about["enum"].get(choices) == simdjson::SUCCESS;
      if (property.chosen) {
        for (const dom::element choice : choices) property.choices.push_back(value_of(choice));
      } else if (dom::element only; about["const"].get(only) == simdjson::SUCCESS) {
        property.chosen = true;
        property.choices.push_back(value_of(only));
      }
    }
    schema.rules_.push_back(std::move(property));
  }
  return schema;
}

std::optional<std::string> ArgumentSchema::complaint(const Arguments& arguments) const {
  for (const ArgumentRule& rule : rules_) {
    const auto at = std::find_if(arguments.begin(), arguments.end(), [&](const Argument& a) { return a.name == rule.name; });
    const std::string wrong = at != arguments.end() ? rule.complaint(at->value) : rule.required ? "is missing" : "";
    if (!wrong.empty()) return fmt::format("\"{}\" {}.", printable(rule.name, kMaxShownName), wrong);
  }
  for (const Argument& argument : arguments) {
    if (find(argument.name) != nullptr) continue;
    if (!open_) return "the arguments have a name that this tool does not know.";
    // Many servers accept "Amount" for "amount", or "max_amount" for "maxAmount". Such a spelling must not evade the rule.
    const auto is_alike = [of = loosened(argument.name)](const ArgumentRule& rule) { return loosened(rule.name) == of; };
    if (const auto like = std::find_if(rules_.begin(), rules_.end(), is_alike); like != rules_.end())
      return fmt::format("\"{}\" must be written so.", printable(like->name, kMaxShownName));
  }
  return std::nullopt;
}

const ArgumentRule* ArgumentSchema::find(std::string_view argument) const {
  const auto found = std::find_if(rules_.begin(), rules_.end(), [argument](const ArgumentRule& rule) { return rule.name == argument; });
  return found == rules_.end() ? nullptr : &*found;
}

std::optional<std::string> ArgumentSchema::misfit(const ArgumentSchema& granted) const {
  const bool takes_anything = open_ && rules_.empty();
  for (const ArgumentRule& rule : granted.rules_) {
    const ArgumentRule* own = find(rule.name);
    if (own == nullptr && !takes_anything) return fmt::format("names an argument \"{}\" that the tool does not have", printable(rule.name, kMaxShownName));
    if (own != nullptr && !own->can_stand_beside(rule))
      return fmt::format("allows for the argument \"{}\" no value that the tool accepts", printable(rule.name, kMaxShownName));
  }
  for (const ArgumentRule& rule : rules_) {
    if (rule.required && !granted.open_ && granted.find(rule.name) == nullptr)
      return fmt::format("leaves out the argument \"{}\", without which the tool cannot be called", printable(rule.name, kMaxShownName));
  }
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::tools
