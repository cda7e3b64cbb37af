#include <offhook/agent/providers/embedded/dialogue_machine.hpp>

#include <offhook/agent/providers/embedded/heard_number.hpp>
#include <offhook/agent/providers/embedded/language_model.hpp>
#include <offhook/agent/providers/embedded/spoken_zero.hpp>
#include <offhook/agent/providers/embedded/wish_confirmation.hpp>
#include <offhook/agent/providers/embedded/yes_no.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

// While the dialogue waits for an answer, another wish must match clearly: words such as "no" or "right" are more likely to be the answer.
constexpr double kWayOutScore = 0.7;
constexpr std::string_view kNobodyThere = "I am sorry, nobody answers there right now.";
constexpr std::uint32_t kMaxSteps = 3;  // The steps of Fallback: again, menu, last.
constexpr std::uint32_t kMaxReconfirms = 2;

double confidence_of(const TurnInput& input) { return input.rejected ? 0 : input.confidence; }

}  // namespace

DialogueMachine::DialogueMachine(const Dialogue& dialogue, const IntentMatcher& matcher)
    : dialogue_(dialogue), matcher_(matcher), values_(dialogue), writer_(values_), form_(dialogue, values_, writer_) {}

DialogueMachine::State DialogueMachine::state() const {
  switch (form_.state()) {
    case FormFiller::State::Asking: return State::Asking;
    case FormFiller::State::Confirming: return State::Confirming;
    case FormFiller::State::Idle: break;
  }
  return wish_.intent == nullptr ? State::Free : State::ConfirmingWish;
}

void DialogueMachine::on_turn(const TurnInput& input, std::vector<ThinkEvent>& out) {
  writer_.begin(input.turn);
  if (input.kind != TurnInput::Kind::Silence) silences_ = 0;
  switch (input.kind) {
    case TurnInput::Kind::Opening: writer_.say(dialogue_.greeting); break;
    case TurnInput::Kind::Speech: on_speech(input); break;
    case TurnInput::Kind::Digits: on_keys(input.text); break;
    case TurnInput::Kind::Silence: on_silence(); break;
    case TurnInput::Kind::OtherCaller:
      leave_open_questions();
      misses_ = 0;
      guessed_wrong_ = false;
      writer_.say(dialogue_.greeting);
      break;
    case TurnInput::Kind::ToolResult:  // Another Thinker called the tool; a dialogue calls no tools.
    case TurnInput::Kind::Back: writer_.say_again(dialogue_.fallback.menu); break;
    case TurnInput::Kind::Failure:
      if (input.text == kTransferFailed) {
        writer_.say_text(kNobodyThere);
        writer_.say(dialogue_.fallback.menu);
        break;
      }
      // The listener failed, not the caller. The menu follows, because the keys still work.
      misses_ = std::max<std::uint32_t>(misses_, 1);
      on_not_understood();
      break;
  }
  writer_.finish(expects(), out);
}

ReplyExpects DialogueMachine::expects() const {
  switch (state()) {
    case State::Free: return {0, std::string(kExpectMain), 1};
    case State::ConfirmingWish: return {0, std::string(kExpectWish), 1};
    case State::Confirming:
      return {0, std::string(form_.wanted().type == Slot::Type::Digits ? kExpectCorrection : kExpectYesNo), 1};
    case State::Asking:
      if (form_.wanted().type == Slot::Type::YesNo) return {0, std::string(kExpectYesNo), 1};
      return {0, std::string(kExpectDigits), static_cast<std::uint32_t>(form_.wanted().max_digits)};
  }
  return {};
}

void DialogueMachine::on_speech(const TurnInput& input) {
  // Leave out a number: no example contains one, so it would lower the score of the sentence.
  const std::string wish = heard_digits(input.text).size() >= kMinTold ? without_digits(input.text) : input.text;
  if (state() == State::Free) return on_speech_free(input, wish);
  if (state() == State::ConfirmingWish) return on_speech_confirming_wish(input, wish);
  const auto way_out = match_anywhere(wish);
  const bool clear = way_out.intent != nullptr && way_out.score >= kWayOutScore;
  if (clear && decide(dialogue_, way_out, confidence_of(input)) == Decision::Accept) return perform(*way_out.intent, way_out.score, input.text);
  if (input.rejected) return on_not_understood();
  carry_on(form_.on_speech(input.text));
}

