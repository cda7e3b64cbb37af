#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/tools/argument_value.hpp>
#include <offhook/agent/tools/granted_arguments.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

namespace {

using json::Element;

std::optional<Element> object_in(const Element& of, std::string_view name) {
  const auto found = json::member(of, name);
  return found && found->is_object() ? found : std::nullopt;
}

/// Returns the items of a list, or a single value as a list, because "type" may have either form.
std::vector<Element> items_of(const Element& value) {
  if (!value.is_array()) return {value};
  const simdjson::dom::array list(value.get_array().value_unsafe());
  return {list.begin(), list.end()};
}

std::string list_of(const std::set<std::string>& items) {
  JsonText out;
  out.open("", '[');
  for (const std::string& item : items) out.raw("", item);
  out.close(']');
  return out.take();
}

/// Returns the common types as a JSON list; "" if there is no common type.
std::string common_types(const Element& own, const Element& granted) {
  std::set<std::string> types;
  for (const Element& one : items_of(own)) {
    for (const Element& other : items_of(granted)) {
      std::string_view first, second;
      if (one.get(first) != simdjson::SUCCESS || other.get(second) != simdjson::SUCCESS) continue;
      if (const auto type = common_type(first, second); !type.empty()) types.insert('"' + std::string(type) + '"');
    }
  }
  if (types.empty()) return "";
  return types.size() == 1 ? *types.begin() : list_of(types);
}

std::string common_choices(const Element& own, const Element& granted) {
  std::vector<ArgumentValue> theirs;
  for (const Element& each : items_of(own)) theirs.push_back(value_of(each));
  std::set<std::string> choices;
  for (const Element& each : items_of(granted)) {
    const ArgumentValue choice = value_of(each);
    if (std::any_of(theirs.begin(), theirs.end(), [&choice](const ArgumentValue& other) { return is_same(choice, other); })) choices.insert(simdjson::minify(each));
  }
  return choices.empty() ? "" : list_of(choices);
}

/// Combines a keyword that both schemas have. Returns the narrower bound, the common types, or the common list items; for any other keyword, the
/// operator's value.
std::string both(std::string_view keyword, const Element& own, const Element& granted) {
  std::string common;
  if (keyword == "type") common = common_types(own, granted);
  if (keyword == "enum" && own.is_array() && granted.is_array()) common = common_choices(own, granted);
  const bool is_least = keyword == "minimum" || keyword == "exclusiveMinimum" || keyword == "minLength";
  const bool is_most = keyword == "maximum" || keyword == "exclusiveMaximum" || keyword == "maxLength";
  if (const auto a = exact_number(value_of(own)), b = exact_number(value_of(granted)); (is_least || is_most) && a && b && (is_least ? *a > *b : *a < *b))
    return simdjson::minify(own);
  return common.empty() ? simdjson::minify(granted) : common;
}

/// Writes the combined rules of `own` and `granted` for one argument.
void write_property(JsonText& out, std::string_view name, const Element& own, const Element& granted) {
  out.open(name, '{');
  Element other;
  if (own.is_object()) {
    for (const auto& [keyword, value] : simdjson::dom::object(own.get_object().value_unsafe())) {
      const bool is_flag_of_old = value.is_bool() && keyword.starts_with("exclusive");  // In draft 4, a flag for the other bound, which may be the operator's.
      if (!is_flag_of_old && granted.at_key(keyword).get(other) != simdjson::SUCCESS) out.raw(keyword, simdjson::minify(value));
    }
  }
  for (const auto& [keyword, value] : simdjson::dom::object(granted.get_object().value_unsafe())) {
    const bool in_both = own.is_object() && own.at_key(keyword).get(other) == simdjson::SUCCESS;
    out.raw(keyword, in_both ? both(keyword, other, value) : simdjson::minify(value));
  }
  out.close('}');
}

/// Writes the arguments. If the tool lists its arguments, omits an argument that only the grant names.
void write_properties(JsonText& out, const Element& own, const std::optional<Element>& granted, bool only_granted) {
  out.open("properties", '{');
  for (const auto& [name, about] : simdjson::dom::object(own.get_object().value_unsafe())) {
    const auto narrower = granted ? object_in(*granted, name) : std::nullopt;
    if (narrower) write_property(out, name, about, *narrower);
    else if (!only_granted) out.raw(name, simdjson::minify(about));
  }
  out.close('}');
}

void write_required(JsonText& out, const Element& own, const Element& granted) {
  std::set<std::string_view> names;
  const auto add = [&names](const Element& item) {
    if (std::string_view name; item.get(name) == simdjson::SUCCESS) names.insert(name);
  };
  json::for_each(own, "required", add);
  json::for_each(granted, "required", add);
  if (names.empty()) return;
  out.open("required", '[');
  for (const std::string_view name : names) out.text("", name);
  out.close(']');
}

}  // namespace

std::string narrowed(std::string_view parameters, std::string_view granted) {
  json::Parser of_own, of_granted;
  const auto own = json::parse(of_own, parameters), narrower = json::parse(of_granted, granted);
  if (!own || !narrower || !own->is_object() || !narrower->is_object()) return std::string(parameters);
  bool open = true;
  const bool closes = narrower->at_key("additionalProperties").get(open) == simdjson::SUCCESS && !open;
  const auto listed = object_in(*own, "properties"), ruled = object_in(*narrower, "properties");
  JsonText out;
  out.open("", '{');
  for (const auto& [keyword, value] : simdjson::dom::object(own->get_object().value_unsafe())) {
    const bool is_ours = keyword == "properties" || keyword == "required" || (keyword == "additionalProperties" && closes);
    if (!is_ours) out.raw(keyword, simdjson::minify(value));
  }
  if (listed && simdjson::dom::object(listed->get_object().value_unsafe()).size() != 0) write_properties(out, *listed, ruled, closes);
  else if (ruled) out.raw("properties", simdjson::minify(*ruled));  // The tool accepts any arguments and lists none: show the arguments of the grant.
  else out.raw("properties", "{}");
  write_required(out, *own, *narrower);
  if (closes) out.flag("additionalProperties", false);
  out.close('}');
  return out.take();
}

}  // namespace offhook::inline v0::agent::tools
