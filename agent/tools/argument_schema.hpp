#pragma once

#include <offhook/agent/tools/arguments.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxSchemaBytes = 16U << 10U;

/// What of a tool's JSON Schema is looked at before a call goes to its source: the names of the members, which must be there,
/// their types (`type`, one or several), and what they may be (`enum`, `const`). A tool's own server has the last word on the rest.
class ArgumentSchema {
 public:
  /// Nothing: that is no schema of an object, or is too long.
  [[nodiscard]] static std::optional<ArgumentSchema> parse(std::string_view json);
  /// What is wrong, as the second half of a sentence for the model with its full stop; nothing when all is well. It names members
  /// of the schema alone, never what the model wrote.
  [[nodiscard]] std::optional<std::string> complaint(const Arguments& arguments) const;

 private:
  struct Property {
    std::string name;
    std::vector<std::string> types;      // empty: any
    std::vector<ArgumentValue> choices;  // of objects and lists only what they are
    bool chosen = false;                 // it must be one of `choices`
    bool required = false;
  };
  std::vector<Property> properties_;
  bool open_ = false;  // "additionalProperties" is true
};

}  // namespace offhook::inline v0::agent::tools
