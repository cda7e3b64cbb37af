#pragma once

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/base/result.hpp>

#include <optional>
#include <string>
#include <string_view>

/// A JSON Schema that the operator writes beside a grant: what of a tool's arguments is allowed, beyond what the tool itself takes.
namespace offhook::inline v0::agent::tools {

/// What is wrong with such a schema, for whoever wrote it.
struct SchemaFault {
  std::string place;  ///< a JSON pointer from the schema's beginning; "": all of it
  std::string found, allowed;
};

/// Unlike a tool's own schema, of which no more than what we know is looked at, this one is refused when anything in it would not
/// be held to: a word that is not checked here, an argument's own members, types that its bounds are not for. Members that it does
/// not name are left to the tool, unless "additionalProperties" is false.
[[nodiscard]] base::Result<ArgumentSchema, SchemaFault> read_granted_arguments(std::string_view json);

/// A tool's own schema, `parameters`, held together with what `granted` says, for the model, which does better when it knows. It may still
/// be wider than what its calls are held to, which is both: of values that only the two together leave out it says nothing.
[[nodiscard]] std::string narrowed(std::string_view parameters, std::string_view granted);

/// What the calls of a tool are held to, and what the model is shown of it.
struct HeldSchemas {
  ArgumentSchema of_tool;
  std::optional<ArgumentSchema> granted;
  std::string shown;
};
/// `parameters` is the tool's own, "" when it takes none; `granted` is the operator's, "" for none. Fails with the second half of a sentence about
/// the tool, such as "its grant names an argument ...": such a tool is not offered.
[[nodiscard]] base::Result<HeldSchemas, std::string> hold_schemas(std::string_view parameters, std::string_view granted);

}  // namespace offhook::inline v0::agent::tools
