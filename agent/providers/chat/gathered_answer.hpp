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

/// What all ways of asking a model have in common: text without thoughts, calls, and an end that comes once. How its bytes become
/// JSON texts, and what is in those, is for those who derive from it.
class GatheredAnswer : public ModelAnswer {
 protected:
  explicit GatheredAnswer(bool starts_in_thought = false) : thoughts_(starts_in_thought) {}
  void on_text(std::string_view text, std::vector<ModelEvent>& out);
  void on_call(const CallPiece& piece, std::vector<ModelEvent>& out);
  /// What was told last counts: some servers tell it in each chunk, each time of all so far.
  void on_usage(const ModelUsage& usage) { usage_ = usage; }
  /// Given out once, when nothing more of the answer is to come.
  void give_usage(std::vector<ModelEvent>& out);
  void finish(ModelFinished::Why why, std::vector<ModelEvent>& out);
  void fail(FailureKind kind, std::string why, std::vector<ModelEvent>& out);
  [[nodiscard]] bool over() const { return finished_ || failed_; }
  /// Broken: nothing more of it is read. An empty answer is not; what it cost is still to come.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool has_text() const { return text_octets_ > 0; }
  [[nodiscard]] bool has_calls() const { return !calls_.empty(); }

 private:
  ThinkFilter thoughts_;
  CallAssembly calls_;
  std::optional<ModelUsage> usage_;
  std::size_t text_octets_ = 0;  // of all text, thoughts too
  bool said_ = false;            // something that can be spoken came
  bool finished_ = false, failed_ = false;
};

}  // namespace offhook::inline v0::agent::chat
