#include <offhook/agent/providers/embedded/words.hpp>

#include <offhook/base/random.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

constexpr std::array<std::string_view, 10> kDigitWords = {"zero", "one", "two",   "three", "four",
                                                          "five", "six", "seven", "eight", "nine"};

const std::vector<std::string> kYes = {"yes",           "yeah",          "yep",     "correct",        "that is correct",
                                       "that is right", "that's right",  "right",   "sure",           "okay",
                                       "yes please",    "yes it is",     "exactly", "yes that is right", "yes correct",
                                       "that's correct", "yes that's right"};
const std::vector<std::string> kNo = {"no",            "nope",    "wrong",          "that is wrong",     "that is not right",
                                      "no it is not",  "not quite", "incorrect",    "that's wrong",      "no that is wrong",
                                      "that's not right", "no thank you", "no that's not right", "that is not correct"};

char digit_of(std::string_view word) {
  if (word == "oh" || word == "o") return '0';
  const auto found = std::ranges::find(kDigitWords, word);
  return found == kDigitWords.end() ? '\0' : static_cast<char>('0' + (found - kDigitWords.begin()));
}

bool has_vowel(std::string_view word) { return word.find_first_of("aeiouy") != std::string_view::npos; }

bool try_cut(std::string& word, std::string_view ending, std::size_t rest) {
  if (!word.ends_with(ending) || word.size() - ending.size() < rest) return false;
  if (!has_vowel(std::string_view(word).substr(0, word.size() - ending.size()))) return false;
  word.resize(word.size() - ending.size());
  return true;
}

bool contains(const std::vector<std::string>& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

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

std::string spoken_digits(std::string_view text) {
  std::string digits;
  std::size_t repeat = 1;
  for (const std::string& word : split_words(text)) {
    if (word == "double") repeat = 2;
    else if (word == "triple") repeat = 3;
    else {
      if (const char digit = digit_of(word); digit != '\0') digits.append(repeat, digit);
      repeat = 1;
    }
  }
  return digits;
}

std::string without_digits(std::string_view text) {
  std::string rest;
  for (const std::string& word : split_words(text)) {
    if (digit_of(word) != '\0' || word == "double" || word == "triple") continue;
    if (!rest.empty()) rest += ' ';
    rest += word;
  }
  return rest;
}

std::string_view digit_word(char digit) {
  return base::is_digit(digit) ? kDigitWords[static_cast<std::size_t>(digit - '0')] : std::string_view{};
}

std::string read_digits(std::string_view digits) {
  constexpr std::size_t kGroup = 3;
  std::string text;
  std::size_t count = 0;
  for (const char digit : digits) {
    const auto word = digit_word(digit);
    if (word.empty()) continue;
    if (count != 0) text += count % kGroup == 0 ? ", " : " ";
    text += word;
    ++count;
  }
  return text;
}

YesNo understand_yes_no(std::string_view text) {
  const auto words = split_words(text);
  // "That is not right" says right, and "no, that is correct" says both: no and not decide.
  for (const std::string_view no : {"no", "not", "nope", "wrong", "incorrect"}) {
    if (contains(words, no)) return YesNo::No;
  }
  for (const std::string_view yes : {"yes", "yeah", "yep", "correct", "right", "sure", "okay", "exactly"}) {
    if (contains(words, yes)) return YesNo::Yes;
  }
  return YesNo::Neither;
}

const std::vector<std::string>& yes_no_phrases() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> phrases = kYes;
    phrases.insert(phrases.end(), kNo.begin(), kNo.end());
    return phrases;
  }();
  return all;
}

std::vector<std::string> digit_phrases(std::size_t min_digits, std::size_t max_digits) {
  constexpr std::size_t kPhrases = 240;
  base::SeededRandom random(7);  // Any seed: it only has to be the same one each time.
  std::vector<std::string> phrases;
  for (std::size_t i = 0; i < kPhrases; ++i) {
    const std::size_t length = min_digits + random.below(max_digits - min_digits + 1);
    std::string phrase = i % 12 == 0 ? "my number is" : i % 12 == 1 ? "it is" : "";
    for (std::size_t k = 0; k < length; ++k) {
      const auto kind = random.below(40);
      const auto digit = static_cast<char>('0' + random.below(10));
      if (!phrase.empty()) phrase += ' ';
      if (kind == 0) phrase += "double ";
      if (kind == 1) phrase += "triple ";
      phrase += digit == '0' && random.below(2) == 0 ? std::string_view("oh") : digit_word(digit);
    }
    phrases.push_back(std::move(phrase));
  }
  return phrases;
}

}  // namespace offhook::inline v0::agent::embedded
