#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Makes the messages to a language model from a call's history. Each interface writes them in its own format.
namespace offhook::inline v0::agent::chat {

/// One message to the model.
struct ModelMessage {
  enum class Kind : std::uint8_t { User, Assistant, Calls };
  struct Call { std::string id, name, arguments, result; };
  Kind kind = Kind::User;
  std::string text;         ///< set for User and Assistant
  std::vector<Call> calls;  ///< set for Calls; each has its result
};

/// The state of the present turn, which the history may not contain yet.
struct PresentTurn {
  TurnInput input;
  std::string said;                                   ///< text of the model in this turn, before its function calls
  std::vector<std::vector<ModelMessage::Call>> rounds;  ///< rounds of function calls whose calls all have a result, oldest first
};

/// Returns the history as messages for a model, followed by the parts of the present turn that the history lacks. Joins consecutive
/// messages of one speaker, and adds to each function call its result. A function call without a result gets a note as its result if it
/// belongs to an earlier turn; if it belongs to this turn, it is left out.
[[nodiscard]] std::vector<ModelMessage> messages_of(const History* history, const PresentTurn& now);
/// Returns the size of all text, names and function calls, in octets.
[[nodiscard]] std::size_t octets_of(const std::vector<ModelMessage>& messages);
/// If the size of the messages exceeds `most_octets`, removes the oldest until the rest fits and begins with a message of the user, as
/// models require. Always keeps the last message of the user and all messages after it, even if they do not fit.
void keep_newest(std::vector<ModelMessage>& messages, std::size_t most_octets);
/// Returns the text of a turn for the model: words of the caller as they are, everything else in brackets.
[[nodiscard]] std::string words_of(const TurnInput& input);

struct ModelQuestion {
  std::string prompt;
  std::vector<ModelMessage> messages;
  const std::vector<ToolDescription>* tools = nullptr;
};

}  // namespace offhook::inline v0::agent::chat
