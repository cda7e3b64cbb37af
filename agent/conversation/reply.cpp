#include <offhook/agent/conversation/reply.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

void Reply::begin(std::uint32_t turn) {
  turn_ = turn;
  complete_ = false;
  utterances_.clear();
}

void Reply::go_on_as(std::uint32_t turn) {
  turn_ = turn;
  complete_ = false;
}

bool Reply::add(std::uint32_t utterance, std::string text) {
  if (utterances_.size() == kMaxUtterances) return false;
  utterances_.push_back({utterance, std::move(text), {}, 0, false, false, false});
  return true;
}

bool Reply::add_aside(std::uint32_t utterance, std::string text) {
  if (!add(utterance, std::move(text))) return false;
  utterances_.back().aside = true;
  return true;
}

bool Reply::is_unheard() const {
  return std::none_of(utterances_.begin(), utterances_.end(), [](const Utterance& u) { return u.heard || u.words_begun > 0; });
}

bool Reply::is_untold() const {
  return std::none_of(utterances_.begin(), utterances_.end(), [](const Utterance& u) { return !u.aside && (u.heard || u.words_begun > 0); });
}

bool Reply::is_voiced() const {
  return std::any_of(utterances_.begin(), utterances_.end(), [](const Utterance& u) { return !u.aside && u.text.empty(); });
}

std::vector<std::string> Reply::texts() const {
  std::vector<std::string> all;
  for (const Utterance& u : utterances_) {
    if (!u.aside) all.push_back(u.text);
  }
  return all;
}

bool Reply::says_nothing() const {
  return std::all_of(utterances_.begin(), utterances_.end(), [](const Utterance& u) { return u.aside; });
}

Reply::Utterance* Reply::find(std::uint32_t id) {
  const auto it = std::find_if(utterances_.begin(), utterances_.end(), [id](const Utterance& u) { return u.id == id; });
  return it == utterances_.end() ? nullptr : &*it;
}

void Reply::on_words(std::uint32_t utterance, const std::vector<SpokenWord>& words) {
  Utterance* const found = find(utterance);
  if (found == nullptr) return;
  for (const SpokenWord& word : words) found->words.push_back(word.text);
}

void Reply::on_sent(std::uint32_t utterance, std::uint32_t word) {
  if (Utterance* const found = find(utterance)) found->words_begun = std::max(found->words_begun, word + 1);
}

void Reply::on_utterance_over(std::uint32_t utterance, bool was_heard) {
  for (Utterance& u : utterances_) {
    if (u.over || u.id > utterance || (u.id < utterance && !was_heard)) continue;
    u.over = true;
    u.heard = was_heard;
  }
}

bool Reply::outstanding() const {
  return std::any_of(utterances_.begin(), utterances_.end(), [](const Utterance& u) { return !u.over; });
}

std::string Reply::heard_text() const {
  std::string text;
  const auto append = [&text](const std::string& piece) {
    if (!text.empty()) text += ' ';
    text += piece;
  };
  for (const Utterance& u : utterances_) {
    if (u.aside) continue;
    if (u.heard && !u.text.empty()) {
      append(u.text);
      continue;
    }
    const auto begun = u.heard ? u.words.size() : std::min<std::size_t>(u.words_begun, u.words.size());
    for (std::size_t i = 0; i < begun; ++i) append(u.words[i]);
  }
  return text;
}

}  // namespace offhook::inline v0::agent
