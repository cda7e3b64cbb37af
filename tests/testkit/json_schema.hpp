#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace offhook_test {

/// A JSON Schema (draft 7) as valijson, which knows nothing of Offhook, applies it: a second opinion on the schemas that we publish.
class JsonSchema {
 public:
  /// `text`: the schema, which is valid JSON.
  explicit JsonSchema(const std::string& text);
  ~JsonSchema();
  [[nodiscard]] bool accepts(const nlohmann::json& document) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace offhook_test
