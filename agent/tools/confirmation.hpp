#pragma once

#include <offhook/agent/redaction/answer_words.hpp>
#include <offhook/agent/tools/questions.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// Asks the caller whether a tool may act. It does no I/O, time is an argument, and the model cannot influence it. It accepts only a key, or words
/// that begin after the question's first frame, so that a "yes" to something else does not count.
class Confirmation {
 public:
  enum class State : std::uint8_t {
    ToAsk,      ///< a question waits for take_question()
    Taken,      ///< the question was taken, and none of it has been heard yet
    Asking,     ///< the question is being played: an answer counts
    Listening,  ///< the whole question has been heard: the time for an answer runs
    Decided,
  };
  enum class Decision : std::uint8_t { Open, Confirmed, Declined, Unclear, NoAnswer, NeverAsked };

  static constexpr base::Duration kAnswerLimit = std::chrono::seconds(15);  ///< from the question's last frame
  static constexpr base::Duration kAskingLimit = std::chrono::seconds(30);  ///< for the question to be heard, from the time when it could be taken
  static constexpr unsigned kMaxAskings = 2;

  Confirmation(Question question, std::vector<std::string> languages, base::TimePoint now);

  /// Returns the text to speak now, once for each asking.
  [[nodiscard]] std::optional<std::string> take_question(base::TimePoint now);
  void on_question_began(base::TimePoint now);
  void on_question_heard(base::TimePoint now);
  /// The agent spoke something else since the question was taken, and the caller may answer that. The whole question is asked again, or the decision
  /// is NeverAsked.
  void on_question_spoilt(base::TimePoint now);
  /// 1 agrees, 2 declines; any other key is unclear.
  void on_digit(char digit, base::TimePoint now);
  /// `began` is the time when the caller began to speak. Words that were not understood well enough are unclear; empty words do not count.
  void on_words(std::string_view transcript, bool rejected, base::TimePoint began, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Decision decision() const { return decision_; }
  /// Returns true while keys and words of the caller answer the question.
  [[nodiscard]] bool awaits_answer() const { return state_ == State::Asking || state_ == State::Listening; }
  [[nodiscard]] bool is_consistent() const;

 private:
  void decide(Decision decision);
  void on_answer(redaction::Answer answer, base::TimePoint now);

  Question question_;
  std::vector<std::string> languages_;
  State state_ = State::ToAsk;
  Decision decision_ = Decision::Open;
  unsigned askings_ = 0;
  bool in_full_ = true;      // the next asking speaks the full question
  base::TimePoint began_{};  // time of the current question's first frame
  std::optional<base::TimePoint> due_;
};

/// Returns "the caller agreed", "the caller said no", ...
[[nodiscard]] std::string_view to_string(Confirmation::Decision decision);

}  // namespace offhook::inline v0::agent::tools
