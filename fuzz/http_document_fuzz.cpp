// The input is an OpenAPI document. Checks that the operations are within their bounds, and that each refusal names a place in the document
// and a reason.
#include "require.hpp"

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/agent/tools/http/bound_request.hpp>
#include <offhook/agent/tools/http/document_node.hpp>
#include <offhook/agent/tools/http/operation.hpp>

#include <cstdint>
#include <string_view>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::http;
using offhook::fuzz::require;

namespace {

bool is_visible(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7F) return false;
  }
  return true;
}

void judge(const Operation& operation) {
  require(operation.hash.size() == 64 && operation.schema.size() <= kMaxSchemaBytes);
  require(operation.parameters.size() + operation.body.members.size() <= kMaxArgumentMembers);
  require(!operation.path.empty());
  const auto schema = ArgumentSchema::parse(operation.schema);  // The tool box parses the schema in the same way.
  require(schema.has_value());
  for (const char* arguments : {"{}", R"({"a":"b","id":"../x","body":{"a":[]}})"}) {
    const auto bound = bind_arguments(operation, arguments);
    require(bound.has_value() || !bound.error().empty());
    if (bound) require(is_visible(bound->target) && bound->target.starts_with('/') && bound->target.find('#') == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* id : {"a", "b", "getOrder"}) {
    const auto read = read_operations(text, {id});
    require(read ? read->size() == 1 : !to_string(read.error()).empty());
    if (read) judge(read->front());
  }
  return 0;
}
