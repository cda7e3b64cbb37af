#include <offhook/agent/tools/argument_schema.hpp>

#include <offhook/agent/records/json_line.hpp>

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

namespace {

namespace dom = simdjson::dom;
constexpr std::size_t kSchemaDepth = 32;
constexpr std::size_t kMaxShown = 64;

bool has_type(const ArgumentValue& value, std::string_view type) {
  if (type == "string") return std::holds_alternative<std::string>(value);
  if (type == "integer") return std::holds_alternative<std::int64_t>(value);
  if (type == "number") return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
  if (type == "boolean") return std::holds_alternative<bool>(value);
  if (type == "null") return std::holds_alternative<std::nullptr_t>(value);
  const auto* nested = std::get_if<Nested>(&value);
  return nested != nullptr && (type == "array") == nested->is_list && (type == "array" || type == "object");
}

std::string text_of(dom::element element) {
  std::string_view text;
  return element.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::vector<std::string> texts_of(dom::element parent, std::string_view name) {
  std::vector<std::string> texts;
  dom::array list;
  if (parent[name].get(list) != simdjson::SUCCESS) return texts;
  for (const dom::element item : list) {
    if (item.is_string()) texts.push_back(text_of(item));
  }
  return texts;
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
    if (schema.properties_.size() == kMaxArgumentMembers) return std::nullopt;
    Property property{std::string(name), {}, {}, std::find(required.begin(), required.end(), name) != required.end()};
    if (about.is_object()) {
      if (std::string_view type; about["type"].get(type) == simdjson::SUCCESS) property.type = type;
      property.texts = texts_of(about, "enum");
    }
    schema.properties_.push_back(std::move(property));
  }
  return schema;
}

std::optional<std::string> ArgumentSchema::complaint(const Arguments& arguments) const {
  const auto shown = [](const std::string& name) { return records::printable(name, kMaxShown); };
  for (const Property& property : properties_) {
    const auto at = std::find_if(arguments.begin(), arguments.end(), [&](const Argument& a) { return a.name == property.name; });
    if (at == arguments.end()) {
      if (property.required) return fmt::format("\"{}\" is missing.", shown(property.name));
      continue;
    }
    if (!property.type.empty() && !has_type(at->value, property.type)) {
      return fmt::format("\"{}\" must be of the type {}.", shown(property.name), shown(property.type));
    }
    const auto* text = std::get_if<std::string>(&at->value);
    const bool listed = text == nullptr || std::find(property.texts.begin(), property.texts.end(), *text) != property.texts.end();
    if (!property.texts.empty() && !listed) return fmt::format("\"{}\" must be one of its list.", shown(property.name));
  }
  const auto is_known = [this](const Argument& argument) {
    return std::any_of(properties_.begin(), properties_.end(), [&](const Property& p) { return p.name == argument.name; });
  };
  if (open_ || std::all_of(arguments.begin(), arguments.end(), is_known)) return std::nullopt;
  return "there is a member that this tool does not have.";
}

}  // namespace offhook::inline v0::agent::tools
