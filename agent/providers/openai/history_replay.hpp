#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/providers/openai/realtime_wire.hpp>

#include <functional>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

/// Tells a new session what was said so far, as text: nothing else can be put into the past of a conversation. A function call whose
/// result is not there is told only when `is_open(call_id)`: its result will follow. `wire` must be ready.
void replay_history(Wire& wire, const History& history, const std::function<bool(std::string_view call_id)>& is_open);

/// Whether the history tells what began this turn: the caller's words, or what happened instead.
[[nodiscard]] bool tells_of_turn(const History& history, std::uint32_t turn);
[[nodiscard]] bool tells_of_call(const History& history, HistoryEntry::Kind kind, std::string_view call_id);

}  // namespace offhook::inline v0::agent::openai::realtime
