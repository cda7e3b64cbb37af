#pragma once

#include <offhook/agent/providers/chat/call_assembly.hpp>
#include <offhook/agent/providers/chat/model_events.hpp>
#include <offhook/agent/providers/chat/think_filter.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::chat {

/// The part of an answer's reader that all interfaces share. It returns the text without thoughts, the function calls, and exactly one end. A derived
/// class extracts the JSON texts from the bytes, reads their contents, and invokes the on_ functions.
class GatheredAnswer : public ModelAnswer {
 protected:
  explicit GatheredAnswer(bool starts_in_thought = false) : thoughts_(starts_in_thought) {}
  void on_text(std::string_view text, std::vector<ModelEvent>& out);
  void on_call(const CallPiece& piece, std::vector<ModelEvent>& out);
  /// Stores the usage in place of an earlier one, because some servers send the total so far in each chunk.
  void on_usage(const ModelUsage& usage) { usage_ = usage; }
  /// Appends the usage, if it was not appended yet. Call it when nothing more of the answer is expected.
  void give_usage(std::vector<ModelEvent>& out);
  void finish(ModelFinished::Why why, std::vector<ModelEvent>& out);
  void fail(FailureKind kind, std::string why, std::vector<ModelEvent>& out);
  [[nodiscard]] bool over() const { return finished_ || failed_; }
  /// Returns true if the answer is broken: the reader then ignores all further octets. An empty answer is not broken, because its usage may still come.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool has_text() const { return text_octets_ > 0; }
  [[nodiscard]] bool has_calls() const { return !calls_.empty(); }

 private:
  ThinkFilter thoughts_;
  CallAssembly calls_;
  std::optional<ModelUsage> usage_;
  std::size_t text_octets_ = 0;  // octets of all text, including thoughts
  bool said_ = false;            // true: the answer has had text to speak
  bool finished_ = false, failed_ = false;
};

}  // namespace offhook::inline v0::agent::chat
