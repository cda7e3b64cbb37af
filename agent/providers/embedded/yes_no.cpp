#include <offhook/agent/providers/embedded/yes_no.hpp>

#include <offhook/agent/providers/embedded/words.hpp>

#include <algorithm>
#include <initializer_list>

namespace offhook::inline v0::agent::embedded {
namespace {

using Words = std::vector<std::string>;

bool has_one_of(const Words& words, std::initializer_list<std::string_view> wanted) {
  return std::ranges::any_of(words, [&](const std::string& word) { return std::ranges::find(wanted, word) != wanted.end(); });
}

bool has_pair(const Words& words, std::string_view first, std::string_view second) {
  return std::ranges::adjacent_find(words, [&](const auto& a, const auto& b) { return a == first && b == second; }) != words.end();
}

}  // namespace

YesNo understand_yes_no(std::string_view text) {
  const auto words = split_words(text);
  if (has_pair(words, "not", "sure") || has_pair(words, "don't", "know")) return YesNo::Neither;
  if (has_pair(words, "no", "problem") || has_pair(words, "why", "not")) return YesNo::Yes;
  if (has_one_of(words, {"no", "not", "nope", "nah", "wrong", "incorrect", "isn't", "don't", "negative"})) return YesNo::No;
  if (has_one_of(words, {"yes", "yeah", "yep", "yup", "correct", "right", "sure", "okay", "exactly", "absolutely", "certainly", "affirmative"}))
    return YesNo::Yes;
  if (has_pair(words, "of", "course") || has_pair(words, "that's", "it") || has_pair(words, "got", "it")) return YesNo::Yes;
  return YesNo::Neither;
}

bool is_denial(std::string_view text) {
  const auto words = split_words(text);
  return has_one_of(words, {"wrong", "incorrect"}) || has_pair(words, "not", "right") || has_pair(words, "not", "correct");
}

bool is_plain_answer(std::string_view text) {
  const auto words = split_words(text);
  return std::ranges::any_of(yes_no_phrases(), [&words](const std::string& phrase) { return split_words(phrase) == words; });
}

const std::vector<std::string>& yes_no_phrases() {
  static const Words all = {
      "yes", "yes", "yeah", "yep", "yup", "correct", "that is correct", "that's correct", "that is right", "that's right", "right",
      "sure", "okay", "yes please", "yes it is", "exactly", "yes that is right", "yes that's right", "yes correct", "yes that is correct",
      "yeah that's right", "yeah sure", "of course", "absolutely", "certainly", "that's it", "you got it", "yes i do", "no problem",
      "no", "no", "nope", "nah", "wrong", "that is wrong", "that's wrong", "no that is wrong", "no that's wrong", "that is not right",
      "that's not right", "no that's not right", "no that is not right", "that is not correct", "no it is not", "no it isn't", "not quite",
      "incorrect", "no thank you", "no thanks", "no i don't", "not that", "no not that",
      "i'm not sure", "i am not sure", "i don't know"};
  return all;
}

}  // namespace offhook::inline v0::agent::embedded
