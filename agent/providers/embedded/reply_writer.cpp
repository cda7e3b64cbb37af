#include <offhook/agent/providers/embedded/reply_writer.hpp>

#include <offhook/agent/providers/embedded/spoken_form.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

/// Counts the words of the first `count` sentences as the voice says them, because on_heard() gets spoken words.
std::size_t count_words(const std::vector<std::string>& sentences, std::size_t count) {
  std::size_t words = 0;
  for (std::size_t i = 0; i < count; ++i) words += split_words(spoken_form(sentences[i])).size();
  return words;
}

}  // namespace

void ReplyWriter::begin(std::uint32_t turn) {
  turn_ = turn;
  last_sentences_ = std::exchange(sentences_, {});
  events_.clear();
  ended_ = false;
}

void ReplyWriter::finish(ReplyExpects expects, std::vector<ThinkEvent>& out) {
  cut_off_ = false;
  std::ranges::move(events_, std::back_inserter(out));
  events_.clear();
  expects.turn = turn_;
  if (!ended_) out.emplace_back(std::move(expects));  // An action ends the reply, and no answer is expected.
  out.emplace_back(ReplyDone{turn_});
}

void ReplyWriter::say(const Phrases& phrases) {
  std::size_t& next = used_[&phrases];
  const std::string& phrase = phrases[next % phrases.size()];
  ++next;
  say_text(phrase);
}

void ReplyWriter::say_nth(const Phrases& phrases, std::size_t nth) { say_text(phrases[std::min(nth, phrases.size() - 1)]); }

void ReplyWriter::say_text(std::string_view text) {
  for (std::string& sentence : split_sentences(values_.fill(text))) {
    sentences_.push_back(sentence);
    events_.emplace_back(ReplyText{turn_, std::move(sentence)});
  }
}

void ReplyWriter::say_again(const Phrases& otherwise) {
  if (last_sentences_.empty()) return say(otherwise);
  for (const std::string& sentence : last_sentences_) {
    sentences_.push_back(sentence);
    events_.emplace_back(ReplyText{turn_, sentence});
  }
}

void ReplyWriter::act(ReplyAction::What what, std::string argument) {
  ended_ = true;
  events_.emplace_back(ReplyAction{turn_, what, std::move(argument)});
}

void ReplyWriter::note_intent(std::string name, double score) { events_.emplace_back(ReplyIntent{turn_, std::move(name), score}); }

void ReplyWriter::on_heard(std::uint32_t turn, std::string_view text, bool interrupted) {
  if (turn != turn_ || sentences_.empty()) return;
  // The last of several sentences is the question. A caller may answer it before it ends, so it does not count.
  const std::size_t essence = count_words(sentences_, std::max<std::size_t>(1, sentences_.size() - 1));
  cut_off_ = interrupted && split_words(text).size() < essence;
  if (!cut_off_) repeats_ = 0;
}

bool ReplyWriter::try_repeat_cut_off() {
  if (!cut_off_ || last_sentences_.empty() || repeats_ >= kMaxRepeats) return false;
  ++repeats_;
  for (const std::string& sentence : last_sentences_) {
    sentences_.push_back(sentence);
    events_.emplace_back(ReplyText{turn_, sentence});
  }
  return true;
}

}  // namespace offhook::inline v0::agent::embedded
