#pragma once

#include <offhook/agent/tools/answer_words.hpp>
#include <offhook/agent/tools/questions.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::tools {

/// Asks the caller whether a tool may act. Pure: time is an argument, and there is no way in for the model. Only a key or words
/// that begin after the question's first frame count, so that a "yes" to something else is no "yes" to this.
class Confirmation {
 public:
  enum class State : std::uint8_t {
    ToAsk,      ///< a question waits to be taken
    Taken,      ///< it was taken, and nothing of it has been heard yet
    Asking,     ///< its frames are leaving: an answer counts
    Listening,  ///< all of it has been heard: the time for an answer runs
    Decided,
  };
  enum class Decision : std::uint8_t { Open, Confirmed, Declined, Unclear, NoAnswer, NeverAsked };

  static constexpr base::Duration kAnswerLimit = std::chrono::seconds(15);  ///< after the question's last frame
  static constexpr base::Duration kAskingLimit = std::chrono::seconds(30);  ///< until then, from when it could be taken
  static constexpr unsigned kMaxAskings = 2;

  Confirmation(Question question, std::vector<std::string> languages, base::TimePoint now);

  /// What is to be said now; once for each asking.
  [[nodiscard]] std::optional<std::string> take_question(base::TimePoint now);
  void on_question_began(base::TimePoint now);
  void on_question_heard(base::TimePoint now);
  /// Somebody else spoke since the question was taken, and the caller may answer that: it is asked anew, all of it, or not at all.
  void on_question_spoilt(base::TimePoint now);
  /// 1 agrees, 2 does not; other keys are no answer.
  void on_digit(char digit, base::TimePoint now);
  /// `began`: when the caller began to speak. What was not understood well enough counts as unclear; nothing at all does not
  /// count.
  void on_words(std::string_view transcript, bool rejected, base::TimePoint began, base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return due_; }

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Decision decision() const { return decision_; }
  /// Keys and words of the caller are for us now.
  [[nodiscard]] bool awaits_answer() const { return state_ == State::Asking || state_ == State::Listening; }
  [[nodiscard]] bool is_consistent() const;

 private:
  void decide(Decision decision);
  void on_answer(Answer answer, base::TimePoint now);

  Question question_;
  std::vector<std::string> languages_;
  State state_ = State::ToAsk;
  Decision decision_ = Decision::Open;
  unsigned askings_ = 0;
  bool in_full_ = true;      // the next asking says what is asked about
  base::TimePoint began_{};  // the present question's first frame
  std::optional<base::TimePoint> due_;
};

/// "the caller agreed", "the caller said no", ...
[[nodiscard]] std::string_view to_string(Confirmation::Decision decision);

}  // namespace offhook::inline v0::agent::tools
