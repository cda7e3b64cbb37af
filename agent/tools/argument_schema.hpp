#pragma once

#include <offhook/agent/tools/argument_rule.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxSchemaBytes = 16U << 10U;

/// What of a tool's JSON Schema is looked at before a call goes to its source: the names of the members, which must be there,
/// their types (`type`, one or several), and what they may be (`enum`, `const`). A tool's own server has the last word on the rest.
class ArgumentSchema {
 public:
  ArgumentSchema() = default;
  /// `open`: members that no rule names are allowed.
  ArgumentSchema(std::vector<ArgumentRule> rules, bool open) : rules_(std::move(rules)), open_(open) {}

  /// Nothing: that is no schema of an object, or is too long.
  [[nodiscard]] static std::optional<ArgumentSchema> parse(std::string_view json);
  /// What is wrong, as the second half of a sentence for the model with its full stop; nothing when all is well. It names members
  /// of the schema alone, never what the model wrote.
  [[nodiscard]] std::optional<std::string> complaint(const Arguments& arguments) const;
  /// Why `granted` cannot stand beside this, a tool's own, as the second half of a sentence about the grant: it names an argument that the
  /// tool does not list, so that a misspelt rule would hold nothing, leaves out one that the tool requires, or allows no value that the tool
  /// takes. Nothing: it can.
  [[nodiscard]] std::optional<std::string> misfit(const ArgumentSchema& granted) const;

 private:
  /// Null: no rule names it.
  [[nodiscard]] const ArgumentRule* find(std::string_view argument) const;

  std::vector<ArgumentRule> rules_;
  bool open_ = false;
};

}  // namespace offhook::inline v0::agent::tools
