#include <offhook/agent/tools/mcp/tool_answer.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/agent/tools/tool_text.hpp>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::size_t kMaxText = kMaxResultBytes + 4;  // One character more than the tool box shows, so that it notices the cut.
constexpr std::size_t kMaxShownName = 256;

std::string shown(const json::Element& item, std::string_view member) {
  return std::string(cut_utf8(json::text(item, member), kMaxShownName));
}

/// Returns the text of a `resource`, or a note about a file that cannot be shown.
std::string words_of_resource(const json::Element& resource) {
  if (const auto text = json::member(resource, "text"); text && text->is_string()) return std::string(json::text(resource, "text"));
  return "[a file that cannot be shown: " + shown(resource, "uri") + "]";
}

/// Returns one item of `content` as text: MCP 2025-11-25 server/tools, "Tool Result".
std::string words_of(const json::Element& item) {
  const std::string_view type = json::text(item, "type");
  if (type == "text") return std::string(json::text(item, "text"));
  if (type == "image" || type == "audio") return "[" + std::string(type) + " that cannot be shown: " + shown(item, "mimeType") + "]";
  if (type == "resource_link") return "[a link: " + shown(item, "name") + " " + shown(item, "uri") + "]";
  if (const auto resource = json::member(item, "resource"); type == "resource" && resource) return words_of_resource(*resource);
  return "[something that cannot be shown]";
}

std::string content_of(const json::Element& root) {
  std::string all;
  std::size_t count = 0;
  json::for_each(root, "content", [&](const json::Element& item) {
    if (++count > kMaxContentItems || all.size() >= kMaxText) return;
    const std::string words = words_of(item);
    if (!all.empty() && !words.empty()) all += '\n';
    all += words;
  });
  if (count > kMaxContentItems) all += "\n[more that is not shown]";
  return all;
}

}  // namespace

std::string why_of(const ToolAnswer& answer) {
  std::string why = answer.repeated ? "the server had ended the session, and the tool call was sent again in a new one" : "";
  if (answer.ok) return why;
  if (!why.empty()) why += "; ";
  return why + (answer.by_server ? "the tool says that it failed" : answer.text);
}

std::optional<ToolAnswer> read_tool_answer(std::string_view result, bool has_output_schema) {
  json::Parser parser;
  const auto root = json::parse(parser, result);
  if (!root || !root->is_object()) return std::nullopt;
  const std::string_view type = json::text(*root, "resultType");
  if (!type.empty() && type != "complete") {  // MCP 2026-07-28 basic/patterns/mrtr: a caller cannot fill in a form.
    return ToolAnswer{false, "The tool wants something that cannot be given in a telephone call. Nothing came of it."};
  }
  const auto structured = json::member(*root, "structuredContent");
  bool failed = false;
  if (json::Element flag; root->at_key("isError").get(flag) == simdjson::SUCCESS) failed = !flag.is_bool() || flag.get_bool().value_unsafe();
  std::string text = content_of(*root);
  // Use the text for a failure, and if the tool has no output schema. Servers repeat the structured content as text, so one of the two is enough.
  if (structured && (text.empty() || (has_output_schema && !failed))) text = simdjson::minify(*structured);
  if (text.empty()) text = failed ? "The tool failed and does not say why." : "The tool is done and has nothing to say.";
  return ToolAnswer{!failed, std::string(cut_utf8(text, kMaxText)), true};
}

}  // namespace offhook::inline v0::agent::tools::mcp
