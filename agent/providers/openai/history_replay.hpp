#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/providers/openai/realtime_wire.hpp>

#include <functional>
#include <string_view>

namespace offhook::inline v0::agent::openai::realtime {

/// Sends the history to a new session as text, because a server accepts no audio of earlier replies. Sends a function call without a
/// result only if `is_open(call_id)` returns true: its result follows later. `wire` must be ready.
void replay_history(Wire& wire, const History& history, const std::function<bool(std::string_view call_id)>& is_open);

/// Returns true if the history contains the input of `turn`: the caller's words, or a note.
[[nodiscard]] bool tells_of_turn(const History& history, std::uint32_t turn);
[[nodiscard]] bool tells_of_call(const History& history, HistoryEntry::Kind kind, std::string_view call_id);

}  // namespace offhook::inline v0::agent::openai::realtime
