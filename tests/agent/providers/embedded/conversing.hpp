#pragma once

#include <offhook/agent/providers/embedded/dialogue_machine.hpp>
#include <offhook/agent/providers/embedded/guided_thinker.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// A caller who talks to a DialogueMachine by text.
namespace conversing {

namespace agent = offhook::agent;
namespace embedded = offhook::agent::embedded;
using Kind = agent::TurnInput::Kind;
using What = agent::ReplyAction::What;

struct Reply {
  std::string text, intent, expect;
  std::uint32_t digits = 0;
  std::optional<agent::ReplyAction> action;
  int done = 0;
};

inline Reply collect(const std::vector<agent::ThinkEvent>& events) {
  Reply reply;
  for (const auto& event : events) {
    if (const auto* text = std::get_if<agent::ReplyText>(&event)) reply.text += (reply.text.empty() ? "" : " ") + text->text;
    if (const auto* intent = std::get_if<agent::ReplyIntent>(&event)) reply.intent = intent->name;
    if (const auto* action = std::get_if<agent::ReplyAction>(&event)) reply.action = *action;
    if (const auto* expects = std::get_if<agent::ReplyExpects>(&event)) {
      reply.expect = expects->expect;
      reply.digits = expects->digits;
    }
    if (std::holds_alternative<agent::ReplyDone>(event)) ++reply.done;
  }
  return reply;
}

class Caller {
 public:
  explicit Caller(embedded::Dialogue dialogue) : knowledge(std::make_shared<embedded::DialogueKnowledge>(std::move(dialogue))) {}

  Reply turn(Kind kind, const std::string& text = "", bool rejected = false) { return turn(kind, text, rejected, rejected ? 0.1 : 0.9); }
  Reply turn(Kind kind, const std::string& text, bool rejected, double confidence) {
    std::vector<agent::ThinkEvent> out;
    machine.on_turn({++number, kind, text, confidence, rejected}, out);
    const auto reply = collect(out);
    CHECK(reply.done == 1);
    CHECK(std::holds_alternative<agent::ReplyDone>(out.back()));
    CHECK(reply.expect.empty() == reply.action.has_value());
    CHECK_FALSE(reply.text.empty());
    return reply;
  }
  Reply says(const std::string& text) { return turn(Kind::Speech, text); }
  /// Runs a turn whose recognition confidence is between the two thresholds.
  Reply says_unclearly(const std::string& text) { return turn(Kind::Speech, text, false, 0.3); }
  Reply mumbles() { return turn(Kind::Speech, "the weasel rent to phone", true); }
  Reply presses(const std::string& keys) { return turn(Kind::Digits, keys); }
  /// Reports that the caller heard `text` of the last reply before an interruption.
  void hears(const std::string& text) { machine.on_heard(number, text, true); }

  std::shared_ptr<const embedded::DialogueKnowledge> knowledge;
  embedded::DialogueMachine machine{knowledge->dialogue, knowledge->matcher};
  std::uint32_t number = 0;
};

inline embedded::Dialogue receptionist() {
  auto dialogue = embedded::load_dialogue("share/dialogues/receptionist.json");
  REQUIRE_MESSAGE(dialogue, dialogue.error().detail);
  return *std::move(dialogue);
}

/// A caller of the shipped receptionist.
struct Receptionist : Caller {
  Receptionist() : Caller(receptionist()) {}
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace conversing
