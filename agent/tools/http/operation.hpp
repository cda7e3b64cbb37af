#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/tools/arguments.hpp>
#include <offhook/agent/tools/http/document_fault.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The part of OpenAPI 3.0 and 3.1 that becomes tools.
namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxOperations = 64;
inline constexpr std::size_t kMaxArgumentName = 64;
inline constexpr std::size_t kMaxPathBytes = 1024;  ///< octets of a path in the document
inline constexpr std::size_t kMaxChoices = 256;     ///< values in the `enum` of one parameter

/// A path, query or header parameter: OpenAPI 3.1.1 section 4.8.12, "Parameter Object". Only the usual styles are supported: `simple` in paths and
/// headers, `form` in queries.
struct Parameter {
  enum class In : std::uint8_t { Path, Query, Header };
  In in{};
  std::string name;      ///< name for the service
  std::string argument;  ///< name for the model
  bool required = false;
  bool list = false;     ///< true: one or more values
  bool explode = true;   ///< for a list in a query: true: `a=1&a=2`; false: `a=1,2`
  std::vector<std::string> types;    ///< types of a value, in the words of JSON Schema; empty: any type except object and list
  std::vector<std::string> choices;  ///< JSON texts of the allowed values; empty: any value
};

/// A member of the body.
struct BodyMember {
  std::string name, argument;
};

struct Body {
  enum class What : std::uint8_t {
    None,
    Members,  ///< an object: each member is an argument
    Whole,    ///< any other body: the argument kBodyArgument is the whole body
  };
  What what = What::None;
  bool required = false;
  std::vector<BodyMember> members;
};
inline constexpr std::string_view kBodyArgument = "body";

/// A piece of a path: fixed text, or the value of a parameter.
struct PathPiece {
  bool is_parameter = false;
  std::string text;  ///< fixed text; if `is_parameter` is true, the name of the parameter
};

struct Operation {
  std::string id, method;  ///< method: "GET"
  std::vector<PathPiece> path;
  std::vector<Parameter> parameters;
  Body body;
  std::string description;
  std::string schema;  ///< JSON text of the arguments' schema: at most kMaxSchemaBytes
  std::string hash;    ///< SHA-256 of all members above in canonical JSON; a pin contains it

  /// Returns the tool's class by its method (RFC 9110 section 9.2.1), unless the agent's rules set another class.
  [[nodiscard]] ToolClass usual_class() const { return method == "GET" ? ToolClass::Read : ToolClass::Write; }
};

/// Reads the operations of an OpenAPI document (JSON) whose operationIds are in `wanted`, and returns them in the order of `wanted`. Checks them
/// completely, and reads only the ids of the other operations. A fault contains its place.
[[nodiscard]] Read<std::vector<Operation>> read_operations(std::string_view document, const std::vector<std::string>& wanted);

/// Returns the name of a parameter or member for models: [A-Za-z0-9_.-]; each other octet becomes '_'.
[[nodiscard]] std::string argument_name(std::string_view name);

}  // namespace offhook::inline v0::agent::tools::http
