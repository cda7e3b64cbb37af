#include <offhook/agent/providers/json_text.hpp>
#include <offhook/agent/tools/argument_value.hpp>
#include <offhook/agent/tools/granted_arguments.hpp>

#include <set>

namespace offhook::inline v0::agent::tools {

namespace {

using json::Element;

std::optional<Element> object_in(const Element& of, std::string_view name) {
  const auto found = json::member(of, name);
  return found && found->is_object() ? found : std::nullopt;
}

/// What `own` says of an argument, but for what `granted` says of it.
void write_property(JsonText& out, std::string_view name, const Element& own, const Element& granted) {
  out.open(name, '{');
  if (own.is_object()) {
    for (const auto& [keyword, value] : simdjson::dom::object(own.get_object().value_unsafe())) {
      Element other;
      if (granted.at_key(keyword).get(other) != simdjson::SUCCESS) out.raw(keyword, simdjson::minify(value));
    }
  }
  for (const auto& [keyword, value] : simdjson::dom::object(granted.get_object().value_unsafe())) out.raw(keyword, simdjson::minify(value));
  out.close('}');
}

/// Arguments that the grant names and the tool does not are none of the tool's: they are not shown.
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
  JsonText out;
  out.open("", '{');
  for (const auto& [keyword, value] : simdjson::dom::object(own->get_object().value_unsafe())) {
    if (keyword == "required" || (keyword == "additionalProperties" && closes)) continue;
    if (keyword == "properties" && value.is_object()) write_properties(out, value, object_in(*narrower, "properties"), closes);
    else out.raw(keyword, simdjson::minify(value));
  }
  write_required(out, *own, *narrower);
  if (closes) out.flag("additionalProperties", false);
  out.close('}');
  return out.take();
}

}  // namespace offhook::inline v0::agent::tools
