#pragma once

#include <offhook/agent/tools/http/document_node.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxSchemaDepth = 8;  ///< as deep as arguments may be

/// What a model is shown of a schema in a document, as JSON text: its references resolved, the keywords that say what may be
/// given, and none besides. Members that a service alone sets (`readOnly`) are left out; OpenAPI 3.0's `nullable` becomes a type.
/// Faults: a schema that refers to itself, is nested too deeply, or is longer than kMaxSchemaBytes.
[[nodiscard]] Read<std::string> schema_text(const Node& document, const Node& schema);

}  // namespace offhook::inline v0::agent::tools::http
