#pragma once

#include <offhook/agent/tools/argument_rule.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxSchemaBytes = 16U << 10U;

/// The part of a tool's JSON Schema that Offhook checks before it sends a tool call to the source: the names of the members, which of them are
/// required, their types (`type`, one or several), and their allowed values (`enum`, `const`). The tool's own server checks all other keywords.
class ArgumentSchema {
 public:
  ArgumentSchema() = default;
  /// `open`: allows members that have no rule.
  ArgumentSchema(std::vector<ArgumentRule> rules, bool open) : rules_(std::move(rules)), open_(open) {}

  /// Parses a schema. Returns nullopt if it is too long, or not the schema of an object.
  [[nodiscard]] static std::optional<ArgumentSchema> parse(std::string_view json);
  /// Returns the fault of the arguments, as the second half of a sentence for the model, with its full stop. Returns nullopt if they are allowed. The
  /// text names only members of the schema, and never quotes the model.
  [[nodiscard]] std::optional<std::string> complaint(const Arguments& arguments) const;
  /// Checks the schema `granted` by the operator against this schema of the tool. Returns the fault as the second half of a sentence about the grant,
  /// or nullopt. The grant has a fault if it names an argument that the tool does not list (a misspelt rule would have no effect), omits a required
  /// argument, or allows no value that the tool accepts.
  [[nodiscard]] std::optional<std::string> misfit(const ArgumentSchema& granted) const;

 private:
  /// Returns the rule for `argument`; null if there is none.
  [[nodiscard]] const ArgumentRule* find(std::string_view argument) const;

  std::vector<ArgumentRule> rules_;
  bool open_ = false;
};

}  // namespace offhook::inline v0::agent::tools