void DialogueMachine::on_speech_free(const TurnInput& input, const std::string& wish) {
  if (const auto outcome = form_.on_afterthought(input.text)) return carry_on(*outcome);
  const auto match = this->match(wish);
  switch (decide(dialogue_, match, confidence_of(input))) {
    case Decision::Accept: return perform(*match.intent, match.score, input.text);
    case Decision::Confirm:
      if (guessed_wrong_ && !is_sure(dialogue_, match, confidence_of(input))) return on_not_understood();
      return confirm_wish(match, input.text);
    case Decision::Reject: return on_not_understood();
  }
}

void DialogueMachine::on_speech_confirming_wish(const TurnInput& input, const std::string& wish) {
  const auto match = this->match(wish);
  const bool clear = match.intent != nullptr && match.score >= kWayOutScore && !is_plain_answer(input.text);
  if (clear && decide(dialogue_, match, confidence_of(input)) == Decision::Accept) return perform(*match.intent, match.score, input.text);
  if (input.rejected) return on_not_understood();
  switch (understand_yes_no(input.text)) {
    case YesNo::Yes:
      if (writer_.was_cut_off()) return on_not_understood();  // The caller did not hear the whole question, so the yes confirms nothing.
      return perform(*wish_.intent, wish_.score, wish_text_);
    case YesNo::No: return drop_guess();
    case YesNo::Neither: return on_not_understood();
  }
}

void DialogueMachine::on_keys(std::string_view keys) {
  if (!keys.empty() && keys.back() == '#') keys.remove_suffix(1);
  const Intent* meant = intent_of_key(keys);
  const bool way_out = meant != nullptr && meant->anywhere && keys != "1" && keys != "2" && keys != "*";
  switch (state()) {
    case State::Free: return on_keys_free(keys);
    case State::ConfirmingWish:
      if (keys == "1") return perform(*wish_.intent, 1, wish_text_);  // A key press is deliberate, even if the question was cut off.
      if (keys == "2") return drop_guess();
      return on_keys_free(keys);
    case State::Confirming:
      if (way_out && keys.size() == 1) return perform(*meant, 1, {});
      return carry_on(form_.on_keys(keys));
    case State::Asking: {
      const bool answer = form_.wanted().type == Slot::Type::Digits && form_.wanted().min_digits <= 1;
      if (way_out && keys.size() == 1 && !answer) return perform(*meant, 1, {});
      return carry_on(form_.on_keys(keys));
    }
  }
}

void DialogueMachine::on_keys_free(std::string_view keys) {
  if (const Intent* intent = intent_of_key(keys)) return perform(*intent, 1, {});
  misses_ = std::max<std::uint32_t>(misses_, 1);  // Go to the menu at once: a caller who presses keys needs the keys, not another question.
  on_not_understood();
}

void DialogueMachine::on_silence() {
  ++silences_;
  if (silences_ >= kMaxSteps) return hang_up();
  if (state() != State::Free) return writer_.say_again(dialogue_.greeting);
  if (silences_ > 1) return writer_.say(dialogue_.fallback.menu);
  dialogue_.silence.empty() ? writer_.say_again(dialogue_.greeting) : writer_.say(dialogue_.silence);
}

void DialogueMachine::on_not_understood() {
  if (form_.state() != FormFiller::State::Idle) return carry_on(form_.on_not_understood());
  if (writer_.try_repeat_cut_off()) return;  // The caller has not heard the whole reply.
  if (wish_.intent != nullptr) return ++wish_attempts_ <= kMaxReconfirms ? reconfirm_wish() : drop_guess();
  leave_open_questions();
  ++misses_;
  if (misses_ == 1) return writer_.say(dialogue_.fallback.again);
  if (misses_ < kMaxSteps) return writer_.say(dialogue_.fallback.menu);
  writer_.say(dialogue_.fallback.last);
  hand_over();
}

void DialogueMachine::confirm_wish(const IntentMatch& match, std::string_view text) {
  wish_ = match;
  wish_text_ = text;
  wish_attempts_ = 0;
  writer_.say_text(confirm_wish_text(dialogue_.confirm_wish.front(), *match.intent));
}

