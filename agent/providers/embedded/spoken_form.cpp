#include <offhook/agent/providers/embedded/spoken_form.hpp>

#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/agent/providers/embedded/spoken_time.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::embedded {
namespace {

/// A piece of text without spaces, in three parts, which borrow from the text: "(555-0134)." has the parts "(", "555-0134" and ").".
struct Token {
  std::string_view lead, core, marks;
};
using Tokens = std::span<const Token>;

/// The words for the first `tokens` tokens, without the marks of the last token.
struct Reading {
  std::string words;
  std::size_t tokens = 1;
};
using Read = std::optional<Reading>;

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, base::is_digit); }
bool is_upper(char c) { return base::is_alpha(c) && base::to_lower(c) != c; }

/// Returns the token after the first `count` tokens if only a space separates it from them; otherwise null.
const Token* after(Tokens tokens, std::size_t count) {
  if (count >= tokens.size() || !tokens[count - 1].marks.empty() || !tokens[count].lead.empty()) return nullptr;
  return &tokens[count];
}

/// Reads "1250" and "1,250". Returns nullopt for "12,50", and for a number that is too large to be said as a number.
std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool at_group = (text.size() - i) % 4 == 0;
    if (text[i] == ',' && at_group && i > 0) continue;
    if (!base::is_digit(text[i]) || (at_group && text.find(',') < i)) return std::nullopt;
    digits += text[i];
  }
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || ec != std::errc{} || end != digits.data() + digits.size() || value > kMaxCardinal) return std::nullopt;
  return value;
}

/// Returns true for numbers that people read digit by digit, such as postal codes and telephone numbers: numbers with a zero in front, and numbers of
/// five or more digits that are not round.
bool is_read_digit_by_digit(std::string_view digits) {
  constexpr std::size_t kLong = 5, kRoundDigits = 3;
  if (digits.size() > 1 && digits.front() == '0') return true;
  return digits.size() >= kLong && digits.find_last_not_of('0') >= kRoundDigits;
}

std::string read_whole(std::string_view text) {
  if (all_digits(text) && is_read_digit_by_digit(text)) return read_digits(text);
  const auto value = whole_number(text);
  return value ? cardinal(*value) : read_digits(text);
}

bool is_number(std::string_view text) { return all_digits(text) || whole_number(text).has_value(); }

/// Reads "-3.5", "1,250", "0.75".
std::optional<std::string> read_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  if (!is_number(whole)) return std::nullopt;
  std::string words = (negative ? "minus " : "") + read_whole(whole);
  if (point == std::string_view::npos) return words;
  const auto part = text.substr(point + 1);
  if (!all_digits(part)) return std::nullopt;
  words += " point";
  for (const char digit : part) (words += ' ') += digit_word(digit);
  return words;
}

std::string counted(std::uint64_t count, const std::string& thing) { return cardinal(count) + ' ' + thing + (count == 1 ? "" : "s"); }

Read money(Tokens tokens) {
  auto text = tokens[0].core;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (!text.starts_with('$')) return std::nullopt;
  text.remove_prefix(1);
  const auto point = text.find('.');
  const auto dollars = whole_number(text.substr(0, point));
  const auto part = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (!dollars || (point != std::string_view::npos && !all_digits(part))) return std::nullopt;
  const std::string minus = negative ? "minus " : "";
  if (const Token* scale = after(tokens, 1); scale != nullptr && (scale->core == "million" || scale->core == "billion"))
    return Reading{minus + *read_number(text) + ' ' + std::string(scale->core) + " dollars", 2};
  if (!part.empty() && part.size() != 2) return Reading{minus + *read_number(text) + " dollars"};
  const auto cents = part.empty() ? 0 : *whole_number(part);
  if (cents == 0) return Reading{minus + counted(*dollars, "dollar")};
  if (*dollars == 0) return Reading{minus + counted(cents, "cent")};
  return Reading{minus + counted(*dollars, "dollar") + " and " + counted(cents, "cent")};
}

/// Reads "9:30", "9 am", "9am-5pm", "9:00-17:00".
Read clock(Tokens tokens) {
  const auto dash = tokens[0].core.find('-');
  auto from = parse_clock(tokens[0].core.substr(0, dash));
  if (!from) return std::nullopt;
  if (dash != std::string_view::npos) {
    const auto to = parse_clock(tokens[0].core.substr(dash + 1));
    if (!to || (from->bare && to->bare)) return std::nullopt;
    return Reading{spoken_clock(*from) + " to " + spoken_clock(*to)};
  }
  const Token* next = after(tokens, 1);
  const auto meridiem = next == nullptr || from->meridiem != Meridiem::None ? std::nullopt : read_meridiem(next->core);
  if (meridiem && from->hour >= 1 && from->hour <= 12) {
    from->meridiem = *meridiem;
    return Reading{spoken_clock(*from), 2};
  }
  if (from->bare) return std::nullopt;
  return Reading{spoken_clock(*from)};
}

