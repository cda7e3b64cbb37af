#include <offhook/agent/providers/embedded/form_filler.hpp>

#include <offhook/agent/providers/embedded/heard_number.hpp>
#include <offhook/agent/providers/embedded/words.hpp>
#include <offhook/agent/providers/embedded/yes_no.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

/// Returns true for a text such as "No, five five six". It denies the value that was grounded implicitly: an answer to the next question would not
/// begin in this way.
bool begins_with_no(std::string_view text) {
  const auto words = split_words(text);
  return !words.empty() && (words.front() == "no" || words.front() == "nope");
}

}  // namespace

FormFiller::FormFiller(const Dialogue& dialogue, SlotValues& values, ReplyWriter& writer)
    : dialogue_(dialogue), values_(values), writer_(writer) {}

FormFiller::Outcome FormFiller::begin(const Intent& intent, std::string_view text) {
  leave();
  intent_ = &intent;
  slot_index_ = 0;
  for (const std::string& name : intent.slots) values_.erase(name);
  const auto told = heard_number(text, kMinTold);
  if (wanted().type == Slot::Type::Digits && told.size() >= kMinTold && fits(told)) return take(told);  // "Call me back at 555 0100"
  return ask();
}

FormFiller::Outcome FormFiller::on_speech(std::string_view text) {
  const auto in_passing = std::exchange(said_in_passing_, std::nullopt);
  if (keys_only_) return give_up();
  if (state_ == State::Confirming) return on_speech_confirming(text);
  const bool number_wanted = wanted().type == Slot::Type::Digits;
  if (in_passing && (is_denial(text) || (number_wanted && begins_with_no(text)))) return reopen(*in_passing, text);
  return on_speech_asking(text);
}

FormFiller::Outcome FormFiller::on_speech_asking(std::string_view text) {
  if (wanted().type == Slot::Type::YesNo) {
    const auto answer = understand_yes_no(text);
    if (answer == YesNo::Neither) return on_not_understood();
    return take(answer == YesNo::Yes ? "yes" : "no");
  }
  auto number = heard_number(text, wanted().min_digits);
  return fits(number) ? take(std::move(number)) : on_not_understood();
}

FormFiller::Outcome FormFiller::on_speech_confirming(std::string_view text) {
  const Slot& slot = wanted();
  if (slot.type == Slot::Type::Digits) {  // "No, it is 555 0100" denies the value and corrects it in one sentence.
    const auto heard = heard_number(text, slot.min_digits);
    if (auto number = corrected_number(values_.get(slot.name), heard, slot.min_digits, slot.max_digits)) return correct(*std::move(number));
    if (!heard.empty() && heard == values_.get(slot.name) && understand_yes_no(text) == YesNo::Neither) return accept();
  }
  switch (understand_yes_no(text)) {
    case YesNo::Yes: return writer_.was_cut_off() ? reconfirm() : accept();  // A yes confirms nothing if the caller did not hear the whole question.
    case YesNo::No: return retry();
    case YesNo::Neither: return reconfirm();
  }
  return Outcome::Open;
}

FormFiller::Outcome FormFiller::on_keys(std::string_view keys) {
  said_in_passing_.reset();
  if (keys == "*") {
    writer_.say_again(form().ask);
    return Outcome::Open;
  }
  return state_ == State::Confirming ? on_keys_confirming(keys) : on_keys_asking(keys);
}

FormFiller::Outcome FormFiller::on_keys_asking(std::string_view keys) {
  if (wanted().type == Slot::Type::YesNo) {
    if (keys != "1" && keys != "2") return retry();
    return take(keys == "1" ? "yes" : "no");
  }
  return fits(keys) ? take(std::string(keys)) : retry();
}

FormFiller::Outcome FormFiller::on_keys_confirming(std::string_view keys) {
  if (keys == "1") return accept();  // A key press is deliberate, even if the question was cut off.
  if (keys == "2") return retry();
  if (wanted().type == Slot::Type::Digits && keys.size() > 1 && fits(keys)) return correct(std::string(keys));
  return reconfirm();
}

