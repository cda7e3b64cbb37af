#include <offhook/agent/tools/http/parameter_reader.hpp>

#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::tools::http {

namespace {

using In = Parameter::In;
using Found = std::optional<Parameter>;

constexpr std::array<std::string_view, 28> kReserved = {
    "accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "content-type", "cookie", "expect", "forwarded",
    "host", "http2-settings", "keep-alive", "origin", "proxy-authorization", "proxy-connection", "range", "referer", "te", "trailer", "transfer-encoding", "upgrade",
    "via", "x-forwarded-for", "x-forwarded-host", "x-http-method", "x-http-method-override", "x-method-override"};

std::optional<In> place_of(std::string_view in) {
  if (in == "path") return In::Path;
  if (in == "query") return In::Query;
  if (in == "header") return In::Header;
  return std::nullopt;
}

/// Returns the types in `type`, which is one type or a list (OpenAPI 3.1). Omits "null", because it means a missing value.
std::vector<std::string> types_of(const Node& schema) {
  std::vector<std::string> types;
  if (const auto one = schema.text("type"); !one.empty()) types.emplace_back(one);
  for (const Node& each : schema.items("type")) {
    std::string_view text;
    if (each.value.get(text) == simdjson::SUCCESS) types.emplace_back(text);
  }
  std::erase(types, "null");
  return types;
}

/// Reads the allowed types and values of one value.
std::optional<DocumentFault> read_value(const Node& schema, Parameter& parameter) {
  parameter.types = types_of(schema);
  for (const std::string& type : parameter.types) {
    if (type == "object" || type == "array") return schema.fault("a value of the type " + type + " cannot be written in a " + (parameter.in == In::Query ? "query" : parameter.in == In::Path ? "path" : "header"));
    if (type != "string" && type != "integer" && type != "number" && type != "boolean") return schema.fault("it has an unknown type");
  }
  for (const Node& choice : schema.items("enum")) {
    if (parameter.choices.size() == kMaxChoices) return schema.fault("its enum has more than " + std::to_string(kMaxChoices) + " values");
    parameter.choices.push_back(simdjson::minify(choice.value));
  }
  return std::nullopt;
}

std::optional<DocumentFault> read_schema(const Node& document, const Node& given, Parameter& parameter) {
  const auto schema = resolve(document, given);
  if (!schema) return schema.error();
  const auto types = types_of(*schema);
  parameter.list = types == std::vector<std::string>{"array"};
  if (!parameter.list) return read_value(*schema, parameter);
  const auto items = schema->member("items");
  if (!items) return std::nullopt;
  const auto item = resolve(document, *items);
  return item ? read_value(*item, parameter) : item.error();
}

/// Returns the reason why a tool cannot send this parameter, although it is valid; "" if the tool can send it.
std::string obstacle(const Node& node, const Parameter& parameter) {
  const std::string_view style = node.text("style");
  if (node.member("content")) return "a tool cannot send a parameter with `content`";
  if (!style.empty() && style != (parameter.in == In::Query ? "form" : "simple")) return "the style \"" + std::string(style.substr(0, 32)) + "\" cannot be written";
  if (parameter.in == In::Header && is_reserved_header(parameter.name)) return "a tool may not set this header";
  return {};
}

}  // namespace

bool is_reserved_header(std::string_view name) {
  return std::any_of(kReserved.begin(), kReserved.end(), [name](std::string_view reserved) { return base::iequals(reserved, name); });
}

Read<Found> read_parameter(const Node& document, const Node& entry) {
  const auto resolved = resolve(document, entry);
  if (!resolved) return base::fail(resolved.error());
  const Node& node = *resolved;
  Parameter parameter;
  parameter.name = node.text("name");
  parameter.required = node.flag("required");
  if (parameter.name.empty()) return base::fail(node.fault("it has no name"));
  const auto place = place_of(node.text("in"));
  const auto cannot = [&](const std::string& why) -> Read<Found> {
    if (parameter.required) return base::fail(node.fault(why + ", but is required"));
    return Found();
  };
  if (!place && node.text("in") == "cookie") return cannot("a tool cannot send a cookie");
  if (!place) return base::fail(node.fault("its `in` is neither path, query, header nor cookie"));
  parameter.in = *place;
  // OpenAPI 3.1.1 section 4.8.12.2: parameters with these three names are ignored.
  const bool is_ignored = parameter.in == In::Header && (base::iequals(parameter.name, "accept") || base::iequals(parameter.name, "content-type") || base::iequals(parameter.name, "authorization"));
  if (is_ignored) return Found();
  if (const auto why = obstacle(node, parameter); !why.empty()) return cannot(why);
  if (parameter.in == In::Path && !parameter.required) return base::fail(node.fault("a path parameter must be required"));
  if (parameter.in == In::Header && !net::is_header_safe(parameter.name, {})) return base::fail(node.fault("its name is not valid for a header"));
  parameter.argument = argument_name(parameter.name);
  parameter.explode = parameter.in != In::Query || !node.member("explode") || node.flag("explode");
  const auto schema = node.member("schema");
  if (!schema) return base::fail(node.fault("it has no schema"));
  if (auto fault = read_schema(document, *schema, parameter)) return base::fail(std::move(*fault));
  return Found(std::move(parameter));
}

}  // namespace offhook::inline v0::agent::tools::http
