#pragma once

#include <offhook/agent/tools/http/operation.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace offhook::test {

/// Returns the document of a small shop, which tests may change.
inline nlohmann::json shop() {
  return nlohmann::json::parse(R"({
    "openapi": "3.0.3",
    "paths": {
      "/orders/{order}": {
        "parameters": [{"$ref": "#/components/parameters/Order"}],
        "get": {
          "operationId": "getOrder", "summary": "Looks up an order.", "description": "By its number.",
          "parameters": [
            {"name": "fields", "in": "query", "schema": {"type": "array", "items": {"type": "string", "enum": ["state", "price"]}}},
            {"name": "X-Language", "in": "header", "schema": {"type": "string"}}]
        },
        "patch": {
          "operationId": "changeOrder",
          "requestBody": {"required": true, "content": {"application/json; charset=utf-8": {"schema": {"$ref": "#/components/schemas/Change"}}}}
        }
      },
      "/orders": {"post": {"operationId": "createOrder", "requestBody": {"content": {"application/json": {"schema": {"type": "array"}}}}}}
    },
    "components": {
      "parameters": {"Order": {"name": "order", "in": "path", "required": true, "description": "as printed on the bill", "schema": {"type": "string"}}},
      "schemas": {
        "Change": {"type": "object", "required": ["state", "id"], "properties": {
          "id": {"type": "string", "readOnly": true},
          "state": {"type": "string", "enum": ["paid", "sent"]},
          "note": {"type": "string", "nullable": true},
          "address": {"$ref": "#/components/schemas/Address"}}},
        "Address": {"type": "object", "properties": {"street": {"type": "string", "maxLength": 80, "xml": {"name": "s"}}}}
      }
    }
  })");
}

inline agent::tools::http::Operation read_one(const nlohmann::json& document, const std::string& id) {
  auto read = agent::tools::http::read_operations(document.dump(), {id});
  if (!read) FAIL(to_string(read.error()));
  return std::move(read->front());
}

/// Returns the fault of the document, or "" if it has no fault.
inline std::string fault_of(const nlohmann::json& document, const std::vector<std::string>& wanted) {
  const auto read = agent::tools::http::read_operations(document.dump(), wanted);
  return read ? std::string() : to_string(read.error());
}

}  // namespace offhook::test
