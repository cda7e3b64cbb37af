#include <offhook/agent/providers/transcription/turn_text.hpp>

namespace offhook::inline v0::agent {

void TurnText::begin() { *this = TurnText(max_octets_); }

bool TurnText::fits(std::string_view words) const {
  return words.empty() || text_.size() + (text_.empty() ? 0 : 1) + words.size() <= max_octets_;
}

bool TurnText::add(std::string_view words, double confidence) {
  drop_interim();
  if (!fits(words)) return false;
  append_words(text_, words);
  confidence_sum_ += confidence * static_cast<double>(words.size());
  confidence_octets_ += words.size();
  return true;
}

void TurnText::set_interim(std::string_view words, std::optional<double> confidence) {
  interim_ = words;
  interim_confidence_ = confidence;
}

std::string TurnText::so_far() const {
  std::string text = text_;
  if (fits(interim_)) append_words(text, interim_);
  return text;
}

std::optional<std::string> TurnText::take_news() {
  std::string text = so_far();
  if (text.empty() || text == told_) return std::nullopt;
  told_ = text;
  return text;
}

double TurnText::confidence() const {
  if (text_.empty() && interim_.empty()) return 0;
  const std::size_t more = interim_confidence_ ? interim_.size() : 0;
  if (confidence_octets_ + more == 0) return 1;
  return (confidence_sum_ + interim_confidence_.value_or(0) * static_cast<double>(more)) / static_cast<double>(confidence_octets_ + more);
}

}  // namespace offhook::inline v0::agent
