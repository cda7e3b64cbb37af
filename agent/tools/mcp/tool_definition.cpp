#include <offhook/agent/tools/mcp/tool_definition.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/tools/canonical_json.hpp>
#include <offhook/agent/tools/mcp/header_bindings.hpp>
#include <offhook/agent/tools/tool_policy.hpp>

#include <array>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

/// The members that the hash covers, sorted by name. Offhook does not use icons and `_meta`.
constexpr std::array<std::string_view, 6> kPinned = {"annotations", "description", "inputSchema", "name", "outputSchema", "title"};

std::optional<std::string> hash_of(const json::Element& tool) {
  std::string text = "{";
  for (const std::string_view name : kPinned) {
    const auto value = json::member(tool, name);
    if (!value) continue;
    if (text.size() > 1) text += ',';
    text += '"' + std::string(name) + "\":";
    if (!append_canonical(text, *value)) return std::nullopt;
  }
  return sha256_hex(text + '}');
}

/// Returns true if a name occurs twice in the definition: a model could then see a text that differs from the pinned text.
bool has_repeated_name(const json::Element& tool) {
  std::string ignored;
  return !append_canonical(ignored, tool);
}

std::string shown(std::string_view name) { return "\"" + printable(name, kMaxShownName) + "\""; }

/// Parses a tool of the list. Returns "", or a sentence about the fault.
std::string read_tool(const json::Element& element, ToolDefinition& tool) {
  if (!element.is_object()) return "an entry of its list is not an object";
  tool.name = json::text(element, "name");
  if (tool.name.empty() || tool.name.size() > kMaxToolName) return "a tool has no name, or one that is too long";
  if (simdjson::minify(element).size() > kMaxDefinitionBytes) return shown(tool.name) + ": its definition is too long";
  const auto schema = json::member(element, "inputSchema");
  if (!schema || !schema->is_object()) return shown(tool.name) + ": it has no inputSchema";
  auto hash = hash_of(element);
  if (!hash || has_repeated_name(element))
    return shown(tool.name) + ": a name occurs twice in its definition, or it is nested too deeply";
  tool.hash = std::move(*hash);
  tool.input_schema = simdjson::minify(*schema);
  tool.description = json::text(element, "description");
  if (tool.description.empty()) tool.description = json::text(element, "title");
  tool.has_output_schema = json::member(element, "outputSchema").has_value();
  tool.header_fault = read_header_bindings(*schema, tool.headers);
  return {};
}

}  // namespace

std::optional<ToolPage> read_tool_page(std::string_view result) {
  json::Parser parser;
  const auto root = json::parse(parser, result);
  simdjson::dom::array list;
  if (!root || root->at_key("tools").get(list) != simdjson::SUCCESS) return std::nullopt;
  ToolPage page;
  page.ttl_ms = json::count(*root, "ttlMs");
  const std::string_view cursor = json::text(*root, "nextCursor");
  if (cursor.size() > kMaxCursorBytes) return std::nullopt;
  page.next_cursor = cursor;
  for (const json::Element element : list) {
    if (page.tools.size() + page.passed_over.size() == kMaxToolsPerPage) return std::nullopt;
    ToolDefinition tool;
    std::string why = read_tool(element, tool);
    if (why.empty()) {
      page.tools.push_back(std::move(tool));
    } else {
      page.passed_over.push_back(std::move(why));
    }
  }
  return page;
}

}  // namespace offhook::inline v0::agent::tools::mcp
