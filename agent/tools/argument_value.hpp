#pragma once

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/tools/arguments.hpp>

/// Converts a JSON value. Only files that parse arguments or their schemas include this header.
namespace offhook::inline v0::agent::tools {

[[nodiscard]] inline ArgumentValue value_of(const json::Element& element) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::STRING:
      return std::string(element.get_string().value_unsafe());
    case Type::INT64:
      return element.get_int64().value_unsafe();
    case Type::UINT64:  // The number is too large for int64: store the nearest double. is_rounded() is true for it.
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
