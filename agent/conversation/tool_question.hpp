#pragma once

#include <offhook/media/port/audio_port.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent {

/// A tool's question to the caller, from the request until the answer. Pure: no I/O, no clock.
///
/// The question belongs to the reply whose tool asks it, and ends with that reply. While awaits_answer(), the caller's keys and words are the
/// answer to the question, and the model gets no new turn.
class ToolQuestion {
 public:
  /// A tool of the present reply runs, and may therefore ask a question.
  void on_tool_call() { may_ask_ = true; }
  /// Stores `question` until caller and agent are silent. It replaces an earlier question.
  void ask(std::string question);
  /// Sets whether the tool box waits for an answer.
  void set_awaits_answer(bool awaits) { awaits_answer_ = awaits; }
  /// Call it when no tool asks a question any more. Drops the question that was not said yet.
  void withdraw();

  [[nodiscard]] bool awaits_answer() const { return awaits_answer_; }
  [[nodiscard]] bool is_unsaid() const { return unsaid_.has_value(); }
  [[nodiscard]] const std::string& unsaid() const { return *unsaid_; }
  /// Returns true while the question waits to be said, is spoken, or waits for its answer.
  [[nodiscard]] bool is_asking() const { return unsaid_ || utterance_ != 0 || awaits_answer_; }

  /// Returns the question that was not said yet; on_asked() follows with its utterance.
  [[nodiscard]] std::string take_unsaid() { return *std::exchange(unsaid_, std::nullopt); }
  void on_asked(std::uint32_t utterance) { utterance_ = utterance; }

  enum class Progress : std::uint8_t { None, Began, Heard };
  /// `event` is Sent or UtteranceSent.
  [[nodiscard]] Progress on_sent(const media::MediaEvent& event);

  /// The model speaks after its tool call, so a "yes" could answer the model's own words. Returns true if an answer to the question does not
  /// count any more. A question that was not said yet stays.
  [[nodiscard]] bool spoil();
  /// The reply ends. Returns true if a tool of the reply may have asked a question: the conversation then informs the tool box.
  [[nodiscard]] bool drop();

 private:
  std::optional<std::string> unsaid_;
  std::uint32_t utterance_ = 0;  // the utterance of the question; 0: the caller has heard it, or there is none
  bool awaits_answer_ = false;
  bool may_ask_ = false;
};

}  // namespace offhook::inline v0::agent
