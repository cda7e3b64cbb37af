#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/agent/calls/virtual_talk.hpp>

#include <algorithm>
#include <chrono>
#include <string>

/// Writes the transcript and the troubles of a call on virtual time as text, for checks and for the messages of failed tests.
namespace offhook::inline v0::agent::test {

/// The longest silence that a caller may hear. The agent says a filler ("One moment, please.") 2.5 s after the last word of either side,
/// and again 6 s later. If the speaker of the filler has also failed, another speaker says the filler 3 s later.
inline constexpr base::Duration kLongestSilence = std::chrono::seconds(8);

inline std::string story(const VirtualTalk& call) {
  std::string text;
  for (const auto& action : call.seen()) {
    if (const auto* a = std::get_if<AgentSaid>(&action)) text += "\n  agent " + std::to_string(a->turn) + (a->interrupted ? ", interrupted: " : ": ") + a->text;
    if (const auto* a = std::get_if<CallerSaid>(&action)) text += "\n  caller " + std::to_string(a->turn) + ": " + a->text;
    if (const auto* a = std::get_if<TryAgain>(&action)) text += "\n  again " + std::string(to_string(a->stage)) + ": " + a->why;
    if (const auto* a = std::get_if<ProviderSwitched>(&action)) text += "\n  switched from " + a->from + " to " + a->to + ": " + a->why;
    if (const auto* a = std::get_if<RunTool>(&action)) text += "\n  tool " + a->call.name + " " + a->call.call_id;
    if (const auto* a = std::get_if<NoteLeft>(&action)) text += "\n  note in " + std::to_string(a->turn) + ": " + a->text;
    if (const auto* a = std::get_if<HangUpCall>(&action)) text += "\n  hung up: " + a->why;
  }
  return text;
}

inline bool has_said(const VirtualTalk& call, std::string_view text) {
  return std::any_of(call.seen().begin(), call.seen().end(), [&](const auto& action) {
    const auto* line = std::get_if<AgentSaid>(&action);
    return line != nullptr && line->text.find(text) != std::string::npos;
  });
}

template <class Action>
std::size_t count_of(const VirtualTalk& call) {
  return static_cast<std::size_t>(std::count_if(call.seen().begin(), call.seen().end(), [](const auto& a) { return std::holds_alternative<Action>(a); }));
}

}  // namespace offhook::inline v0::agent::test
