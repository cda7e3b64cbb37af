#include <offhook/agent/providers/openai/history_replay.hpp>

#include <offhook/agent/providers/openai/realtime_writer.hpp>

#include <algorithm>
#include <string>

namespace offhook::inline v0::agent::openai::realtime {
namespace {

std::string noted(std::string_view text) {
  if (text.starts_with('[')) return std::string(text);
  return '[' + std::string(text) + ']';
}

void replay(Wire& wire, const HistoryEntry& entry) {
  const auto text_item = [&wire](Role role, const std::string& text) {
    if (!text.empty()) wire.send([&](std::string& out) { write_text_item(out, role, text); });
  };
  switch (entry.kind) {
    case HistoryEntry::Kind::Caller: return text_item(Role::User, entry.text);
    case HistoryEntry::Kind::Agent: return text_item(Role::Assistant, entry.interrupted ? entry.text + " [interrupted]" : entry.text);
    case HistoryEntry::Kind::Note: return text_item(Role::System, noted(entry.text));
    case HistoryEntry::Kind::ToolCall:
      return wire.send([&](std::string& out) { write_call_item(out, entry.call_id, entry.name, entry.text); });
    case HistoryEntry::Kind::ToolResult: return wire.send([&](std::string& out) { write_output_item(out, entry.call_id, entry.text); });
  }
}

}  // namespace

void replay_history(Wire& wire, const History& history, const std::function<bool(std::string_view call_id)>& is_open) {
  for (const HistoryEntry& entry : history.entries()) {
    if (entry.kind == HistoryEntry::Kind::ToolCall && !is_open(entry.call_id) &&
        !tells_of_call(history, HistoryEntry::Kind::ToolResult, entry.call_id)) {
      continue;  // Without its result, the model would wait for the result, or repeat the call.
    }
    replay(wire, entry);
  }
}

bool tells_of_turn(const History& history, std::uint32_t turn) {
  using Kind = HistoryEntry::Kind;
  return std::any_of(history.entries().begin(), history.entries().end(), [turn](const HistoryEntry& entry) {
    return entry.turn == turn && !entry.text.empty() && (entry.kind == Kind::Caller || entry.kind == Kind::Note);
  });
}

bool tells_of_call(const History& history, HistoryEntry::Kind kind, std::string_view call_id) {
  return std::any_of(history.entries().begin(), history.entries().end(),
                     [&](const HistoryEntry& entry) { return entry.kind == kind && entry.call_id == call_id; });
}

}  // namespace offhook::inline v0::agent::openai::realtime
