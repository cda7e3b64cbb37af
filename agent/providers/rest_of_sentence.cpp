#include <offhook/agent/providers/rest_of_sentence.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

constexpr double kCharactersPerSecond = 15;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Returns the position at which the word `number` begins; the end of `text` if there is no such word.
std::size_t begin_of_word(std::string_view text, std::size_t number) {
  std::size_t at = 0;
  for (std::size_t word = 0;; ++word) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (word == number || at == text.size()) return at;
    while (at < text.size() && !is_blank(text[at])) ++at;
  }
}

}  // namespace

std::string rest_of_sentence(std::string_view text, const std::vector<SpokenWord>& words, std::size_t samples, std::uint32_t rate_hz) {
  if (samples == 0 || rate_hz == 0) return std::string(text);
  if (!words.empty()) {
    const auto begun = std::count_if(words.begin(), words.end(), [samples](const SpokenWord& w) { return w.first_sample <= samples; });
    // Repeat the word that began last, because it may have been cut off.
    const std::size_t whole = static_cast<std::size_t>(std::max<std::ptrdiff_t>(begun - 1, 0));
    return std::string(text.substr(begin_of_word(text, whole)));
  }
  const auto spoken = static_cast<std::size_t>(static_cast<double>(samples) / rate_hz * kCharactersPerSecond);
  if (spoken >= text.size()) return {};
  std::size_t at = spoken;
  while (at > 0 && !is_blank(text[at - 1])) --at;
  return std::string(text.substr(at));
}

}  // namespace offhook::inline v0::agent
