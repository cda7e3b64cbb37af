#pragma once

#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/tools/arguments.hpp>
#include <offhook/agent/tools/http/document_fault.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The part of OpenAPI 3.0 and 3.1 that a tool can be made of.
namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxOperations = 64;
inline constexpr std::size_t kMaxArgumentName = 64;
inline constexpr std::size_t kMaxPathBytes = 1024;  ///< of a path as the document writes it
inline constexpr std::size_t kMaxChoices = 256;     ///< of one parameter's `enum`

/// A path, query or header parameter: OpenAPI 3.1.1 section 4.8.12, "Parameter Object". Of the styles those that are the usual
/// ones: `simple` in paths and headers, `form` in queries.
struct Parameter {
  enum class In : std::uint8_t { Path, Query, Header };
  In in{};
  std::string name;      ///< as the service knows it
  std::string argument;  ///< as the model does
  bool required = false;
  bool list = false;     ///< one or more values
  bool explode = true;   ///< a list in a query: `a=1&a=2` rather than `a=1,2`
  std::vector<std::string> types;    ///< of a value: JSON Schema's words; empty: any but objects and lists
  std::vector<std::string> choices;  ///< JSON texts of the values that may be given; empty: any
};

/// A member of the body.
struct BodyMember {
  std::string name, argument;
};

struct Body {
  enum class What : std::uint8_t {
    None,
    Members,  ///< an object: each of its members is an argument
    Whole,    ///< anything else: the argument kBodyArgument is all of it
  };
  What what = What::None;
  bool required = false;
  std::vector<BodyMember> members;
};
inline constexpr std::string_view kBodyArgument = "body";

/// A piece of a path: text that stands as it is, or the value of a parameter.
struct PathPiece {
  bool is_parameter = false;
  std::string text;  ///< `is_parameter`: its name
};

struct Operation {
  std::string id, method;  ///< "GET"
  std::vector<PathPiece> path;
  std::vector<Parameter> parameters;
  Body body;
  std::string description;
  std::string schema;  ///< of the arguments, JSON text: at most kMaxSchemaBytes
  std::string hash;    ///< SHA-256 of all of the above in canonical JSON: what a pin is of

  /// What it does to the world as far as its method tells (RFC 9110 section 9.2.1); an agent's rules have the last word.
  [[nodiscard]] ToolClass usual_class() const { return method == "GET" ? ToolClass::Read : ToolClass::Write; }
};

/// The operations of an OpenAPI document (JSON) whose operationIds are `wanted`, in that order. All of each is looked at, and of
/// the others only what they are called. Faults name the place.
[[nodiscard]] Read<std::vector<Operation>> read_operations(std::string_view document, const std::vector<std::string>& wanted);

/// A parameter's or member's name as models take it: [A-Za-z0-9_.-]; everything else becomes '_'.
[[nodiscard]] std::string argument_name(std::string_view name);

}  // namespace offhook::inline v0::agent::tools::http
