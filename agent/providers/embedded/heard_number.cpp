#include <offhook/agent/providers/embedded/heard_number.hpp>

#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::embedded {
namespace {

/// The words for digits. "oh" is separate from "zero", because it sounds different.
constexpr std::array<std::string_view, 11> kSounds = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"};
constexpr std::size_t kDigits = 10;

char digit_of(std::string_view word) {
  if (word == "oh" || word == "o") return '0';
  const auto found = std::find(kSounds.begin(), kSounds.begin() + kDigits, word);
  return found == kSounds.begin() + kDigits ? '\0' : static_cast<char>('0' + (found - kSounds.begin()));
}

bool is_repair(std::string_view word) {
  constexpr std::array<std::string_view, 8> kRepairs = {"no", "not", "nope", "sorry", "wait", "correction", "mean", "actually"};
  return std::ranges::find(kRepairs, word) != kRepairs.end();
}

/// Returns the digits of a text in pieces: each word with which speakers correct themselves, such as "no", begins a new piece. There is at least one.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces(1);
  std::size_t repeat = 1;
  for (const std::string& word : split_words(text)) {
    std::string& digits = pieces.back();
    if (word == "double") repeat = 2;
    else if (word == "triple") repeat = 3;
    else {
      if (const char digit = digit_of(word); digit != '\0') digits.append(repeat, digit);
      if (word == "hundred" && !digits.empty()) digits += "00";
      if (word == "thousand" && !digits.empty()) digits += "000";
      if (is_repair(word)) pieces.emplace_back();
      repeat = 1;
    }
  }
  return pieces;
}

std::size_t differences(std::string_view a, std::string_view b) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
  return count;
}

void add(std::string& phrase, std::string_view word) {
  if (!phrase.empty()) phrase += ' ';
  phrase += word;
}

/// Returns a sequence of indices of kSounds in which every triple occurs exactly once (de Bruijn). Each step appends the largest index
/// that makes a new triple.
std::vector<std::size_t> all_triples() {
  constexpr std::size_t kCount = kSounds.size();
  std::vector<bool> seen(kCount * kCount * kCount);
  std::vector<std::size_t> sequence = {0, 0};
  for (bool found = true; found;) {
    found = false;
    const std::size_t pair = sequence[sequence.size() - 2] * kCount + sequence.back();
    for (std::size_t sound = kCount; sound-- > 0 && !found;) {
      if (seen[pair * kCount + sound]) continue;
      seen[pair * kCount + sound] = found = true;
      sequence.push_back(sound);
    }
  }
  return sequence;
}

}  // namespace

std::string heard_digits(std::string_view text) {
  std::string digits;
  for (const std::string& piece : pieces_of(text)) digits += piece;
  return digits;
}

std::string without_digits(std::string_view text) {
  std::string rest;
  for (const std::string& word : split_words(text)) {
    if (digit_of(word) == '\0' && word != "double" && word != "triple" && word != "hundred") add(rest, word);
  }
  return rest;
}

std::string heard_number(std::string_view text, std::size_t min_digits) {
  std::string number;
  for (const std::string& piece : pieces_of(text)) {
    if (piece.size() >= min_digits || piece.size() >= number.size()) {
      if (!piece.empty()) number = piece;
    } else {
      number.replace(number.size() - piece.size(), piece.size(), piece);
    }
  }
  return number;
}

std::optional<std::string> corrected_number(std::string_view previous, std::string_view heard, std::size_t min_digits,
                                            std::size_t max_digits) {
  std::string number(heard);
  if (heard.size() < previous.size()) {
    std::size_t nearest = heard.size() / 2 + 1, where = 0;  // at least half of the digits must be unchanged
    for (std::size_t at = 0; at < previous.size(); at += digit_group(previous.size(), at)) {
      if (digit_group(previous.size(), at) != heard.size()) continue;
      const std::size_t distance = differences(heard, previous.substr(at, heard.size()));
      if (distance < nearest) nearest = distance, where = at;
    }
    if (nearest <= heard.size() / 2) number = std::string(previous).replace(where, heard.size(), heard);
  }
  if (number.size() < min_digits || number.size() > max_digits || number == previous) return std::nullopt;
  return number;
}

std::vector<std::string> number_phrases() {
  constexpr std::size_t kLength = 9;
  std::vector<std::string> phrases;
  const auto sequence = all_triples();
  for (std::size_t begin = 0; begin + 2 < sequence.size(); begin += kLength - 2) {  // Phrases overlap by two sounds, so that no triple is lost.
    std::string phrase;
    for (std::size_t i = begin; i < std::min(begin + kLength, sequence.size()); ++i) add(phrase, kSounds[sequence[i]]);
    phrases.push_back(std::move(phrase));
  }
  constexpr std::array<std::string_view, 5> kOpenings = {"my number is ", "it is ", "it's ", "the number is ", "sure it's "};
  for (std::size_t i = 0; i < kSounds.size(); ++i) {
    const auto sound = [i](std::size_t step) { return std::string(kSounds[(i + step) % kSounds.size()]); };
    phrases.push_back(sound(1) + " double " + sound(0) + ' ' + sound(3));
    phrases.push_back("double " + sound(0) + ' ' + sound(5));
    phrases.push_back(sound(4) + " triple " + sound(0) + ' ' + sound(7));
    phrases.push_back(sound(0) + " hundred " + sound(2) + ' ' + sound(6));
    phrases.push_back(std::string(kOpenings[i % kOpenings.size()]) + sound(0) + ' ' + sound(8) + ' ' + sound(2));
  }
  return phrases;
}

std::vector<std::string> correction_phrases() {
  constexpr std::array<std::string_view, 5> kOpenings = {"no ", "no it's ", "no it is ", "no not ", "sorry "};
  std::vector<std::string> phrases = number_phrases();
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    if (!phrases[i].starts_with("my ") && !phrases[i].starts_with("the ") && !phrases[i].starts_with("sure ") && !phrases[i].starts_with("it"))
      phrases[i] = std::string(kOpenings[i % kOpenings.size()]) + phrases[i];
  }
  return phrases;
}

}  // namespace offhook::inline v0::agent::embedded
