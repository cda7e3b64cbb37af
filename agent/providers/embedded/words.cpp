#include <offhook/agent/providers/embedded/words.hpp>

#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/base/text.hpp>

#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

bool has_vowel(std::string_view word) { return word.find_first_of("aeiouy") != std::string_view::npos; }

bool try_cut(std::string& word, std::string_view ending, std::size_t rest) {
  if (!word.ends_with(ending) || word.size() - ending.size() < rest) return false;
  if (!has_vowel(std::string_view(word).substr(0, word.size() - ending.size()))) return false;
  word.resize(word.size() - ending.size());
  return true;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto flush = [&] {
    while (!word.empty() && word.back() == '\'') word.pop_back();
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (const char c : text) {
    if (base::is_alpha(c) || (c == '\'' && !word.empty())) {
      word += base::to_lower(c);
      continue;
    }
    flush();
    if (base::is_digit(c)) words.emplace_back(digit_word(c));
  }
  flush();
  return words;
}

std::vector<std::string> split_sentences(std::string_view text) {
  std::vector<std::string> sentences;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = text[i] == '.' || text[i] == '!' || text[i] == '?';
    if (!mark || (i + 1 < text.size() && text[i + 1] != ' ')) continue;
    const char next = i + 2 < text.size() ? text[i + 2] : '\0';
    if (text[i] == '.' && (base::is_digit(next) || (base::is_alpha(next) && next == base::to_lower(next)))) continue;  // "5 p.m. on"
    const auto sentence = base::trim(text.substr(begin, i + 1 - begin));
    if (!sentence.empty()) sentences.emplace_back(sentence);
    begin = i + 1;
  }
  if (const auto rest = base::trim(text.substr(begin)); !rest.empty()) sentences.emplace_back(rest);
  return sentences;
}

std::string stem(std::string_view word) {
  std::string stemmed(word);
  if (const auto apostrophe = stemmed.find('\''); apostrophe != std::string::npos && apostrophe > 0) stemmed.resize(apostrophe);
  if (stemmed.ends_with("ies") && stemmed.size() > 4) stemmed.replace(stemmed.size() - 3, 3, "y");
  else if (!stemmed.ends_with("ss") && !stemmed.ends_with("us")) static_cast<void>(try_cut(stemmed, "s", 3));
  if (try_cut(stemmed, "ing", 3) || try_cut(stemmed, "ed", 3)) {
    const std::size_t size = stemmed.size();
    if (size > 3 && stemmed[size - 1] == stemmed[size - 2] && stemmed.back() != 'l' && stemmed.back() != 's') stemmed.pop_back();
  }
  static_cast<void>(try_cut(stemmed, "e", 3));
  return stemmed;
}

}  // namespace offhook::inline v0::agent::embedded
