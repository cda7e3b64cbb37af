#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <offhook/agent/conversation/parts.hpp>

namespace offhook::inline v0::agent {

/// One reply of the agent while it is spoken: its utterances (a sentence each), and the part that the caller has really heard, by the
/// timeline of sent samples. Pure: no I/O, no clock.
class Reply {
 public:
  static constexpr std::size_t kMaxUtterances = 64;

  void begin(std::uint32_t turn);
  /// Adds an utterance. Returns false when the reply is too long; the text is then dropped.
  [[nodiscard]] bool add(std::uint32_t utterance, std::string text);
  /// The asides so far become the beginning of the reply to `turn`. More utterances will follow.
  void go_on_as(std::uint32_t turn);
  /// Adds Offhook's own words, which are not part of the reply: the caller hears them, but the model does not get them.
  [[nodiscard]] bool add_aside(std::uint32_t utterance, std::string text);
  void complete() { complete_ = true; }                               ///< no more text will come
  void on_words(std::uint32_t utterance, const std::vector<SpokenWord>& words);
  void on_sent(std::uint32_t utterance, std::uint32_t word);
  /// Ends the utterance. If `was_heard` is true, the utterance and all earlier ones were sent completely; otherwise the speaker failed.
  void on_utterance_over(std::uint32_t utterance, bool was_heard);

  [[nodiscard]] std::uint32_t turn() const { return turn_; }
  [[nodiscard]] bool empty() const { return utterances_.empty(); }
  /// Returns true if no word of the reply has been sent yet, not even an aside.
  [[nodiscard]] bool is_unheard() const;
  /// Returns true if no word of the reply has been sent yet, except asides.
  [[nodiscard]] bool is_untold() const;
  /// Returns true when a model speaks a part of the reply in its own voice.
  [[nodiscard]] bool is_voiced() const;
  /// Returns the texts of the utterances, without asides.
  [[nodiscard]] std::vector<std::string> texts() const;
  /// Returns true when the reply has only asides.
  [[nodiscard]] bool says_nothing() const;
  [[nodiscard]] std::uint32_t last_utterance() const { return utterances_.empty() ? 0 : utterances_.back().id; }
  [[nodiscard]] bool is_complete() const { return complete_; }
  /// Returns true if at least one utterance has neither been sent completely nor failed.
  [[nodiscard]] bool outstanding() const;
  /// Returns true when the caller has heard the whole reply, and no more will come.
  [[nodiscard]] bool finished() const { return complete_ && !outstanding(); }
  /// Returns the text that was sent as RTP: complete utterances, and the words of the current utterance up to the last word that has begun.
  [[nodiscard]] std::string heard_text() const;

 private:
  struct Utterance {
    std::uint32_t id = 0;
    std::string text;
    std::vector<std::string> words;
    std::uint32_t words_begun = 0;
    bool over = false, heard = false;
    bool aside = false;
  };
  [[nodiscard]] Utterance* find(std::uint32_t id);

  std::uint32_t turn_ = 0;
  bool complete_ = true;
  std::vector<Utterance> utterances_;
};

}  // namespace offhook::inline v0::agent
