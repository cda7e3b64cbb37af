#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a language model may ask for beyond words. The model proposes; the policy decides; the tool acts.
namespace offhook::inline v0::agent {

/// What a tool can do to the world, from harmless to dear: what the policy goes by.
enum class ToolClass : std::uint8_t { Read, Write, Money, Telephony };
[[nodiscard]] std::string_view to_string(ToolClass what);

/// What the model is told of a tool.
struct ToolDescription {
  std::string name;         ///< [A-Za-z0-9_-], at most 64 characters
  std::string description;
  std::string parameters;   ///< a JSON Schema object
  ToolClass what{};
};

/// What came of a call. `result` is JSON text for the model; an `action` is carried out by the conversation when all that was
/// said before it has been heard.
struct ToolOutcome {
  std::uint32_t turn = 0;
  std::string call_id;
  std::string result;
  std::optional<ReplyAction> action;
  bool refused = false;     ///< by the policy: nothing was done
};

/// The tools of one call, behind its policy. On the conversation thread; never blocks. An outcome is pulled with poll().
class ToolBox {
 public:
  virtual ~ToolBox() = default;
  [[nodiscard]] virtual const std::vector<ToolDescription>& descriptions() const = 0;
  /// Exactly one outcome follows, sooner or later.
  virtual void run(const ToolCall& call) = 0;
  /// The call is over: what still runs may end, nobody hears of it.
  virtual void abandon() = 0;
  [[nodiscard]] virtual std::optional<ToolOutcome> poll() = 0;
};

}  // namespace offhook::inline v0::agent
