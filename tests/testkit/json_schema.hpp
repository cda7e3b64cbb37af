#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>

namespace offhook_test {

/// A JSON Schema (draft 7) as valijson applies it. valijson shares no code with Offhook, so it checks our published schemas independently.
class JsonSchema {
 public:
  /// `text` is the schema, which must be valid JSON.
  explicit JsonSchema(const std::string& text);
  ~JsonSchema();
  [[nodiscard]] bool accepts(const nlohmann::json& document) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace offhook_test
