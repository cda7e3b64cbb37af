#pragma once

#include <offhook/agent/tools/http/document_node.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::tools::http {

inline constexpr std::size_t kMaxSchemaDepth = 8;  ///< the maximum depth of arguments

/// Returns a schema of the document as JSON text for the model. Resolves references, and keeps only the keywords that restrict the arguments. Omits
/// members that only the service sets (`readOnly`). Converts `nullable` of OpenAPI 3.0 into a type. Fails if the schema refers to itself, is nested
/// too deeply, or is longer than kMaxSchemaBytes.
[[nodiscard]] Read<std::string> schema_text(const Node& document, const Node& schema);

}  // namespace offhook::inline v0::agent::tools::http
