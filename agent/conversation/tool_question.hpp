#pragma once

#include <offhook/media/audio_port.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent {

/// A question that a tool asks the caller: from the wish to ask it until its answer. Pure.
///
/// The question belongs to the reply whose tool asks it, and ends with that reply. While awaits_answer(), the caller's keys and words are the
/// answer and no input to the thinker.
class ToolQuestion {
 public:
  /// A tool of the present reply runs, so that it may ask.
  void on_tool_call() { may_ask_ = true; }
  /// `question` is said when nobody speaks. It replaces an earlier one.
  void ask(std::string question);
  /// The tool box says whether it waits for an answer.
  void set_awaits_answer(bool awaits) { awaits_answer_ = awaits; }
  /// No tool asks any more. An unsaid question is never said.
  void withdraw();

  [[nodiscard]] bool awaits_answer() const { return awaits_answer_; }
  [[nodiscard]] bool is_unsaid() const { return unsaid_.has_value(); }
  [[nodiscard]] const std::string& unsaid() const { return *unsaid_; }
  /// The question is unsaid, is being said, or waits for its answer.
  [[nodiscard]] bool is_asking() const { return unsaid_ || utterance_ != 0 || awaits_answer_; }

  /// Returns the unsaid question; on_asked() follows with the utterance that says it.
  [[nodiscard]] std::string take_unsaid() { return *std::exchange(unsaid_, std::nullopt); }
  void on_asked(std::uint32_t utterance) { utterance_ = utterance; }

  enum class Progress : std::uint8_t { None, Began, Heard };
  /// `event`: Sent or UtteranceSent.
  [[nodiscard]] Progress on_sent(const media::MediaEvent& event);

  /// The model goes on speaking behind its call: a "yes" could be one to what it asks now. Returns true when no answer counts any more. An
  /// unsaid question stays.
  [[nodiscard]] bool spoil();
  /// The reply ends. Returns true when a tool of it may have asked, so that the tool box has to be told.
  [[nodiscard]] bool drop();

 private:
  std::optional<std::string> unsaid_;
  std::uint32_t utterance_ = 0;  // that says the question; 0: the caller has heard it, or nothing is asked
  bool awaits_answer_ = false;
  bool may_ask_ = false;
};

}  // namespace offhook::inline v0::agent
