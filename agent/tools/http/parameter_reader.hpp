#pragma once

#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <optional>

namespace offhook::inline v0::agent::tools::http {

/// One entry of `parameters`, its references resolved. No parameter: one that a tool cannot give and need not, such as a cookie.
/// Faults: one that it must give and cannot.
[[nodiscard]] Read<std::optional<Parameter>> read_parameter(const Node& document, const Node& entry);

/// Headers that say where a request goes, where it ends, or who sends it: they are never a model's.
[[nodiscard]] bool is_reserved_header(std::string_view name);

}  // namespace offhook::inline v0::agent::tools::http
