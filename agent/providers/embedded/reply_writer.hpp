#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/slot_values.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::embedded {

inline constexpr std::uint32_t kMaxRepeats = 3;  ///< a reply that is cut off each time is said again so often, and no more

/// Puts one reply together, sentence by sentence, and knows what the caller heard of the one before.
class ReplyWriter {
 public:
  /// `values` is borrowed.
  explicit ReplyWriter(const SlotValues& values) : values_(values) {}

  void begin(std::uint32_t turn);
  /// What was written since begin(), ended by `expects`, unless the reply ends in an action, and ReplyDone.
  void finish(ReplyExpects expects, std::vector<ThinkEvent>& out);

  /// The alternative after the one that was said last time.
  void say(const Phrases& phrases);
  /// Alternative `nth`, or the last one if there are fewer.
  void say_nth(const Phrases& phrases, std::size_t nth);
  /// `text` is split into sentences; slots are filled in.
  void say_text(std::string_view text);
  /// The reply before this one; `otherwise` when there was none.
  void say_again(const Phrases& otherwise);
  void act(ReplyAction::What what, std::string argument);
  void note_intent(std::string name, double score);

  /// What came through of the reply to `turn`.
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted);
  /// The reply before this one was interrupted before its essence was heard.
  [[nodiscard]] bool was_cut_off() const { return cut_off_; }
  /// Says it again if it was cut off, kMaxRepeats times in a row: a cough, or a word too early.
  [[nodiscard]] bool try_repeat_cut_off();

 private:
  const SlotValues& values_;
  std::uint32_t turn_ = 0;
  std::map<const Phrases*, std::size_t> used_;  // Which alternative comes next.
  std::vector<std::string> sentences_;          // Of the latest reply.
  std::vector<std::string> last_sentences_;     // Of the reply before.
  std::vector<ThinkEvent> events_;
  bool cut_off_ = false;
  bool ended_ = false;
  std::uint32_t repeats_ = 0;  // In a row.
};

}  // namespace offhook::inline v0::agent::embedded
