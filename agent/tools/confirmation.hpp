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

/// Asks the caller whether a tool may act. It does no I/O, time is an argument, and the model cannot influence it. It accepts only keys and words that
/// begin after the first frame of the question, so that an earlier "yes" does not count.
class Confirmation {
 public:
  enum class State : std::uint8_t {
    ToAsk,      ///< a question is ready for take_question()
    Taken,      ///< the application has taken the question, and the caller has heard none of it yet
    Asking,     ///< the question is being played: an answer counts
    Listening,  ///< the caller has heard the whole question, and has a limited time for the answer
    Decided,
  };
  enum class Decision : std::uint8_t { Open, Confirmed, Declined, Unclear, NoAnswer, NeverAsked };

  static constexpr base::Duration kAnswerLimit = std::chrono::seconds(15);  ///< time for the answer, counted from the question's last frame
  static constexpr base::Duration kAskingLimit = std::chrono::seconds(30);  ///< longest time from ToAsk until the caller has heard the question
  static constexpr unsigned kMaxAskings = 2;

  Confirmation(Question question, std::vector<std::string> languages, base::TimePoint now);

  /// Returns the question, which the agent must speak now. Returns it once each time that the question is to be asked; otherwise nullopt.
  [[nodiscard]] std::optional<std::string> take_question(base::TimePoint now);
  void on_question_began(base::TimePoint now);
  void on_question_heard(base::TimePoint now);
  /// Call this if the agent spoke other words after the question was taken, because an answer of the caller may be about these words. Confirmation then
  /// asks the whole question again, or decides NeverAsked.
  void on_question_spoilt(base::TimePoint now);
  /// Takes a key of the caller: 1 means yes, 2 means no, and any other key is an unclear answer.
  void on_digit(char digit, base::TimePoint now);
  /// Takes words of the caller. `began` is the time at which the caller began to speak. If `rejected`, the words are an unclear answer. Empty words do
  /// not count.
  void on_words(std::string_view transcript, bool rejected, base::TimePoint began, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Decision decision() const { return decision_; }
  /// Returns true while a key or words of the caller count as the answer.
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
  bool in_full_ = true;      // true: the next question is Question::first, otherwise Question::again
  base::TimePoint began_{};  // time of the current question's first frame
  std::optional<base::TimePoint> due_;
};

/// Returns the decision in words: "the caller agreed", "the caller said no", ...
[[nodiscard]] std::string_view to_string(Confirmation::Decision decision);

}  // namespace offhook::inline v0::agent::tools
