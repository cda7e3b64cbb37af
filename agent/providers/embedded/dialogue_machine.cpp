#include <offhook/agent/providers/embedded/dialogue_machine.hpp>

#include <offhook/agent/providers/embedded/language_model.hpp>
#include <offhook/agent/providers/embedded/heard_number.hpp>
#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/agent/providers/embedded/words.hpp>
#include <offhook/agent/providers/embedded/yes_no.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

// Inside a form a way out must be said clearly; there, words such as "no" or "right" are more likely to be an answer.
constexpr double kWayOutScore = 0.7;
// Nearly an example, word for word: what the recogniser doubts is believed all the same.
constexpr double kSureScore = 0.85;
constexpr std::size_t kMinTold = 3;  // Digits that make a number; one or two may be part of anything.
constexpr std::string_view kNobodyThere = "I am sorry, nobody answers there right now.";
constexpr std::uint32_t kMaxSteps = 3;  // Again, menu, last.

std::size_t count_words(const std::vector<std::string>& sentences, std::size_t count) {
  std::size_t words = 0;
  for (std::size_t i = 0; i < count; ++i) words += split_words(sentences[i]).size();
  return words;
}

}  // namespace

DialogueMachine::DialogueMachine(const Dialogue& dialogue, const IntentMatcher& matcher) : dialogue_(dialogue), matcher_(matcher) {}

std::string_view DialogueMachine::slot(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view{} : found->second;
}

void DialogueMachine::on_turn(const TurnInput& input, Out& out) {
  turn_ = input.turn;
  last_reply_ = std::exchange(reply_, {});
  ended_ = false;
  if (input.kind != TurnInput::Kind::Silence) silences_ = 0;
  switch (input.kind) {
    case TurnInput::Kind::Opening: say(dialogue_.greeting, out); break;
    case TurnInput::Kind::Speech: on_speech(input, out); break;
    case TurnInput::Kind::Digits: on_keys(input.text, out); break;
    case TurnInput::Kind::Silence: on_silence(out); break;
    case TurnInput::Kind::Failure:
      if (input.text == kTransferFailed) {
        say_text(std::string(kNobodyThere), out);
        say(dialogue_.fallback.menu, out);
        break;
      }
      // The ears fail, not the caller: the keys still work.
      misses_ = std::max<std::uint32_t>(misses_, 1);
      on_not_understood(out);
      break;
  }
  cut_off_ = false;
  if (!ended_) {
    switch (state_) {
      case State::Free: out.emplace_back(ReplyExpects{turn_, std::string(kExpectMain), 1}); break;
      case State::Confirming: out.emplace_back(ReplyExpects{turn_, std::string(kExpectYesNo), 1}); break;
      case State::Asking:
        if (wanted().type == Slot::Type::YesNo) out.emplace_back(ReplyExpects{turn_, std::string(kExpectYesNo), 1});
        else out.emplace_back(ReplyExpects{turn_, std::string(kExpectDigits), static_cast<std::uint32_t>(wanted().max_digits)});
        break;
    }
  }
  out.emplace_back(ReplyDone{turn_});
}

void DialogueMachine::on_heard(std::uint32_t turn, std::string_view text, bool interrupted) {
  if (turn != turn_ || reply_.empty()) return;
  // The last of several sentences is the question, which a caller may answer before it ends.
  const std::size_t essence = reply_.size() == 1 ? count_words(reply_, 1) : count_words(reply_, reply_.size() - 1);
  cut_off_ = interrupted && split_words(text).size() < essence;
}

void DialogueMachine::on_speech(const TurnInput& input, Out& out) {
  // A number is not in any example, and would only make the sentence around it look foreign.
  const std::string wish = heard_digits(input.text).size() >= kMinTold ? without_digits(input.text) : input.text;
  const auto best = state_ == State::Free ? matcher_.match(wish) : matcher_.match_anywhere(wish);
  if (input.rejected && best.score < kSureScore) return on_not_understood(out);
  if (state_ == State::Free) {
    if (best.intent == nullptr || best.score < dialogue_.intent_threshold) return on_not_understood(out);
    return perform(*best.intent, best.score, input.text, out);
  }
  if (best.intent != nullptr && best.score >= kWayOutScore) return perform(*best.intent, best.score, input.text, out);
  if (state_ == State::Asking) return on_speech_asking(input.text, out);
  on_speech_confirming(input.text, out);
}