std::optional<unsigned> day_of_month(std::string_view text) {
  for (const std::string_view ending : {"st", "nd", "rd", "th"}) {
    if (text.ends_with(ending)) text.remove_suffix(ending.size());
  }
  const auto day = text.size() <= 2 && all_digits(text) ? whole_number(text) : std::nullopt;
  return day && *day >= 1 && *day <= 31 ? std::optional<unsigned>(static_cast<unsigned>(*day)) : std::nullopt;
}

unsigned year_of(const Token* token) {
  if (token == nullptr || token->core.size() != 4 || !all_digits(token->core)) return 0;
  return static_cast<unsigned>(*whole_number(token->core));
}

/// Reads "2026-11-21", "November 21, 2026", "21 November".
Read date(Tokens tokens) {
  if (const auto whole = parse_date(tokens[0].core)) return Reading{spoken_date(*whole)};
  const bool month_first = month_number(tokens[0].core) != 0;
  const bool short_month = month_first && tokens[0].marks == "." && tokens.size() > 1;
  const Token* next = short_month ? &tokens[1] : after(tokens, 1);
  if (next == nullptr) return std::nullopt;
  const unsigned month = month_number(month_first ? tokens[0].core : next->core);
  const auto day = day_of_month(month_first ? next->core : tokens[0].core);
  if (month == 0 || !day) return std::nullopt;
  const bool more = tokens.size() > 2 && (next->marks.empty() || next->marks == ",");
  const unsigned year = more ? year_of(&tokens[2]) : 0;
  return Reading{spoken_date({year, month, *day}), year == 0 ? std::size_t{2} : std::size_t{3}};
}

/// Reads "in 2026", "since 1998": the word in front shows that the number is a year.
Read year(Tokens tokens) {
  const Token* next = after(tokens, 1);
  const unsigned year = year_of(next);
  if (year < 1100 || year > 2999) return std::nullopt;
  for (const std::string_view word : {"in", "since", "until", "year", "In", "Since"}) {
    if (tokens[0].core == word) return Reading{std::string(word) + ' ' + spoken_year(year), 2};
  }
  return std::nullopt;
}

bool is_dialled(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return base::is_digit(c) || c == '-' || c == '/' || c == '.' || c == '(' || c == ')'; });
}

/// Reads "555-0134", "1-800-555-0134", "+49 30 1234567", "(800) 555-0134".
Read telephone(Tokens tokens) {
  constexpr std::ptrdiff_t kFewest = 5;
  auto first = tokens[0].core;
  const bool plus = first.starts_with('+');
  if (plus) first.remove_prefix(1);
  const bool area = tokens[0].lead == "(" && tokens[0].marks == ")" && all_digits(first);
  if (!is_dialled(first)) return std::nullopt;
  std::string number(first);
  std::size_t count = 1;
  if (plus || area) {
    for (; count < tokens.size() && is_dialled(tokens[count].core); ++count) {
      if (!(area && count == 1) && after(tokens, count) == nullptr) break;
      (number += ' ') += tokens[count].core;
    }
  }
  const auto digits = std::ranges::count_if(number, base::is_digit);
  const auto separate = number.find_first_of("- /()");
  const bool points = number.find('.') != std::string::npos && std::ranges::count(number, '.') < 2;  // with a single point, it is a decimal number
  if (digits == 0 || points || (!plus && (digits < kFewest || (separate == std::string::npos && number.find('.') == std::string::npos))))
    return std::nullopt;
  if (area && count == 1) return std::nullopt;
  const bool one_group = separate == std::string::npos && number.find('.') == std::string::npos;
  return Reading{(plus ? "plus " : "") + (one_group ? read_digits(number) : read_groups(number)), count};
}

