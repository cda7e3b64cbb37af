#include <offhook/agent/tools/http/body_reader.hpp>

#include <offhook/agent/tools/http/schema_text.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::tools::http {

namespace {

bool is_json_content(std::string_view type) {
  return base::iequals(base::trim(type.substr(0, type.find(';'))), "application/json");
}

/// Returns true if the schema is that of an object whose properties describe it completely.
bool names_all_members(const Node& schema, bool is_required) {
  constexpr std::array<std::string_view, 7> kMore = {"oneOf", "anyOf", "allOf", "not", "patternProperties", "minProperties", "if"};
  const auto has = [&](std::string_view name) { return schema.member(name).has_value(); };
  if (schema.text("type") != "object" || !has("properties") || schema.flag("nullable")) return false;
  if (std::any_of(kMore.begin(), kMore.end(), has)) return false;
  if (!is_required && !schema.items("required").empty()) return false;
  const auto others = schema.member("additionalProperties");
  bool any = false;
  return !others || (others->value.get(any) == simdjson::SUCCESS && !any);
}

Read<std::optional<Node>> json_schema_of(const Node& body) {
  const auto content = body.member("content");
  if (!content || !content->value.is_object()) return base::fail(body.fault("it has no content"));
  for (const auto& [type, media] : content->members()) {
    if (is_json_content(type)) return media.member("schema");
  }
  return base::fail(content->fault("it has no application/json, the only type that a tool can send"));
}

}  // namespace

Read<ReadBody> read_body(const Node& document, const Node& operation) {
  const auto given = operation.member("requestBody");
  if (!given) return ReadBody();
  const auto node = resolve(document, *given);
  if (!node) return base::fail(node.error());
  const auto schema_node = json_schema_of(*node);
  if (!schema_node) return base::fail(schema_node.error());
  ReadBody read;
  read.body.what = Body::What::Whole;
  read.body.required = node->flag("required");
  read.schema = "{}";
  if (!*schema_node) return read;
  auto text = schema_text(document, **schema_node);
  if (!text) return base::fail(std::move(text.error()));
  read.schema = std::move(*text);
  const auto schema = resolve(document, **schema_node);
  if (!schema) return base::fail(schema.error());
  if (!names_all_members(*schema, read.body.required)) return read;
  read.body.what = Body::What::Members;
  for (const auto& [name, property] : schema->member("properties")->members()) {
    const auto meant = resolve(document, property);
    if (meant && meant->flag("readOnly")) continue;
    read.body.members.push_back({std::string(name), argument_name(name)});
  }
  return read;
}

}  // namespace offhook::inline v0::agent::tools::http