void DialogueMachine::reconfirm_wish() {
  writer_.say_nth(dialogue_.yes_no_help, wish_attempts_ - 1);
  const auto& texts = dialogue_.confirm_wish;
  writer_.say_text(confirm_wish_text(texts[std::min<std::size_t>(wish_attempts_, texts.size() - 1)], *wish_.intent));
}

/// Drops the wish that the caller has denied, which counts as a turn that was not understood. Says the menu at once, because a second
/// guess would probably be wrong too.
void DialogueMachine::drop_guess() {
  leave_open_questions();
  guessed_wrong_ = true;
  if (++misses_ < kMaxSteps) {
    writer_.say(dialogue_.denied);
    return writer_.say(dialogue_.fallback.menu);
  }
  writer_.say(dialogue_.fallback.last);
  hand_over();
}

void DialogueMachine::perform(const Intent& intent, double score, std::string_view text) {
  writer_.note_intent(intent.name, score);
  misses_ = 0;
  using What = DialogueAction::What;
  if (intent.action.what == What::Repeat) return writer_.say_again(dialogue_.greeting);
  wish_ = {};
  if (intent.action.what == What::Menu) return writer_.say(dialogue_.fallback.menu);
  guessed_wrong_ = false;
  leave_open_questions();
  if (intent.slots.empty()) return finish(intent);
  carry_on(form_.begin(intent, text));
}

void DialogueMachine::carry_on(FormFiller::Outcome outcome) {
  switch (outcome) {
    case FormFiller::Outcome::Open: return;
    case FormFiller::Outcome::Filled: misses_ = 0; return finish(form_.intent());
    case FormFiller::Outcome::GivenUp:
      misses_ = 0;
      if (form_.then_what().what == DialogueAction::What::None) return hand_over();
      return do_action(form_.then_what());
  }
}

void DialogueMachine::finish(const Intent& intent) {
  writer_.say(intent.replies);
  if (intent.action.what != DialogueAction::What::HangUp) return do_action(intent.action);
  writer_.act(ReplyAction::What::HangUp, {});  // The reply of this intent replaces the goodbye.
}

void DialogueMachine::do_action(const DialogueAction& action) {
  using What = DialogueAction::What;
  switch (action.what) {
    case What::HangUp: return hang_up();
    case What::Transfer: return writer_.act(ReplyAction::What::Transfer, action.argument);
    case What::Escalate: return writer_.act(ReplyAction::What::Escalate, {});
    case What::Menu: return writer_.say(dialogue_.fallback.menu);
    case What::None:
    case What::Repeat: return;
  }
}

void DialogueMachine::hand_over() {
  if (dialogue_.handoff_number.empty()) return hang_up();
  writer_.say(dialogue_.handoff);
  writer_.act(ReplyAction::What::Transfer, dialogue_.handoff_number);
}

void DialogueMachine::hang_up() {
  writer_.say(dialogue_.goodbye);
  writer_.act(ReplyAction::What::HangUp, {});
}

void DialogueMachine::leave_open_questions() {
  form_.leave();
  wish_ = {};
  wish_attempts_ = 0;
}

/// Returns null while the dialogue asks for a number, because zero is then a digit.
const Intent* DialogueMachine::meant_by_zero(std::string_view text) const {
  const bool in_form = form_.state() != FormFiller::State::Idle;
  if (!says_zero(text) || (in_form && form_.wanted().type == Slot::Type::Digits)) return nullptr;
  const Intent* meant = intent_of_key("0");
  return meant != nullptr && (meant->anywhere || !in_form) ? meant : nullptr;
}

IntentMatch DialogueMachine::match(std::string_view text) const {
  const Intent* meant = meant_by_zero(text);
  return meant != nullptr ? IntentMatch{meant, 1} : matcher_.match(text);
}

IntentMatch DialogueMachine::match_anywhere(std::string_view text) const {
  const Intent* meant = meant_by_zero(text);
  return meant != nullptr ? IntentMatch{meant, 1} : matcher_.match_anywhere(text);
}

const Intent* DialogueMachine::intent_of_key(std::string_view keys) const {
  if (keys.empty()) return nullptr;
  const auto found = std::ranges::find(dialogue_.intents, keys.front(), &Intent::key);
  return found == dialogue_.intents.end() ? nullptr : &*found;
}

}  // namespace offhook::inline v0::agent::embedded