/// Reads "21st", "20%", "10-12", "1/2", "-1", "1,000,000".
Read number(Tokens tokens) {
  const auto text = tokens[0].core;
  if (text.ends_with('%')) {
    const auto words = read_number(text.substr(0, text.size() - 1));
    return words ? Read(Reading{*words + " percent"}) : std::nullopt;
  }
  for (const std::string_view ending : {"st", "nd", "rd", "th"}) {
    if (!text.ends_with(ending)) continue;
    const auto value = whole_number(text.substr(0, text.size() - ending.size()));
    return value ? Read(Reading{ordinal(*value)}) : std::nullopt;
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kParts = {
      {{"1/2", "one half"}, {"1/4", "one quarter"}, {"3/4", "three quarters"}}};
  for (const auto& [part, words] : kParts) {
    if (text == part) return Reading{std::string(words)};
  }
  if (const auto dash = text.find('-', 1); dash != std::string_view::npos) {
    const auto from = text.substr(0, dash), to = text.substr(dash + 1);
    if (is_number(from) && is_number(to)) return Reading{read_whole(from) + " to " + read_whole(to)};
  }
  const auto words = read_number(text);
  return words ? Read(Reading{*words}) : std::nullopt;
}

/// Reads capital letters with digits: "AB12", "XK-42".
Read code(Tokens tokens) {
  const auto text = tokens[0].core;
  const auto part = [](char c) { return base::is_digit(c) || is_upper(c) || c == '-'; };
  const bool mixed = std::ranges::any_of(text, base::is_digit) && std::ranges::any_of(text, is_upper);
  if (!mixed || !std::ranges::all_of(text, part)) return std::nullopt;
  return Reading{spell_out(text)};
}

Read abbreviation(Tokens tokens) {
  const auto text = tokens[0].core;
  const bool dot = tokens[0].marks.starts_with('.');
  const Token* next = tokens.size() > 1 ? &tokens[1] : nullptr;
  const bool name_follows = next != nullptr && !next->core.empty() && is_upper(next->core.front());
  const bool number_follows = next != nullptr && !next->core.empty() && base::is_digit(next->core.front());
  if (text == "&") return Reading{"and"};
  if (text == "@") return Reading{"at"};
  if (dot && text == "St") return Reading{name_follows ? "Saint" : "Street"};
  if (dot && text == "Dr") return Reading{name_follows ? "Doctor" : "Drive"};
  if (dot && text == "No" && number_follows) return Reading{"number"};
  return std::nullopt;
}

/// Reads any other token: replaces its digits by words, because the voice must get no digits. "7up" becomes "seven up".
std::string plain(std::string_view text) {
  std::string words;
  for (std::size_t i = 0; i < text.size();) {
    const auto end = std::min(text.find_first_not_of("0123456789", i), text.size());
    if (end == i) {
      words += text[i++];
      continue;
    }
    const auto spaced = [&] { return !words.empty() && words.back() != ' '; };
    if (spaced()) words += ' ';
    words += read_whole(text.substr(i, end - i));
    if (end < text.size()) words += ' ';
    i = end;
  }
  return words;
}

std::vector<Token> split_tokens(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    const auto token = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (token.empty()) continue;
    const auto begin = std::min(token.find_first_not_of("(\"'"), token.size());
    const auto end = std::max(begin, token.find_last_not_of(".,;:!?)\"'") + 1);
    const bool whole = begin == token.size() || end == begin;  // the token consists of marks
    tokens.push_back(whole ? Token{{}, {}, token} : Token{token.substr(0, begin), token.substr(begin, end - begin), token.substr(end)});
  }
  return tokens;
}

Reading read(Tokens tokens) {
  if (tokens[0].core.empty()) return {};
  for (const auto rule : {abbreviation, money, date, year, clock, telephone, number, code}) {
    if (auto reading = rule(tokens)) return *std::move(reading);
  }
  return {plain(tokens[0].core)};
}

/// Returns the marks of a token, but without the full stop of an abbreviation, unless the text ends there.
std::string_view marks_of(const Token& token, bool abbreviated, bool last) {
  return abbreviated && !last && token.marks.starts_with('.') ? token.marks.substr(1) : token.marks;
}

}  // namespace

std::string spoken_form(std::string_view text) {
  const auto tokens = split_tokens(text);
  std::string spoken;
  for (std::size_t at = 0; at < tokens.size();) {
    const auto reading = read(Tokens(tokens).subspan(at));
    const Token& last = tokens[at + reading.tokens - 1];
    if (!spoken.empty()) spoken += ' ';
    if (reading.tokens == 1) spoken += tokens[at].lead;  // Leave out the bracket before an area code, whose reading has several tokens.
    spoken += reading.words;
    at += reading.tokens;
    const bool abbreviated = abbreviation(Tokens(tokens).subspan(at - reading.tokens)).has_value() || read_meridiem(last.core).has_value();
    spoken += marks_of(last, abbreviated, at == tokens.size());
  }
  return spoken;
}

}  // namespace offhook::inline v0::agent::embedded
