#include <offhook/agent/providers/embedded/spoken_zero.hpp>

#include <offhook/agent/providers/embedded/words.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::embedded {

bool says_zero(std::string_view text) {
  const auto words = split_words(text);
  const auto may_stand_beside = [](const std::string& word) { return word == "press" || word == "number" || word == "please"; };
  return std::ranges::count(words, "zero") == 1 && std::ranges::all_of(words, [&](const auto& word) { return word == "zero" || may_stand_beside(word); });
}

const std::vector<std::string>& zero_phrases() {
  static const std::vector<std::string> all = {"zero", "zero please", "press zero"};
  return all;
}

}  // namespace offhook::inline v0::agent::embedded