FormFiller::Outcome FormFiller::on_not_understood() {
  if (writer_.try_repeat_cut_off()) return Outcome::Open;
  return state_ == State::Confirming ? reconfirm() : retry();
}

void FormFiller::on_silence() { writer_.say_again(form().ask); }

std::optional<FormFiller::Outcome> FormFiller::on_afterthought(std::string_view text) {
  const auto in_passing = std::exchange(said_in_passing_, std::nullopt);
  const bool numbers = begins_with_no(text) && !heard_digits(text).empty();
  if (!in_passing || (!is_denial(text) && !numbers)) return std::nullopt;
  return reopen(*in_passing, text);
}

FormFiller::Outcome FormFiller::ask() {
  state_ = State::Asking;
  writer_.say(form().ask);
  return Outcome::Open;
}

FormFiller::Outcome FormFiller::take(std::string value) {
  values_.set(wanted().name, std::move(value));
  switch (form().grounding) {
    case Grounding::None: return accept();
    case Grounding::Implicit: {
      const std::size_t slot = slot_index_;
      writer_.say(form().confirm);
      const auto outcome = accept();
      said_in_passing_ = slot;
      return outcome;
    }
    case Grounding::Explicit:
      state_ = State::Confirming;
      writer_.say_nth(form().confirm, 0);
      return Outcome::Open;
  }
  return Outcome::Open;
}

FormFiller::Outcome FormFiller::accept() {
  attempts_ = 0;
  keys_only_ = false;
  ++slot_index_;
  if (slot_index_ < intent_->slots.size()) return ask();
  state_ = State::Idle;
  return Outcome::Filled;
}

/// Takes a corrected number. A correction counts as an attempt, so that the number of corrections is bounded.
FormFiller::Outcome FormFiller::correct(std::string number) {
  if (++attempts_ > form().retries) return give_up();
  return take(std::move(number));
}

FormFiller::Outcome FormFiller::reconfirm() {
  if (writer_.was_cut_off() && writer_.try_repeat_cut_off()) return Outcome::Open;
  if (++attempts_ > form().retries) return give_up();
  writer_.say_nth(dialogue_.yes_no_help, attempts_ - 1);
  writer_.say_nth(form().confirm, attempts_);
  return Outcome::Open;
}

FormFiller::Outcome FormFiller::retry() {
  if (++attempts_ > form().retries) return give_up();
  values_.erase(wanted().name);
  state_ = State::Asking;
  writer_.say_nth(form().retry, attempts_ - 1);
  return Outcome::Open;
}

FormFiller::Outcome FormFiller::give_up() {
  values_.erase(wanted().name);
  if (!form().keys.empty() && !std::exchange(keys_only_, true)) {
    state_ = State::Asking;
    writer_.say(form().keys);
    return Outcome::Open;
  }
  writer_.say(form().give_up);
  state_ = State::Idle;
  return Outcome::GivenUp;
}

FormFiller::Outcome FormFiller::reopen(std::size_t slot_index, std::string_view text) {
  slot_index_ = slot_index;
  if (++reopened_ > form().retries) return give_up();
  const Slot& slot = wanted();
  const auto heard = heard_number(text, slot.min_digits);
  auto number = corrected_number(values_.get(slot.name), heard, slot.min_digits, slot.max_digits);
  if (slot.type == Slot::Type::Digits && number) return correct(*std::move(number));
  return retry();
}

void FormFiller::leave() {
  state_ = State::Idle;
  attempts_ = 0;
  reopened_ = 0;
  keys_only_ = false;
  said_in_passing_.reset();
}

bool FormFiller::fits(std::string_view number) const {
  return std::ranges::all_of(number, base::is_digit) && number.size() >= wanted().min_digits && number.size() <= wanted().max_digits;
}

const Form& FormFiller::form() const {
  const Form* found = dialogue_.find_form(wanted().name);
  assert(found != nullptr);  // parse_dialogue() refuses a slot that no state asks for.
  return *found;
}

const Slot& FormFiller::wanted() const {
  assert(intent_ != nullptr && slot_index_ < intent_->slots.size());
  return *dialogue_.find_slot(intent_->slots[slot_index_]);
}

}  // namespace offhook::inline v0::agent::embedded
