#include <offhook/agent/providers/voiced_words.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }
/// Returns true if the octet `c` may begin a character of a script without blanks between words. The characters of these scripts are from
/// U+2E80 on, and have three or four octets.
bool begins_wide_character(char c) { return static_cast<unsigned char>(c) >= 0xE2; }

}  // namespace

void VoicedWords::add_text(std::string_view text) {
  for (const char c : text) {
    if (base::is_space(c)) {
      close_word();
      ++characters_;
      continue;
    }
    if (open_.text.size() >= kLongestWord && begins_wide_character(c)) close_word();
    if (open_.text.empty()) open_.at = characters_;
    open_.text += c;
    if (!continues_character(c)) ++characters_;
  }
}

void VoicedWords::close_word() {
  if (open_.text.empty()) return;
  words_.push_back(std::exchange(open_, {}));
}

void VoicedWords::finish(bool whole) {
  if (finished_) return;
  if (whole) {
    close_word();
  } else {
    std::erase_if(words_, [this](const Word& word) { return place_of(word.at) >= samples_; });
    open_ = {};
  }
  finished_ = true;
}

std::string VoicedWords::said() const {
  std::string text = taken_;
  for (const Word& word : words_) {
    if (!finished_ && place_of(word.at) >= samples_) break;
    if (!text.empty()) text += ' ';
    text += word.text;
  }
  return text;
}

std::uint64_t VoicedWords::samples_of(std::uint64_t characters) const {
  return characters >= characters_ ? samples_ : std::min(samples_, place_of(characters));
}

std::uint64_t VoicedWords::place_of(std::uint64_t character) const {
  const std::uint64_t by_speed = character * rate_hz_ / kCharactersPerSecond;
  const std::uint64_t by_proportion = characters_ == 0 ? 0 : character * samples_ / characters_;
  return finished_ ? by_proportion : std::max(by_speed, by_proportion);
}

std::vector<SpokenWord> VoicedWords::take() {
  std::vector<SpokenWord> out;
  while (!words_.empty()) {
    const std::uint64_t place = std::max(last_place_, place_of(words_.front().at));
    if (place >= samples_ && !(finished_ && samples_ != 0)) break;
    last_place_ = std::min(place, samples_ - 1);
    if (!taken_.empty()) taken_ += ' ';
    taken_ += words_.front().text;
    out.push_back({std::move(words_.front().text), static_cast<std::uint32_t>(last_place_)});
    words_.pop_front();
  }
  return out;
}

}  // namespace offhook::inline v0::agent
