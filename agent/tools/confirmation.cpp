#include <offhook/agent/tools/confirmation.hpp>

#include <cassert>
#include <utility>

namespace offhook::inline v0::agent::tools {

using base::TimePoint;

Confirmation::Confirmation(Question question, std::vector<std::string> languages, TimePoint now)
    : question_(std::move(question)), languages_(std::move(languages)), due_(now + kAskingLimit) {}

std::optional<std::string> Confirmation::take_question(TimePoint now) {
  if (state_ != State::ToAsk) return std::nullopt;
  state_ = State::Taken;
  due_ = now + kAskingLimit;
  ++askings_;
  return std::exchange(in_full_, false) ? question_.first : question_.again;
}

void Confirmation::on_question_began(TimePoint now) {
  if (state_ != State::Taken) return;
  state_ = State::Asking;
  began_ = now;
}

void Confirmation::on_question_heard(TimePoint now) {
  if (state_ != State::Asking) return;
  state_ = State::Listening;
  due_ = now + kAnswerLimit;
}

void Confirmation::on_question_spoilt(TimePoint now) {
  if (state_ == State::ToAsk || state_ == State::Decided) return;
  if (askings_ >= kMaxAskings) return decide(Decision::NeverAsked);
  state_ = State::ToAsk;
  in_full_ = true;
  due_ = now + kAskingLimit;
}

void Confirmation::on_digit(char digit, TimePoint now) {
  if (!awaits_answer()) return;
  on_answer(digit == '1' ? redaction::Answer::Yes : digit == '2' ? redaction::Answer::No : redaction::Answer::Unclear, now);
}

void Confirmation::on_words(std::string_view transcript, bool rejected, TimePoint began, TimePoint now) {
  if (!awaits_answer() || began <= began_ || redaction::folded(transcript).empty()) return;
  on_answer(rejected ? redaction::Answer::Unclear : redaction::answer_of(transcript, languages_), now);
}

void Confirmation::on_answer(redaction::Answer answer, TimePoint now) {
  switch (answer) {
    case redaction::Answer::Yes:
      return decide(Decision::Confirmed);
    case redaction::Answer::No:
      return decide(Decision::Declined);
    case redaction::Answer::Unclear:
      break;
  }
  if (askings_ >= kMaxAskings) return decide(Decision::Unclear);
  state_ = State::ToAsk;
  due_ = now + kAskingLimit;
}

void Confirmation::on_time(TimePoint now) {
  if (!due_ || now < *due_) return;
  decide(state_ == State::Listening ? Decision::NoAnswer : Decision::NeverAsked);
}

void Confirmation::decide(Decision decision) {
  state_ = State::Decided;
  decision_ = decision;
  due_.reset();
  assert(is_consistent());
}

bool Confirmation::is_consistent() const {
  const bool is_open = decision_ == Decision::Open;
  return is_open == (state_ != State::Decided) && is_open == due_.has_value() && askings_ <= kMaxAskings;
}

std::string_view to_string(Confirmation::Decision decision) {
  switch (decision) {
    case Confirmation::Decision::Open:
      return "the caller is being asked";
    case Confirmation::Decision::Confirmed:
      return "the caller agreed";
    case Confirmation::Decision::Declined:
      return "the caller said no";
    case Confirmation::Decision::Unclear:
      return "the caller gave no clear answer";
    case Confirmation::Decision::NoAnswer:
      return "the caller did not answer";
    case Confirmation::Decision::NeverAsked:
      return "the caller could not be asked";
  }
  return "?";
}

}  // namespace offhook::inline v0::agent::tools
