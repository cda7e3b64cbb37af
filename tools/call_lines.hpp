#pragma once

#include <offhook/agent/agent.hpp>

#include <optional>
#include <string>

namespace offhook::tools {

/// The lines of `offhook call`: what callers, models and PBXs put into an event cannot write escape sequences, or a second line.
class CallLines {
 public:
  enum class Form { Text, ColouredText, Json };

  explicit CallLines(Form form) : form_(form) {}

  /// Without its line feed. Nothing for an event that people are not shown.
  [[nodiscard]] std::optional<std::string> line_of(const agent::AgentEvent& event) const;

 private:
  Form form_;
};

}  // namespace offhook::tools
