#pragma once

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/agent/providers/voiced_item.hpp>
#include <offhook/agent/providers/voiced_words.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// What the caller is to hear, in the order in which the conversation asked for it: the model's own voice, and words of ours by
/// another speaker. Joins the utterances of the conversation with the items of the model.
class VoicedLine {
 public:
  static constexpr std::size_t kMostItems = 64;  ///< the oldest is forgotten

  /// `own_words` may be nothing: then such words fail.
  VoicedLine(AudioFormat format, std::unique_ptr<Speaker> own_words) : format_(format), own_words_(std::move(own_words)) {}

  [[nodiscard]] Speaker* own_words() const { return own_words_.get(); }

  void on_began(const ItemBegan& event);
  void on_audio(const ItemAudio& event);
  void on_text(const ItemText& event);
  void on_ended(const ItemEnded& event);

  /// "" binds the utterance to the first item that has none.
  void speak(std::uint32_t utterance, std::string_view text);
  /// Prepares words of our own, as Speaker::prepare().
  void prepare(std::string_view text) { if (own_words_) own_words_->prepare(text); }
  void cancel();
  /// The items of a reply that is no longer wanted and that have no utterance: nobody hears them.
  [[nodiscard]] std::vector<std::uint32_t> take_unspoken(std::uint32_t turn);
  struct Cut { std::uint32_t item = 0; std::uint64_t heard_ms = 0; };
  /// What the model has to forget of the reply; its items are forgotten here.
  [[nodiscard]] std::vector<Cut> on_heard(const HeardReply& heard);
  /// What there is to hear of a reply so far, in words.
  [[nodiscard]] std::string said(std::uint32_t turn) const;
  /// The item that is being spoken now waits for more audio.
  [[nodiscard]] bool waits_for_model() const;

  /// Appends the retries of the speaker of our own words.
  void tell_retries(std::deque<SessionEvent>& out);
  /// Appends what can be heard by now.
  void drain(std::deque<SessionEvent>& out);

 private:
  struct Item {
    std::uint32_t number = 0, turn = 0, utterance = 0;  // utterance 0: not asked to be spoken
    bool began = false, ended = false, muted = false;
    AudioDecoder decoder;
    VoicedWords words;
    std::vector<std::int16_t> pcm;
  };
  struct Place { std::uint32_t utterance = 0, item = 0; bool failed = false; };  // item 0: words of our own
  [[nodiscard]] std::uint64_t heard_ms(const Item& item, const HeardReply& heard, std::uint64_t& characters) const;
  Item& item(std::uint32_t turn, std::uint32_t number);
  [[nodiscard]] Item* find(std::uint32_t number);
  [[nodiscard]] bool drain_voiced(const Place& place, std::deque<SessionEvent>& out);
  [[nodiscard]] bool drain_own(const Place& place, std::deque<SessionEvent>& out);

  AudioFormat format_;
  std::unique_ptr<Speaker> own_words_;
  std::deque<Item> items_;
  std::deque<Place> line_;
};

}  // namespace offhook::inline v0::agent
