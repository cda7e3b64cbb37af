#include <offhook/agent/tools/argument_schema.hpp>

#include <offhook/agent/providers/utf8.hpp>
#include <offhook/agent/records/json_line.hpp>
#include <offhook/agent/tools/argument_value.hpp>
#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::agent::tools {

namespace {

namespace dom = simdjson::dom;
constexpr std::size_t kSchemaDepth = 32;
constexpr std::size_t kMaxShown = 64;

/// Deviation: 50.0 and 5e1 are no "integer", though JSON Schema counts them as such (2020-12 Validation, section 6.1.1): not all servers do.
bool has_type(const ArgumentValue& value, std::string_view type) {
  if (type == "string") return std::holds_alternative<std::string>(value);
  if (type == "integer") return std::holds_alternative<std::int64_t>(value);
  if (type == "number") return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
  if (type == "boolean") return std::holds_alternative<bool>(value);
  if (type == "null") return std::holds_alternative<std::nullptr_t>(value);
  const auto* nested = std::get_if<Nested>(&value);
  return nested != nullptr && (type == "array") == nested->is_list && (type == "array" || type == "object");
}

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

/// "type": a text, or (JSON Schema 2020-12 validation, section 6.1.1) a list of them.
std::vector<std::string> types_of(dom::element about) {
  if (std::string type = text_of(about, "type"); !type.empty()) return {std::move(type)};
  return texts_of(about, "type");
}

std::optional<double> number_of(const ArgumentValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

/// 1 and 1.0 are one number: JSON Schema 2020-12 core, section 4.2.2. Beyond 2^53 a double stands for many whole numbers: it is none of them.
bool is_same(const ArgumentValue& one, const ArgumentValue& other) {
  constexpr double kMostExact = 9007199254740992.0;
  const bool first_whole = std::holds_alternative<std::int64_t>(one), second_whole = std::holds_alternative<std::int64_t>(other);
  if (first_whole && second_whole) return one == other;
  if (const auto real = number_of(first_whole ? other : one); first_whole != second_whole && real && std::abs(*real) >= kMostExact) return false;
  const auto a = number_of(one), b = number_of(other);
  return a && b ? *a == *b : one == other;
}

std::string shown_types(const std::vector<std::string>& types) {
  std::string all;
  for (const std::string& type : types) all += (all.empty() ? "" : " or ") + type;
  return records::printable(all, kMaxShown);
}

/// Deviation: JSON Schema 2020-12 validation, section 6, lets a bound be no word on values of another type; here they do not fit.
std::string outside_bounds(const ArgumentValue& value, const ArgumentRule& rule) {
  if (rule.minimum || rule.maximum || rule.above || rule.below) {
    const auto number = number_of(value);
    if (!number) return "must be a number";
    if (rule.minimum && *number < *rule.minimum) return fmt::format("must be at least {}", *rule.minimum);
    if (rule.maximum && *number > *rule.maximum) return fmt::format("must be at most {}", *rule.maximum);
    if (rule.above && *number <= *rule.above) return fmt::format("must be more than {}", *rule.above);
    if (rule.below && *number >= *rule.below) return fmt::format("must be less than {}", *rule.below);
  }
  if (rule.least_characters || rule.most_characters) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return "must be a text";
    const std::size_t characters = count_utf8(*text);
    if (rule.least_characters && characters < *rule.least_characters) return fmt::format("must have at least {} characters", *rule.least_characters);
    if (rule.most_characters && characters > *rule.most_characters) return fmt::format("must have at most {} characters", *rule.most_characters);
  }
  return "";
}

/// "": it fits.
std::string wrong_with(const ArgumentValue& value, const ArgumentRule& rule) {
  const auto is_type = [&](const std::string& type) { return has_type(value, type); };
  if (!rule.types.empty() && std::none_of(rule.types.begin(), rule.types.end(), is_type)) return "must be of the type " + shown_types(rule.types);
  const auto is_meant = [&](const ArgumentValue& choice) { return is_same(choice, value); };
  if (rule.chosen && std::none_of(rule.choices.begin(), rule.choices.end(), is_meant)) return "must be one of its list";
  return outside_bounds(value, rule);
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
    const std::string wrong = at != arguments.end() ? wrong_with(at->value, rule) : rule.required ? "is missing" : "";
    if (!wrong.empty()) return fmt::format("\"{}\" {}.", records::printable(rule.name, kMaxShown), wrong);
  }
  for (const Argument& argument : arguments) {
    if (names(argument.name)) continue;
    if (!open_) return "there is a member that this tool does not have.";
    // Many servers take "Amount" for "amount": it would pass by the rule for that.
    const auto is_alike = [&argument](const ArgumentRule& rule) { return base::iequals(rule.name, argument.name); };
    if (const auto like = std::find_if(rules_.begin(), rules_.end(), is_alike); like != rules_.end())
      return fmt::format("\"{}\" must be written so.", records::printable(like->name, kMaxShown));
  }
  return std::nullopt;
}

bool ArgumentSchema::names(std::string_view argument) const {
  return std::any_of(rules_.begin(), rules_.end(), [argument](const ArgumentRule& rule) { return rule.name == argument; });
}

std::optional<std::string> ArgumentSchema::misfit(const ArgumentSchema& granted) const {
  const bool takes_anything = open_ && rules_.empty();
  for (const ArgumentRule& rule : granted.rules_) {
    if (!takes_anything && !names(rule.name)) return fmt::format("names an argument \"{}\" that the tool does not have", records::printable(rule.name, kMaxShown));
  }
  for (const ArgumentRule& rule : rules_) {
    if (rule.required && !granted.open_ && !granted.names(rule.name))
      return fmt::format("leaves out the argument \"{}\", without which the tool cannot be called", records::printable(rule.name, kMaxShown));
  }
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::tools
