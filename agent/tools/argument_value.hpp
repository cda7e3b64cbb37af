#pragma once

#include <offhook/agent/providers/json_in.hpp>
#include <offhook/agent/tools/arguments.hpp>

/// For the files that read arguments and their schemas, and no other header.
namespace offhook::inline v0::agent::tools {

[[nodiscard]] inline ArgumentValue value_of(const json::Element& element) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::STRING:
      return std::string(element.get_string().value_unsafe());
    case Type::INT64:
      return element.get_int64().value_unsafe();
    case Type::UINT64:  // Beyond what int64 holds; nobody here wants so much.
    case Type::DOUBLE:
      return element.get_double().value_unsafe();
    case Type::BOOL:
      return element.get_bool().value_unsafe();
    case Type::NULL_VALUE:
      return nullptr;
    case Type::ARRAY:
      return Nested{true};
    case Type::OBJECT:
      return Nested{false};
  }
  return nullptr;
}

}  // namespace offhook::inline v0::agent::tools
