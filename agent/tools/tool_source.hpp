#pragma once

#include <offhook/agent/conversation/tool.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// A tool call that the policy has allowed. Offhook chooses `number`, which is unique within a telephone call.
struct SourceCall {
  std::uint64_t number = 0;
  std::string tool, arguments;  ///< `arguments`: a JSON object, bounded, without repeated names
};
/// The result of a tool call. `text` is untrusted: it is cut and marked as data before it goes to the model. `why` is the fault for the log, in
/// Offhook's own words, without the arguments and the answer; "" if there is no fault.
struct SourceResult {
  std::uint64_t number = 0;
  bool ok = false;
  std::string text;
  std::string why = {};
};

/// A source of tools that are not built in: a tool server or an HTTP service. Each telephone call has its own object, on its conversation thread. It
/// never blocks. Its descriptions grant no permission: only the agent's rules do. Destroying it abandons its work.
class ToolSource {
 public:
  virtual ~ToolSource() = default;
  /// Returns the tools. The list is complete at the beginning of the telephone call, and does not change until its end.
  [[nodiscard]] virtual const std::vector<ToolDescription>& descriptions() const = 0;
  /// Starts a tool call. At most one result follows. A result after the deadline is ignored.
  virtual void start(const SourceCall& call) = 0;
  virtual void abandon(std::uint64_t number) = 0;  ///< the deadline has passed, or the telephone call has ended
  [[nodiscard]] virtual std::optional<SourceResult> poll() = 0;
};

}  // namespace offhook::inline v0::agent::tools
