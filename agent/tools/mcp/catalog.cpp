#include <offhook/agent/tools/mcp/catalog.hpp>

#include <offhook/agent/tools/tool_names.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::tools::mcp {

const Catalog::Tool* Catalog::find(std::string_view model_name) const {
  const auto at = std::find_if(descriptions.begin(), descriptions.end(),
                               [&](const ToolDescription& described) { return described.name == model_name; });
  return at == descriptions.end() ? nullptr : &tools[static_cast<std::size_t>(at - descriptions.begin())];
}

Catalog make_catalog(const CatalogOptions& options, const std::vector<ToolDefinition>& listed, PinStore& pins,
                     std::vector<CatalogNote>& notes) {
  Catalog catalog;
  for (const ToolDefinition& tool : listed) {
    const std::string name = model_name(options.label, tool.name);
    if (catalog.find(name) != nullptr) {
      notes.push_back({true, name, "another tool of its server has this name already"});
      continue;
    }
    if (options.over_http && tool.header_fault) {
      notes.push_back({true, name, *tool.header_fault});
      continue;
    }
    const std::string known(pins.hash_of(name));
    const PinVerdict verdict = pins.judge(name, tool.hash);
    if (verdict != PinVerdict::Known) notes.push_back({!is_good(verdict), name, words_of(verdict, known, tool.hash)});
    if (!is_good(verdict)) continue;
    catalog.descriptions.push_back({name, tool.description, tool.input_schema, ToolClass::Write});
    catalog.tools.push_back({tool.name, tool.hash, tool.has_output_schema, tool.headers});
  }
  return catalog;
}

}  // namespace offhook::inline v0::agent::tools::mcp
