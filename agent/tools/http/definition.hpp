#pragma once

#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools::http {

/// One argument as the model gets it.
struct ShownArgument {
  std::string name, schema;  ///< `schema`: JSON text
  bool required = false;
  std::string pointer;       ///< its place in the document
};

/// Sets the schema and the hash of `operation`, whose other members are complete. Faults: two arguments with one name, too many arguments, a name
/// that models do not accept, a schema that is too long.
[[nodiscard]] std::optional<DocumentFault> define(Operation& operation, const std::vector<ShownArgument>& arguments, const Node& at);

}  // namespace offhook::inline v0::agent::tools::http
