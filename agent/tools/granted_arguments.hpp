#pragma once

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/base/result.hpp>

#include <optional>
#include <string>
#include <string_view>

/// A JSON Schema that the operator writes in a grant. It restricts the arguments of a tool beyond the tool's own schema.
namespace offhook::inline v0::agent::tools {

/// A fault of the operator's schema, for the operator.
struct SchemaFault {
  std::string place;  ///< JSON pointer from the schema's root; "": the whole schema
  std::string found, allowed;
};

/// Parses the operator's schema. Offhook must be able to enforce it completely, so it refuses a schema with an unknown keyword, with rules for members
/// of an argument, or with bounds that do not apply to the types. (Of a tool's own schema, Offhook ignores what it does not know.) The tool decides
/// about arguments without a rule, unless "additionalProperties" is false.
[[nodiscard]] base::Result<ArgumentSchema, SchemaFault> read_granted_arguments(std::string_view json);

/// Returns the tool's own schema, `parameters`, combined with `granted`, for the model, which then makes fewer mistakes. The result can be wider than
/// both checks together: it need not exclude each value that one of the two excludes.
[[nodiscard]] std::string narrowed(std::string_view parameters, std::string_view granted);

/// The schemas that check the calls of a tool, and the schema for the model.
struct HeldSchemas {
  ArgumentSchema of_tool;
  std::optional<ArgumentSchema> granted;
  std::string shown;
};
/// Makes HeldSchemas. `parameters` is the tool's own schema, or "" if the tool has no arguments. `granted` is the operator's schema, or "". The error
/// is a clause about the tool, such as "its grant names an argument ...". Offhook does not offer a tool with an error.
[[nodiscard]] base::Result<HeldSchemas, std::string> hold_schemas(std::string_view parameters, std::string_view granted);

}  // namespace offhook::inline v0::agent::tools
