#pragma once

#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent::tools::http {

/// The body of an operation, and its schema for the model.
struct ReadBody {
  Body body;
  std::string schema;
};

/// Reads the operation's `requestBody`. The members of the body become separate arguments if the body is an object that names all its members, and
/// either the body is required or none of its members is. Otherwise the body is one argument. Fails for a body that is not JSON.
[[nodiscard]] Read<ReadBody> read_body(const Node& document, const Node& operation);

}  // namespace offhook::inline v0::agent::tools::http
