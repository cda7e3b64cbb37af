#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/tools/mcp/tool_definition.hpp>
#include <offhook/agent/tools/pins.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// The tools of one server that models may see, if an agent's rules allow them. A telephone call keeps the catalog that was current at its beginning.
struct Catalog {
  struct Tool {
    std::string server_name;  ///< the server's name for the tool
    std::string hash;
    bool has_output_schema = false;
    std::vector<HeaderBinding> headers;
  };
  std::vector<ToolDescription> descriptions;  ///< same order as `tools`
  std::vector<Tool> tools;

  [[nodiscard]] const Tool* find(std::string_view model_name) const;
};

/// The decision about one tool, with a sentence for the log.
struct CatalogNote {
  bool refused = false;
  std::string tool;  ///< the tool's name for models
  std::string why;
};

struct CatalogOptions {
  std::string label;
  bool over_http = false;  ///< true: excludes a tool with a faulty x-mcp-header
};

/// Makes the catalog from the server's list. The pins decide about each definition. Adds a note for each definition that is New, Missing or Changed.
[[nodiscard]] Catalog make_catalog(const CatalogOptions& options, const std::vector<ToolDefinition>& listed, PinStore& pins,
                                   std::vector<CatalogNote>& notes);

}  // namespace offhook::inline v0::agent::tools::mcp
