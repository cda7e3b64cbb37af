#pragma once

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/base/result.hpp>

#include <optional>
#include <string>
#include <string_view>

/// A JSON Schema that the operator writes in a grant. It restricts the arguments of a tool beyond the tool's own schema.
namespace offhook::inline v0::agent::tools {

/// A fault of this schema, for the operator.
struct SchemaFault {
  std::string place;  ///< JSON pointer from the schema's root; "": the whole schema
  std::string found, allowed;
};

/// Parses the operator's schema. Of a tool's own schema, Offhook uses only the parts that it knows. This schema, by contrast, is refused if Offhook
/// would not enforce all of it: an unknown keyword, members of an argument, types to which its bounds do not apply. The tool decides about members
/// without a rule, unless "additionalProperties" is false.
[[nodiscard]] base::Result<ArgumentSchema, SchemaFault> read_granted_arguments(std::string_view json);

/// Returns the tool's own schema, `parameters`, combined with `granted`, to show to the model, which then makes fewer mistakes. The result can be
/// wider than both checks together: it does not exclude values that only the combination excludes.
[[nodiscard]] std::string narrowed(std::string_view parameters, std::string_view granted);

/// The schemas that check the calls of a tool, and the schema for the model.
struct HeldSchemas {
  ArgumentSchema of_tool;
  std::optional<ArgumentSchema> granted;
  std::string shown;
};
/// Makes these schemas. `parameters` is the tool's own, "" for no arguments; `granted` is the operator's, "" for none. The error is the second half
/// of a sentence about the tool, such as "its grant names an argument ...". A tool with an error is not offered.
[[nodiscard]] base::Result<HeldSchemas, std::string> hold_schemas(std::string_view parameters, std::string_view granted);

}  // namespace offhook::inline v0::agent::tools
