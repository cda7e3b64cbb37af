#pragma once

#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <optional>
#include <string>

namespace offhook::inline v0::agent::tools::http {

/// An operation's body, and its schema as a model is shown it.
struct ReadBody {
  Body body;
  std::string schema;
};

/// Of the operation's `requestBody`. Its members become arguments of their own where it is an object that names all of them and
/// leaving out all of them says the same as leaving out the body; else it is one argument. Faults: a body that is not JSON.
[[nodiscard]] Read<ReadBody> read_body(const Node& document, const Node& operation);

}  // namespace offhook::inline v0::agent::tools::http
