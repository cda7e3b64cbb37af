#pragma once

#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <optional>

namespace offhook::inline v0::agent::tools::http {

/// Reads one entry of `parameters`, and resolves its references. If a tool cannot send the parameter (such as a cookie), returns nullopt for an
/// optional parameter, and fails for a required one.
[[nodiscard]] Read<std::optional<Parameter>> read_parameter(const Node& document, const Node& entry);

/// Returns true for headers about the destination, the framing or the sender of a request. A model never sets them.
[[nodiscard]] bool is_reserved_header(std::string_view name);

}  // namespace offhook::inline v0::agent::tools::http
