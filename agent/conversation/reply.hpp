#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <offhook/agent/conversation/parts.hpp>

namespace offhook::inline v0::agent {

/// One reply of ours while it is being said: its utterances (a sentence each), and how far the caller has really heard them,
/// by the timeline of sent samples. Pure bookkeeping.
class Reply {
 public:
  static constexpr std::size_t kMaxUtterances = 64;

  void begin(std::uint32_t turn);
  /// False when the reply is longer than anybody would listen to; the text is then dropped.
  [[nodiscard]] bool add(std::uint32_t utterance, std::string text);
  /// What was asked for so far, asides, belongs to the reply to `turn`, of which more will come.
  void go_on_as(std::uint32_t turn);
  /// Words of ours that are no part of the reply: heard, but not told to the model.
  [[nodiscard]] bool add_aside(std::uint32_t utterance, std::string text);
  void complete() { complete_ = true; }                               ///< no more text will come
  void on_words(std::uint32_t utterance, const std::vector<SpokenWord>& words);
  void on_sent(std::uint32_t utterance, std::uint32_t word);
  void on_utterance_over(std::uint32_t utterance, bool was_heard);    ///< fully sent (and so are all before it), or failed to be spoken

  [[nodiscard]] std::uint32_t turn() const { return turn_; }
  [[nodiscard]] bool empty() const { return utterances_.empty(); }
  /// Nothing of it has left yet, asides included.
  [[nodiscard]] bool is_unheard() const;
  /// Nothing of it has left yet but asides.
  [[nodiscard]] bool is_untold() const;
  /// A model speaks some of it in its own voice.
  [[nodiscard]] bool is_voiced() const;
  /// Of its utterances, without asides.
  [[nodiscard]] std::vector<std::string> texts() const;
  /// Nothing but asides.
  [[nodiscard]] bool says_nothing() const;
  [[nodiscard]] std::uint32_t last_utterance() const { return utterances_.empty() ? 0 : utterances_.back().id; }
  [[nodiscard]] bool is_complete() const { return complete_; }
  /// Something asked for is still to be heard.
  [[nodiscard]] bool outstanding() const;
  /// Everything was said that will be said.
  [[nodiscard]] bool finished() const { return complete_ && !outstanding(); }
  /// What has left as RTP: whole sentences, and the words of the current one up to the last that was begun.
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
