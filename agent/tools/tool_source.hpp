#pragma once

#include <offhook/agent/conversation/tool.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// A call that the policy has allowed. `number` is ours, and never comes twice in a call.
struct SourceCall {
  std::uint64_t number = 0;
  std::string tool, arguments;  ///< `arguments`: a JSON object, bounded, without repeated names
};
/// `text` is anything at all: it goes to the model cut and marked as data. `why` goes to the log: what went wrong, in a sentence of ours without
/// a word of the arguments or of the answer; "" when nothing did.
struct SourceResult {
  std::uint64_t number = 0;
  bool ok = false;
  std::string text;
  std::string why = {};
};

/// Where tools that are not built in come from: a server of tools, an HTTP service. One for each call, on its conversation
/// thread; never blocks. What it says of its tools gives them no right: the agent's rules do. Destroying it abandons its work.
class ToolSource {
 public:
  virtual ~ToolSource() = default;
  /// Known from the beginning of the call, and unchanged until its end.
  [[nodiscard]] virtual const std::vector<ToolDescription>& descriptions() const = 0;
  /// At most one result follows; later than the deadline, nobody hears of it.
  virtual void start(const SourceCall& call) = 0;
  virtual void abandon(std::uint64_t number) = 0;  ///< the deadline passed, or the call is over
  [[nodiscard]] virtual std::optional<SourceResult> poll() = 0;
};

}  // namespace offhook::inline v0::agent::tools
