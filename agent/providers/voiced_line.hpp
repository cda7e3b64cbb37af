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

/// The utterances that the caller is going to hear, in the order of speak(): items of the model's own voice, and fixed sentences by
/// another speaker. Connects the utterances of the conversation with the items of the model.
class VoicedLine {
 public:
  static constexpr std::size_t kMostItems = 64;  ///< most items; a further item removes the oldest

  /// If `own_words` is null, fixed sentences fail.
  VoicedLine(AudioFormat format, std::unique_ptr<Speaker> own_words) : format_(format), own_words_(std::move(own_words)) {}

  [[nodiscard]] Speaker* own_words() const { return own_words_.get(); }

  void on_began(const ItemBegan& event);
  void on_audio(const ItemAudio& event);
  void on_text(const ItemText& event);
  void on_ended(const ItemEnded& event);

  /// Requests an utterance: the fixed sentence `text`, or, if `text` is "", the first item of the model that has no utterance.
  void speak(std::uint32_t utterance, std::string_view text);
  /// Prepares a fixed sentence by Speaker::prepare().
  void prepare(std::string_view text) { if (own_words_) own_words_->prepare(text); }
  void cancel();
  /// Removes the items of a cancelled reply that have no utterance, and returns their numbers. The caller hears none of them.
  [[nodiscard]] std::vector<std::uint32_t> take_unspoken(std::uint32_t turn);
  struct Cut { std::uint32_t item = 0; std::uint64_t heard_ms = 0; };
  /// Returns, for each item of an interrupted reply, how much the caller heard, so that the model can forget the rest. Removes the items of the
  /// reply.
  [[nodiscard]] std::vector<Cut> on_heard(const HeardReply& heard);
  /// Returns the words of a reply whose audio has come so far.
  [[nodiscard]] std::string said(std::uint32_t turn) const;
  /// Returns true if the present utterance is an item of the model, of which more audio may come.
  [[nodiscard]] bool waits_for_model() const;

  /// Appends the retries of the speaker of fixed sentences.
  void report_retries(std::deque<SessionEvent>& out);
  /// Appends the audio and the ends of utterances that are due now.
  void drain(std::deque<SessionEvent>& out);

 private:
  struct Item {
    std::uint32_t number = 0, turn = 0, utterance = 0;  // utterance 0: speak() has not requested the item yet
    bool began = false, ended = false, muted = false;
    AudioDecoder decoder;
    VoicedWords words;
    std::vector<std::int16_t> pcm;
  };
  struct Place { std::uint32_t utterance = 0, item = 0; bool failed = false; };  // item 0: the utterance is a fixed sentence, or has no item yet
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
