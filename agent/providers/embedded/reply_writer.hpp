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

inline constexpr std::uint32_t kMaxRepeats = 3;  ///< most repetitions of a reply that is cut off each time

/// Builds one reply, sentence by sentence, and stores how much of the last reply the caller heard.
class ReplyWriter {
 public:
  /// Borrows `values`.
  explicit ReplyWriter(const SlotValues& values) : values_(values) {}

  void begin(std::uint32_t turn);
  /// Appends all events since begin(), then `expects` (unless the reply ends in an action), then ReplyDone.
  void finish(ReplyExpects expects, std::vector<ThinkEvent>& out);

  /// Says the next alternative of `phrases`.
  void say(const Phrases& phrases);
  /// Says alternative `nth`, or the last alternative if there are fewer.
  void say_nth(const Phrases& phrases, std::size_t nth);
  /// Splits `text` into sentences, fills in the slots, and says them.
  void say_text(std::string_view text);
  /// Says the previous reply again, or `otherwise` if there was none.
  void say_again(const Phrases& otherwise);
  void act(ReplyAction::What what, std::string argument);
  void note_intent(std::string name, double score);

  /// Reports how much of the reply to `turn` the caller heard.
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted);
  /// Returns true if the previous reply was interrupted before the caller heard its main part.
  [[nodiscard]] bool was_cut_off() const { return cut_off_; }
  /// If the previous reply was cut off, says it again and returns true, at most kMaxRepeats times in a row. The cause may have been a
  /// cough, or a word that came too early.
  [[nodiscard]] bool try_repeat_cut_off();

 private:
  const SlotValues& values_;
  std::uint32_t turn_ = 0;
  std::map<const Phrases*, std::size_t> used_;  // index of the next alternative
  std::vector<std::string> sentences_;          // sentences of the latest reply
  std::vector<std::string> last_sentences_;     // sentences of the previous reply
  std::vector<ThinkEvent> events_;
  bool cut_off_ = false;
  bool ended_ = false;
  std::uint32_t repeats_ = 0;  // consecutive repetitions
};

}  // namespace offhook::inline v0::agent::embedded
