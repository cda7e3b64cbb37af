#pragma once

#include <offhook/agent/providers/chat/model_events.hpp>

#include <string>
#include <variant>
#include <vector>

namespace offhook::test {

/// Writes events as one line: text unchanged, a tool call as [call id name arguments], token counts as {input/output}, an end as <end>, and a
/// failure as !kind.
inline std::string to_line(const std::vector<agent::chat::ModelEvent>& events) {
  namespace chat = agent::chat;
  std::string line;
  for (const auto& event : events) {
    if (const auto* text = std::get_if<chat::ModelText>(&event)) line += text->text;
    if (const auto* call = std::get_if<chat::ModelCall>(&event))
      line += "[" + call->call_id + " " + call->name + " " + call->arguments + "]";
    if (const auto* usage = std::get_if<chat::ModelUsage>(&event))
      line += "{" + std::to_string(usage->input) + "/" + std::to_string(usage->output) + "}";
    if (const auto* end = std::get_if<chat::ModelFinished>(&event)) {
      constexpr const char* kNames[] = {"<stop>", "<length>", "<calls>", "<filtered>"};
      line += kNames[static_cast<int>(end->why)];
    }
    if (const auto* failed = std::get_if<chat::ModelFailed>(&event)) line += "!" + std::string(to_string(failed->kind));
  }
  return line;
}

/// Gives a whole answer to the parser in pieces of `step` octets, and returns the events as one line.
template <class Answer>
std::string answer_of(std::string_view bytes, std::size_t step = std::string_view::npos) {
  Answer answer;
  std::vector<agent::chat::ModelEvent> events;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    answer.on_bytes(bytes.substr(at, step), events);
    if (step == std::string_view::npos) break;
  }
  answer.on_end(events);
  return to_line(events);
}

}  // namespace offhook::test