void DialogueMachine::on_speech_asking(std::string_view text, Out& out) {
  if (wanted().type == Slot::Type::YesNo) {
    const auto answer = understand_yes_no(text);
    if (answer == YesNo::Neither) return retry(out);
    return take(answer == YesNo::Yes ? "yes" : "no", out);
  }
  const auto digits = heard_digits(text);
  if (digits.size() < wanted().min_digits || digits.size() > wanted().max_digits) return retry(out);
  take(digits, out);
}

void DialogueMachine::on_speech_confirming(std::string_view text, Out& out) {
  const auto digits = heard_digits(text);
  const bool corrected = wanted().type == Slot::Type::Digits && digits.size() >= wanted().min_digits && digits.size() <= wanted().max_digits;
  if (corrected && digits != values_[wanted().name]) {  // "No, it is 555 0100" answers and tells at once.
    values_[wanted().name] = digits;
    return confirm(out);
  }
  switch (understand_yes_no(text)) {
    case YesNo::Yes: return cut_off_ ? confirm(out) : accept(out);
    case YesNo::No: state_ = State::Asking; return retry(out);
    case YesNo::Neither: return on_not_understood(out);
  }
}

void DialogueMachine::on_keys(std::string_view keys, Out& out) {
  if (!keys.empty() && keys.back() == '#') keys.remove_suffix(1);
  if (state_ == State::Asking) return on_keys_asking(keys, out);
  if (state_ == State::Confirming) return on_keys_confirming(keys, out);
  for (const Intent& intent : dialogue_.intents) {
    if (!keys.empty() && intent.key == keys.front()) return perform(intent, 1, {}, out);
  }
  misses_ = std::max<std::uint32_t>(misses_, 1);  // Somebody who presses keys wants the menu, not "in other words".
  on_not_understood(out);
}

void DialogueMachine::on_keys_asking(std::string_view keys, Out& out) {
  if (wanted().type == Slot::Type::YesNo) {
    if (keys != "1" && keys != "2") return retry(out);
    return take(keys == "1" ? "yes" : "no", out);
  }
  if (keys == "*") return say_again(out);
  const bool digits = std::ranges::all_of(keys, [](char key) { return key >= '0' && key <= '9'; });
  if (!digits || keys.size() < wanted().min_digits || keys.size() > wanted().max_digits) return retry(out);
  take(std::string(keys), out);
}

void DialogueMachine::on_keys_confirming(std::string_view keys, Out& out) {
  if (keys == "1") return accept(out);  // A key is pressed on purpose, whatever was heard.
  if (keys == "2") {
    state_ = State::Asking;
    return retry(out);
  }
  if (keys == "*") return say_again(out);
  on_not_understood(out);
}

void DialogueMachine::on_silence(Out& out) {
  ++silences_;
  if (silences_ >= kMaxSteps) {
    say(dialogue_.goodbye, out);
    return act(ReplyAction::What::HangUp, {}, out);
  }
  if (state_ != State::Free) return say_again(out);
  if (silences_ == 1) return dialogue_.silence.empty() ? say_again(out) : say(dialogue_.silence, out);
  say(dialogue_.fallback.menu, out);
}

void DialogueMachine::on_not_understood(Out& out) {
  if (cut_off_) return say_again(out);  // A cough, or a word too early: they have not heard us out.
  if (state_ == State::Asking) return retry(out);
  if (state_ == State::Confirming) {
    if (++attempts_ > form().retries) return give_up(out);
    return confirm(out);
  }
  ++misses_;
  if (misses_ == 1) return say(dialogue_.fallback.again, out);
  if (misses_ < kMaxSteps) return say(dialogue_.fallback.menu, out);
  say(dialogue_.fallback.last, out);
  give_up(out);
}

void DialogueMachine::perform(const Intent& intent, double score, std::string_view text, Out& out) {
  out.emplace_back(ReplyIntent{turn_, intent.name, score});
  misses_ = 0;
  using What = DialogueAction::What;
  if (intent.action.what == What::Repeat) return say_again(out);
  if (intent.action.what == What::Menu) return say(dialogue_.fallback.menu, out);
  leave_form();
  if (intent.slots.empty()) return finish(intent, out);
  form_intent_ = &intent;
  for (const std::string& name : intent.slots) values_.erase(name);
  state_ = State::Asking;
  const auto digits = heard_digits(text);
  const bool told = wanted().type == Slot::Type::Digits && digits.size() >= std::max(wanted().min_digits, kMinTold);
  if (told && digits.size() <= wanted().max_digits) return take(digits, out);  // "Call me back at 555 0100"
  say(form().ask, out);
}

