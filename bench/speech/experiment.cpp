#include "experiment.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace speech_bench {
namespace {

namespace agent = offhook::agent;
using embedded::DialogueMachine;
using What = Utterance::What;

constexpr std::string_view kReadBack = "5551234";  // the number that the caller confirms, rejects or corrects

/// Leads the dialogue to the turn of the utterance, and then performs this turn.
class Call {
 public:
  explicit Call(const embedded::DialogueKnowledge& knowledge) : machine(knowledge.dialogue, knowledge.matcher) {
    for (const auto& intent : knowledge.dialogue.intents) {
      if (!intent.slots.empty() && slot.empty()) slot = intent.slots.front(), form_key = intent.key;
    }
    turn(agent::TurnInput::Kind::Opening, "", 1, false);
  }
  void turn(agent::TurnInput::Kind kind, const std::string& text, double confidence, bool rejected) {
    events.clear();
    machine.on_turn({++number, kind, text, confidence, rejected}, events);
  }
  void lead_to(What what) {
    if (what == What::Wish || what == What::Foreign) return;
    turn(agent::TurnInput::Kind::Digits, std::string(1, form_key), 1, false);
    if (what != What::Number && what != What::ForeignNumber) turn(agent::TurnInput::Kind::Digits, std::string(kReadBack) + '#', 1, false);
  }
  [[nodiscard]] std::string expect() const {
    for (const auto& event : events) {
      if (const auto* expects = std::get_if<agent::ReplyExpects>(&event)) return expects->expect;
    }
    return {};
  }
  [[nodiscard]] std::string performed() const {
    for (const auto& event : events) {
      if (const auto* intent = std::get_if<agent::ReplyIntent>(&event)) return intent->name;
    }
    return {};
  }

  DialogueMachine machine;
  std::vector<agent::ThinkEvent> events;
  std::uint32_t number = 0;
  std::string slot;
  char form_key = '\0';
};

Outcome::Kind judge_wish(const Call& call, const std::string& truth) {
  if (const auto done = call.performed(); !done.empty()) return done == truth ? Outcome::Kind::Understood : Outcome::Kind::Wrong;
  const auto* asked = call.machine.wish_in_question();
  if (asked == nullptr) return Outcome::Kind::Rejected;
  return asked->name == truth ? Outcome::Kind::Confirmed : Outcome::Kind::ConfirmedWrong;
}

Outcome::Kind judge_number(const Call& call, const std::string& truth) {
  if (!call.performed().empty()) return Outcome::Kind::Wrong;  // The dialogue understood the number as another intent.
  const auto value = call.machine.slot(call.slot);
  if (call.machine.state() != DialogueMachine::State::Confirming || value == kReadBack)
    return truth == kReadBack && value == truth ? Outcome::Kind::Confirmed : Outcome::Kind::Rejected;
  return value == truth ? Outcome::Kind::Confirmed : Outcome::Kind::ConfirmedWrong;
}

Outcome::Kind judge_yes_no(const Call& call, What what) {
  if (!call.performed().empty()) return Outcome::Kind::Wrong;
  const auto state = call.machine.state();
  const bool yes = state == DialogueMachine::State::Free, no = state == DialogueMachine::State::Asking;
  if (!yes && !no) return call.machine.slot(call.slot) == kReadBack ? Outcome::Kind::Rejected : Outcome::Kind::ConfirmedWrong;
  return (what == What::Yes && yes) || (what == What::No && no) ? Outcome::Kind::Understood : Outcome::Kind::Wrong;
}

Outcome::Kind judge(const Call& call, const Utterance& utterance) {
  switch (utterance.what) {
    case What::Wish:
    case What::Foreign: return judge_wish(call, utterance.truth);
    case What::Number:
    case What::Correction:
    case What::ForeignNumber: return judge_number(call, utterance.truth);
    case What::Yes:
    case What::No:
    case What::ForeignYesNo: return judge_yes_no(call, utterance.what);
  }
  return Outcome::Kind::Rejected;
}

}  // namespace

std::string name(What what) {
  switch (what) {
    case What::Wish: return "wish";
    case What::Foreign: return "foreign";
    case What::Yes: return "yes";
    case What::No: return "no";
    case What::Number: return "number";
    case What::Correction: return "correction";
    case What::ForeignNumber: return "foreign for a number";
    case What::ForeignYesNo: return "foreign for yes or no";
  }
  return {};
}

Experiment::Experiment(std::shared_ptr<const embedded::DialogueKnowledge> knowledge, std::unique_ptr<embedded::SphinxDecoder> decoder)
    : knowledge_(std::move(knowledge)), decoder_(std::move(decoder)) {}

embedded::Recognised Experiment::hear(const Pcm& pcm, const std::string& expect) {
  constexpr std::size_t kChunk = 1600;  // size of the pieces that the listener feeds to the decoder
  if (!decoder_->try_start(expect)) return {};
  for (std::size_t at = 0; at < pcm.size(); at += kChunk)
    static_cast<void>(decoder_->try_feed(std::span(pcm).subspan(at, std::min(kChunk, pcm.size() - at))));
  return decoder_->finish();
}

Outcome Experiment::run(const Utterance& utterance, const Line& line) {
  Call call(*knowledge_);
  call.lead_to(utterance.what);
  decoder_->reset();
  if (!utterance.before.empty()) static_cast<void>(hear(through(line, utterance.before), ""));
  const auto heard = hear(through(line, utterance.said), call.expect());
  Outcome outcome;
  const auto match = knowledge_->matcher.match(heard.text);
  outcome.heard = heard.text;
  outcome.confidence = heard.confidence;
  outcome.best = match.intent == nullptr ? "" : match.intent->name;
  outcome.score = match.score;
  const bool rejected = heard.text.empty() || heard.confidence < knowledge_->dialogue.confidence_threshold;
  call.turn(agent::TurnInput::Kind::Speech, heard.text, heard.confidence, rejected);
  outcome.kind = judge(call, utterance);
  return outcome;
}

}  // namespace speech_bench
