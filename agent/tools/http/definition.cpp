#include <offhook/agent/tools/http/definition.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/agent/tools/canonical_json.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace offhook::inline v0::agent::tools::http {

namespace {

std::optional<DocumentFault> fault_of_names(const std::vector<ShownArgument>& arguments, const Node& at) {
  if (arguments.size() > kMaxArgumentMembers)
    return at.fault("it has " + std::to_string(arguments.size()) + " arguments, and a tool has " + std::to_string(kMaxArgumentMembers) + " at most");
  std::map<std::string_view, std::string_view> seen;
  for (const ShownArgument& one : arguments) {
    if (one.name.empty() || one.name.size() > kMaxArgumentName)
      return DocumentFault{one.pointer, "models accept names of 1 to " + std::to_string(kMaxArgumentName) + " characters"};
    const auto [before, is_new] = seen.emplace(one.name, one.pointer);
    if (!is_new) return DocumentFault{one.pointer, "the argument \"" + one.name + "\" exists already, from " + std::string(before->second)};
  }
  return std::nullopt;
}

std::string schema_of(const std::vector<ShownArgument>& arguments) {
  JsonText schema;
  schema.open("", '{').text("type", "object").open("properties", '{');
  for (const ShownArgument& one : arguments) schema.raw(one.name, one.schema);
  schema.close('}').open("required", '[');
  for (const ShownArgument& one : arguments) {
    if (one.required) schema.text("", one.name);
  }
  return schema.close(']').flag("additionalProperties", false).close('}').take();
}

void write_list(JsonText& out, std::string_view name, const std::vector<std::string>& texts) {
  out.open(name, '[');
  for (const std::string& text : texts) out.text("", text);
  out.close(']');
}

/// Returns the text for the hash: all that the model reads, and all that determines where an argument goes in the request.
std::string text_of(const Operation& operation) {
  JsonText out;
  out.open("", '{').text("id", operation.id).text("method", operation.method).text("description", operation.description).raw("schema", operation.schema);
  out.open("path", '[');
  for (const PathPiece& piece : operation.path) out.open("", '{').flag("parameter", piece.is_parameter).text("text", piece.text).close('}');
  out.close(']').open("parameters", '[');
  for (const Parameter& one : operation.parameters) {
    out.open("", '{').number("in", static_cast<std::int64_t>(one.in)).text("name", one.name).text("argument", one.argument);
    out.flag("required", one.required).flag("list", one.list).flag("explode", one.explode);
    write_list(out, "types", one.types);
    write_list(out, "choices", one.choices);
    out.close('}');
  }
  out.close(']').number("body", static_cast<std::int64_t>(operation.body.what)).flag("body_required", operation.body.required).open("members", '[');
  for (const BodyMember& member : operation.body.members) out.open("", '{').text("name", member.name).text("argument", member.argument).close('}');
  return out.close(']').close('}').take();
}

}  // namespace

std::optional<DocumentFault> define(Operation& operation, const std::vector<ShownArgument>& arguments, const Node& at) {
  if (auto fault = fault_of_names(arguments, at)) return fault;
  operation.schema = schema_of(arguments);
  if (operation.schema.size() > kMaxSchemaBytes)
    return at.fault("the schema of its arguments is longer than " + std::to_string(kMaxSchemaBytes) + " octets");
  json::Parser parser;
  const std::string text = text_of(operation);
  const auto root = json::parse(parser, text);
  std::string canonical;
  if (!root || !append_canonical(canonical, *root)) return at.fault("a name occurs twice in it, or it is nested too deeply");
  operation.hash = sha256_hex(canonical);
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::tools::http
