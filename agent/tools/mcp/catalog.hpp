#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/tools/mcp/tool_definition.hpp>
#include <offhook/agent/tools/pins.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

/// The tools of one server that may be shown to models, if an agent's rules allow them. A call keeps the one it began with.
struct Catalog {
  struct Tool {
    std::string server_name;  ///< what the server calls it
    std::string hash;
    bool has_output_schema = false;
    std::vector<HeaderBinding> headers;
  };
  std::vector<ToolDescription> descriptions;  ///< beside `tools`
  std::vector<Tool> tools;

  [[nodiscard]] const Tool* find(std::string_view model_name) const;
};

/// What was decided about one tool, for the log: a sentence.
struct CatalogNote {
  bool refused = false;
  std::string tool;  ///< its name for models
  std::string why;
};

struct CatalogOptions {
  std::string label;
  bool over_http = false;  ///< a tool with a faulty x-mcp-header is not used then
};

/// From what a server lists: each definition judged by its pin. Only New, Missing and Changed ones are told of.
[[nodiscard]] Catalog make_catalog(const CatalogOptions& options, const std::vector<ToolDefinition>& listed, PinBook& pins,
                                   std::vector<CatalogNote>& notes);

}  // namespace offhook::inline v0::agent::tools::mcp
