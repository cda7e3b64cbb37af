#pragma once

#include "require.hpp"

#include <offhook/agent/providers/chat/model_events.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::fuzz {

/// Feeds the answer to the parser in pieces of `step` octets, checks the events, and returns their text.
template <class Answer>
std::string answer_in(std::string_view bytes, std::size_t step) {
  namespace chat = agent::chat;
  Answer answer;
  std::vector<chat::ModelEvent> events;
  for (std::size_t at = 0; at < bytes.size(); at += step) answer.on_bytes(bytes.substr(at, step), events);
  answer.on_end(events);
  std::string all;
  std::size_t ends = 0, text_octets = 0, calls = 0;
  for (const auto& event : events) {
    if (const auto* text = std::get_if<chat::ModelText>(&event)) {
      require(ends == 0 && !text->text.empty());
      text_octets += text->text.size();
      all += text->text;
    } else if (const auto* call = std::get_if<chat::ModelCall>(&event)) {
      require(ends == 0 && !call->name.empty() && call->name.size() <= chat::kMaxNameOctets &&
              call->call_id.size() <= chat::kMaxNameOctets);
      require(!call->arguments.empty() && call->arguments.size() <= chat::kMaxArguments);
      ++calls;
      all += '\0' + call->call_id + '\0' + call->name + '\0' + call->arguments;
    } else if (const auto* finished = std::get_if<chat::ModelFinished>(&event)) {
      ++ends;
      all += '\0' + std::to_string(static_cast<int>(finished->why));
    } else if (const auto* failed = std::get_if<chat::ModelFailed>(&event)) {
      ++ends;
      require(!failed->why.empty());
      all += '\0' + failed->why;
    }
  }
  require(ends == 1 && text_octets <= chat::kMaxAnswerText && calls <= chat::kMaxCalls);
  return all;
}

template <class Answer>
int try_answer(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string at_once = answer_in<Answer>(bytes, std::max<std::size_t>(size, 1));
  require(answer_in<Answer>(bytes, 1) == at_once);
  return 0;
}

}  // namespace offhook::fuzz