void DialogueMachine::take(std::string value, Out& out) {
  values_[wanted().name] = std::move(value);
  if (form().confirm.empty()) return accept(out);
  confirm(out);
}

void DialogueMachine::confirm(Out& out) {
  state_ = State::Confirming;
  say(form().confirm, out);
}

void DialogueMachine::accept(Out& out) {
  misses_ = 0;
  attempts_ = 0;
  ++slot_index_;
  if (slot_index_ < form_intent_->slots.size()) {
    state_ = State::Asking;
    return say(form().ask, out);
  }
  const Intent& intent = *form_intent_;
  leave_form();
  finish(intent, out);
}

void DialogueMachine::retry(Out& out) {
  if (cut_off_) return say_again(out);
  if (++attempts_ > form().retries) return give_up(out);
  values_.erase(wanted().name);
  say(form().retry, out);
}

void DialogueMachine::give_up(Out& out) {
  if (state_ != State::Free) {
    values_.erase(wanted().name);
    say(form().give_up, out);
    leave_form();
  }
  misses_ = 0;
  if (dialogue_.handoff_number.empty()) {
    say(dialogue_.goodbye, out);
    return act(ReplyAction::What::HangUp, {}, out);
  }
  say(dialogue_.handoff, out);
  act(ReplyAction::What::Transfer, dialogue_.handoff_number, out);
}

void DialogueMachine::finish(const Intent& intent, Out& out) {
  say(intent.replies, out);
  using What = DialogueAction::What;
  switch (intent.action.what) {
    case What::HangUp: return act(ReplyAction::What::HangUp, {}, out);
    case What::Transfer: return act(ReplyAction::What::Transfer, intent.action.argument, out);
    case What::Escalate: return act(ReplyAction::What::Escalate, {}, out);
    case What::None:
    case What::Repeat:
    case What::Menu: return;
  }
}

void DialogueMachine::say_again(Out& out) {
  const auto sentences = last_reply_;
  if (sentences.empty()) return say(dialogue_.greeting, out);
  for (const std::string& sentence : sentences) say_text(sentence, out);
}

void DialogueMachine::leave_form() {
  state_ = State::Free;
  form_intent_ = nullptr;
  slot_index_ = 0;
  attempts_ = 0;
}

void DialogueMachine::say(const Phrases& phrases, Out& out) {
  std::size_t& next = used_[&phrases];
  const std::string& phrase = phrases[next % phrases.size()];
  ++next;
  for (std::string& sentence : split_sentences(fill(phrase))) say_text(std::move(sentence), out);
}

void DialogueMachine::say_text(std::string text, Out& out) {
  reply_.push_back(text);
  out.emplace_back(ReplyText{turn_, std::move(text)});
}

void DialogueMachine::act(ReplyAction::What what, std::string argument, Out& out) {
  ended_ = true;
  out.emplace_back(ReplyAction{turn_, what, std::move(argument)});
}

const Form& DialogueMachine::form() const {
  const Form* found = dialogue_.find_form(wanted().name);
  assert(found != nullptr);  // parse_dialogue() refuses a slot that no state asks for.
  return *found;
}

const Slot& DialogueMachine::wanted() const {
  assert(form_intent_ != nullptr && slot_index_ < form_intent_->slots.size());
  return *dialogue_.find_slot(form_intent_->slots[slot_index_]);
}

std::string DialogueMachine::fill(std::string_view text) const {
  std::string filled;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    filled += text.substr(0, open);
    text.remove_prefix(open);
    const auto close = text.find('}');
    if (text.empty() || close == std::string_view::npos) break;
    const auto name = text.substr(1, close - 1);
    const Slot* known = dialogue_.find_slot(name);
    filled += known != nullptr && known->type == Slot::Type::Digits ? read_digits(slot(name)) : std::string(slot(name));
    text.remove_prefix(close + 1);
  }
  return filled;
}

}  // namespace offhook::inline v0::agent::embedded
