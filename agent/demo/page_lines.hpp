#pragma once

#include <offhook/agent/conversation/actions.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::demo {

inline constexpr std::size_t kMaxPageText = 1000;  ///< octets of a line's text; the rest is left out

/// Returns the line that the page of `offhook demo --web` gets for an action of its call, as a small JSON object. Returns nullopt for an action that the
/// page does not show. `turn` counts the turns of the call; the greeting is turn 0.
///   {"who":"caller","turn":1,"text":"when are you open","sure":true}
///   {"who":"agent","turn":1,"response_ms":420}                          the reply begins; null: the caller had said nothing
///   {"who":"agent","turn":1,"text":"We are open","interrupted":false}   the caller has heard this
[[nodiscard]] std::optional<std::string> page_line(const ConversationAction& action);

}  // namespace offhook::inline v0::agent::demo
