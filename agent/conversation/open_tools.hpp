#pragma once

#include <offhook/agent/conversation/tool.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// The tools that the model has called and that have no outcome yet: those of the present reply, and those of replies that were cut off. Pure:
/// no I/O, no clock.
class OpenTools {
 public:
  static constexpr std::size_t kMax = 64;  ///< tools of the present reply; also the limit for tools of earlier replies

  void on_call(const ToolCall& call);
  /// Returns false when the tool does not belong to the present reply.
  [[nodiscard]] bool take(const ToolOutcome& outcome);
  /// If the tool belongs to a reply that was cut off, returns the tool's name, once.
  [[nodiscard]] std::optional<std::string> take_late(const ToolOutcome& outcome);
  /// The present reply is over, or was cut off.
  void on_reply_over();
  [[nodiscard]] bool any() const { return !open_.empty(); }

 private:
  struct Tool {
    std::uint32_t turn = 0;
    std::string call_id, name;
  };
  [[nodiscard]] static std::vector<Tool>::iterator find(std::vector<Tool>& tools, const ToolOutcome& outcome);

  std::vector<Tool> open_, late_;
};

}  // namespace offhook::inline v0::agent
