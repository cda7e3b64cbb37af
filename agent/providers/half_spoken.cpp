#include <offhook/agent/providers/half_spoken.hpp>

#include <offhook/agent/providers/rest_of_sentence.hpp>

#include <chrono>

namespace offhook::inline v0::agent {

void HalfSpoken::hear(SpeechAudio& audio) {
  words_.insert(words_.end(), audio.words.begin(), audio.words.end());
  samples_ += audio.pcm.size();
  rate_hz_ = audio.rate_hz;
  audio.words = take_words(false);
}

std::optional<SpeechAudio> HalfSpoken::last_words() {
  SpeechAudio last{id_, {}, take_words(true), rate_hz_};
  return last.words.empty() ? std::nullopt : std::optional(std::move(last));
}

const std::string& HalfSpoken::go_on() {
  text_ = rest_of_sentence(text_, words_, samples_, rate_hz_);
  if (rate_hz_ != 0) before_ += base::duration_of(samples_, rate_hz_);
  samples_ = words_told_ = 0;
  words_.clear();
  return text_;
}

std::vector<SpokenWord> HalfSpoken::take_words(bool whole) {
  std::vector<SpokenWord> ready;
  const auto before = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(before_).count() * rate_hz_ / 1'000'000);
  for (; words_told_ < words_.size(); ++words_told_) {
    const bool over = words_told_ + 1 < words_.size() && words_[words_told_ + 1].first_sample <= samples_;
    if (!over && !whole) break;
    ready.push_back({words_[words_told_].text, words_[words_told_].first_sample + before});
  }
  return ready;
}

}  // namespace offhook::inline v0::agent
