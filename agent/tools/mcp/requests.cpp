#include <offhook/agent/tools/mcp/requests.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/json_text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

void write_identity(JsonText& text, std::string_view name, const ClientIdentity& identity) {
  text.open(name, '{').text("name", identity.name).text("version", identity.version).close('}');
}

/// Writes `_meta`: the client's identity (MCP 2026-07-28 basic/index, "_meta"), and the token for progress.
void write_meta(JsonText& text, const Dialect& dialect, std::uint64_t progress_token = 0) {
  if (!dialect.modern && progress_token == 0) return;
  text.open("_meta", '{');
  if (dialect.modern) {
    text.text("io.modelcontextprotocol/protocolVersion", kModernRevision);
    text.raw("io.modelcontextprotocol/clientCapabilities", "{}");
    write_identity(text, "io.modelcontextprotocol/clientInfo", dialect.identity);
  }
  if (progress_token != 0) text.number("progressToken", static_cast<std::int64_t>(progress_token));
  text.close('}');
}

std::string_view legacy_among(const simdjson::dom::array& revisions) {
  for (const std::string_view known : kLegacyRevisions) {
    const auto is_known = [known](const json::Element& one) {
      std::string_view text;
      return one.get(text) == simdjson::SUCCESS && text == known;
    };
    if (std::any_of(revisions.begin(), revisions.end(), is_known)) return known;
  }
  return {};
}

void choose(const json::Element& object, std::string_view list_name, ServerFacts& facts) {
  simdjson::dom::array list;
  if (object.at_key(list_name).get(list) != simdjson::SUCCESS) return;
  for (const json::Element one : list) {
    std::string_view text;
    if (one.get(text) != simdjson::SUCCESS) continue;
    if (facts.said.empty()) facts.said = printable(text, kMaxShownRevision);
    facts.modern = facts.modern || text == kModernRevision;
  }
  facts.revision = facts.modern ? kModernRevision : legacy_among(list);
}

void read_capabilities(const json::Element& result, ServerFacts& facts) {
  const auto capabilities = json::member(result, "capabilities");
  const auto tools = capabilities ? json::member(*capabilities, "tools") : std::nullopt;
  facts.has_tools = tools && tools->is_object();
  bool tells = false;
  facts.tells_changes = facts.has_tools && tools->at_key("listChanged").get(tells) == simdjson::SUCCESS && tells;
}

}  // namespace

std::string initialize_params(const ClientIdentity& identity) {
  JsonText text;
  text.open("", '{').text("protocolVersion", kLegacyRevisions.front()).raw("capabilities", "{}");
  write_identity(text, "clientInfo", identity);
  return text.close('}').take();
}

std::string plain_params(const Dialect& dialect) {
  JsonText text;
  text.open("", '{');
  write_meta(text, dialect);
  return text.close('}').take();
}

std::string list_params(const Dialect& dialect, std::string_view cursor) {
  JsonText text;
  text.open("", '{');
  if (!cursor.empty()) text.text("cursor", cursor);
  write_meta(text, dialect);
  return text.close('}').take();
}

std::string listen_params(const Dialect& dialect) {
  JsonText text;
  text.open("", '{').open("notifications", '{').flag("toolsListChanged", true).close('}');
  write_meta(text, dialect);
  return text.close('}').take();
}

std::optional<std::string> one_line_arguments(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "{}";
  json::Parser parser;
  const auto root = json::parse(parser, text);
  if (!root || !root->is_object()) return std::nullopt;
  // Change the original text instead of writing the parsed values, so that numbers keep their spelling.
  std::string line(text.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  if (simdjson::minify(text.data(), text.size(), line.data(), size) != simdjson::SUCCESS) return std::nullopt;
  line.resize(size);
  return line;
}

std::string call_params(const Dialect& dialect, std::string_view tool, std::string_view arguments, std::uint64_t progress_token) {
  JsonText text;
  text.open("", '{').text("name", tool).raw("arguments", arguments);
  write_meta(text, dialect, progress_token);
  return text.close('}').take();
}

std::string cancelled_params(std::uint64_t request, std::string_view reason) {
  JsonText text;
  text.open("", '{').number("requestId", static_cast<std::int64_t>(request)).text("reason", reason);
  return text.close('}').take();
}

std::optional<ServerFacts> read_discovery(std::string_view result) {
  json::Parser parser;
  const auto root = json::parse(parser, result);
  if (!root || !json::member(*root, "supportedVersions")) return std::nullopt;
  ServerFacts facts;
  choose(*root, "supportedVersions", facts);
  read_capabilities(*root, facts);
  return facts;
}

ServerFacts read_supported(std::string_view data) {
  ServerFacts facts;
  json::Parser parser;
  if (const auto root = json::parse(parser, data)) choose(*root, "supported", facts);
  return facts;
}

std::optional<ServerFacts> read_initialization(std::string_view result) {
  json::Parser parser;
  const auto root = json::parse(parser, result);
  if (!root || !root->is_object()) return std::nullopt;
  const std::string_view revision = json::text(*root, "protocolVersion");
  if (revision.empty()) return std::nullopt;
  ServerFacts facts;
  facts.said = printable(revision, kMaxShownRevision);
  if (std::find(kLegacyRevisions.begin(), kLegacyRevisions.end(), revision) != kLegacyRevisions.end()) facts.revision = revision;
  read_capabilities(*root, facts);
  return facts;
}

}  // namespace offhook::inline v0::agent::tools::mcp
