#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What a language model is asked, out of a call's history: whichever server is asked writes it in its own way.
namespace offhook::inline v0::agent::chat {

/// One thing to tell the model, in order.
struct ModelMessage {
  enum class Kind : std::uint8_t { User, Assistant, Calls };
  struct Call { std::string id, name, arguments, result; };
  Kind kind = Kind::User;
  std::string text;         ///< User, Assistant
  std::vector<Call> calls;  ///< Calls: each with its result
};

/// What is being done for the present turn and may not be in the history yet.
struct PresentTurn {
  TurnInput input;
  std::string said;                                   ///< by the model in this turn, before its calls
  std::vector<std::vector<ModelMessage::Call>> rounds;  ///< calls whose results are all there, oldest first
};

/// The history as a model wants it: neighbours of the same speaker joined, calls followed by their results, calls without one
/// left out; then the present turn, as far as the history does not hold it.
[[nodiscard]] std::vector<ModelMessage> messages_of(const History* history, const PresentTurn& now);
/// What they hold of text, names and calls.
[[nodiscard]] std::size_t octets_of(const std::vector<ModelMessage>& messages);
/// Where they hold more than `most_octets`: leaves out the oldest, so that the rest holds no more and begins with words of a user, as models
/// want it. What a user said last, and all behind it, stays.
void keep_newest(std::vector<ModelMessage>& messages, std::size_t most_octets);
/// A turn as it is told to the model: words of the caller as they are, everything else in brackets.
[[nodiscard]] std::string words_of(const TurnInput& input);

struct ModelQuestion {
  std::string prompt;
  std::vector<ModelMessage> messages;
  const std::vector<ToolDescription>* tools = nullptr;
};

}  // namespace offhook::inline v0::agent::chat
