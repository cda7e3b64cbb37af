#pragma once

#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

/// What a model is shown of one argument.
struct ShownArgument {
  std::string name, schema;  ///< `schema`: JSON text
  bool required = false;
  std::string pointer;       ///< where it is from
};

/// Fills in the schema and the hash of `operation`, of which all else is known. Faults: two arguments with one name, too many,
/// a name that no model takes, a schema that is too long.
[[nodiscard]] std::optional<DocumentFault> define(Operation& operation, const std::vector<ShownArgument>& arguments, const Node& at);

}  // namespace offhook::inline v0::agent::tools::http
