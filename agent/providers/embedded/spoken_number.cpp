#include <offhook/agent/providers/embedded/spoken_number.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

constexpr std::array<std::string_view, 20> kSmall = {"zero", "one", "two", "three", "four", "five", "six",
                                                     "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
                                                     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> kTens = {"", "", "twenty", "thirty", "forty",
                                                    "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array<std::pair<std::uint64_t, std::string_view>, 4> kScales = {
    {{1'000'000'000, "billion"}, {1'000'000, "million"}, {1000, "thousand"}, {100, "hundred"}}};

void add(std::string& text, std::string_view word) {
  if (!text.empty()) text += ' ';
  text += word;
}

/// Returns the position at which the last word begins.
std::size_t last_word(const std::string& text) {
  const auto space = text.rfind(' ');
  return space == std::string::npos ? 0 : space + 1;
}

std::string two_digits_of_year(std::uint64_t rest) {
  if (rest == 0) return "hundred";
  return (rest < 10 ? "oh " : "") + cardinal(rest);
}

}  // namespace

std::string cardinal(std::uint64_t number) {
  if (number > kMaxCardinal) return read_digits(std::to_string(number));
  if (number < kSmall.size()) return std::string(kSmall[number]);
  std::string text;
  for (const auto& [size, name] : kScales) {
    if (number < size) continue;
    add(text, cardinal(number / size));
    add(text, name);
    number %= size;
  }
  if (number >= kSmall.size()) {
    add(text, kTens[number / 10]);
    number %= 10;
  }
  if (number > 0) add(text, kSmall[number]);
  return text;
}

std::string ordinal(std::uint64_t number) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kIrregular = {{{"one", "first"},
                                                                                       {"two", "second"},
                                                                                       {"three", "third"},
                                                                                       {"five", "fifth"},
                                                                                       {"eight", "eighth"},
                                                                                       {"nine", "ninth"},
                                                                                       {"twelve", "twelfth"}}};
  std::string text = cardinal(number);
  const std::size_t at = last_word(text);
  for (const auto& [from, to] : kIrregular) {
    if (std::string_view(text).substr(at) == from) return text.replace(at, std::string::npos, to);
  }
  if (text.back() == 'y') text.replace(text.size() - 1, 1, "ie");
  return text + "th";
}

std::string spoken_year(std::uint64_t year) {
  if (year < 1000 || year > 2999 || year % 1000 < 10) return cardinal(year);  // "two thousand", "two thousand nine"
  return cardinal(year / 100) + ' ' + two_digits_of_year(year % 100);
}

std::string_view digit_word(char digit) {
  return base::is_digit(digit) ? kSmall[static_cast<std::size_t>(digit - '0')] : std::string_view{};
}

std::size_t digit_group(std::size_t count, std::size_t at) {
  constexpr std::size_t kShort = 4, kTrunk = 11;  // 1 800 555 0134
  if (count == kTrunk && at == 0) return 1;
  const std::size_t rest = count - at;
  if (rest <= kShort) return rest;
  if (rest == 2 * kShort) return kShort;
  return 3;
}

std::string read_digits(std::string_view digits) {
  std::string plain;
  std::ranges::copy_if(digits, std::back_inserter(plain), base::is_digit);
  std::string text;
  for (std::size_t at = 0; at < plain.size();) {
    if (at != 0) text += ',';
    for (const std::size_t end = at + digit_group(plain.size(), at); at < end; ++at) add(text, digit_word(plain[at]));
  }
  return text;
}

std::string read_groups(std::string_view number) {
  std::string text;
  while (!number.empty()) {
    const auto end = std::min(static_cast<std::size_t>(std::ranges::find_if_not(number, base::is_digit) - number.begin()), number.size());
    if (const auto group = read_digits(number.substr(0, end)); !group.empty()) text += (text.empty() ? "" : ", ") + group;
    number.remove_prefix(std::min(end + 1, number.size()));
  }
  return text;
}

std::string spell_out(std::string_view code) {
  std::string text;
  char before = '\0';
  for (const char c : code) {
    const bool digit = base::is_digit(c);
    if (!digit && !base::is_alpha(c)) {
      before = '\0';
      continue;
    }
    const bool same_kind = before != '\0' && base::is_digit(before) == digit;
    if (!text.empty() && !same_kind) text += ',';
    const char upper = static_cast<char>(digit || c != base::to_lower(c) ? c : c - 'a' + 'A');
    // A voice would read a single A as the article.
    add(text, digit ? digit_word(c) : upper == 'A' ? std::string_view("ay") : std::string_view(&upper, 1));
    before = c;
  }
  return text;
}

}  // namespace offhook::inline v0::agent::embedded
