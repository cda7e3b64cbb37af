#include <offhook/agent/providers/embedded/spoken_time.hpp>

#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace offhook::inline v0::agent::embedded {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January", "February", "March", "April", "May", "June",
                                                      "July", "August", "September", "October", "November", "December"};

/// Returns the number in `text` if the whole text has `low` to `high` digits.
std::optional<unsigned> number_of(std::string_view text, std::size_t low, std::size_t high) {
  if (text.size() < low || text.size() > high || !std::ranges::all_of(text, base::is_digit)) return std::nullopt;
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += base::to_lower(c);
  return lower;
}

bool is_date(const Date& date) {
  constexpr std::array<unsigned, 12> kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.month < 1 || date.month > kDays.size() || date.day < 1) return false;
  return date.day <= kDays[date.month - 1];
}

unsigned on_the_dial(unsigned hour) { return hour % 12 == 0 ? 12 : hour % 12; }

std::string minutes_after(const std::string& hour, unsigned minute) {
  if (minute == 0) return hour;
  return hour + (minute < 10 ? " oh " : " ") + cardinal(minute);
}

}  // namespace

std::optional<Meridiem> read_meridiem(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c != '.') letters += base::to_lower(c);
  }
  if (letters == "am") return Meridiem::Am;
  if (letters == "pm") return Meridiem::Pm;
  return std::nullopt;
}

std::optional<ClockTime> parse_clock(std::string_view text) {
  ClockTime time;
  const auto digits_end = std::min(text.find_first_not_of("0123456789:"), text.size());
  if (digits_end < text.size()) {
    const auto meridiem = read_meridiem(text.substr(digits_end));
    if (!meridiem) return std::nullopt;
    time.meridiem = *meridiem;
  }
  const auto clock = text.substr(0, digits_end);
  const auto colon = clock.find(':');
  const auto hour = number_of(clock.substr(0, colon), 1, 2);
  const auto minute = colon == std::string_view::npos ? std::optional<unsigned>(0) : number_of(clock.substr(colon + 1), 2, 2);
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute != 0)) return std::nullopt;
  if (time.meridiem != Meridiem::None && (*hour < 1 || *hour > 12)) return std::nullopt;
  time.hour = *hour;
  time.minute = *minute;
  time.bare = colon == std::string_view::npos && time.meridiem == Meridiem::None;
  return time;
}

std::string spoken_clock(const ClockTime& time) {
  const std::string hour = cardinal(on_the_dial(time.hour));
  if (time.meridiem != Meridiem::None) return minutes_after(hour, time.minute) + (time.meridiem == Meridiem::Am ? " A M" : " P M");
  if (time.bare) return cardinal(time.hour);
  if (time.hour % 24 == 0) return time.minute == 0 ? "midnight" : minutes_after(hour, time.minute) + " A M";
  if (time.hour > 12) return minutes_after(hour, time.minute) + " P M";
  switch (time.minute) {
    case 0: return time.hour == 12 ? "noon" : hour + " o'clock";
    case 15: return "quarter past " + hour;
    case 30: return "half past " + hour;
    case 45: return "quarter to " + cardinal(on_the_dial(time.hour + 1));
    default: return minutes_after(hour, time.minute);
  }
}

std::optional<Date> parse_date(std::string_view text) {
  const char mark = text.find('-') != std::string_view::npos ? '-' : '/';
  const auto first = text.find(mark);
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find(mark, first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto a = text.substr(0, first), b = text.substr(first + 1, second - first - 1), c = text.substr(second + 1);
  if (mark == '-') {
    const auto year = number_of(a, 4, 4), month = number_of(b, 1, 2), day = number_of(c, 1, 2);
    if (!year || !month || !day || !is_date({*year, *month, *day})) return std::nullopt;
    return Date{*year, *month, *day};
  }
  const auto one = number_of(a, 1, 2), two = number_of(b, 1, 2), year = number_of(c, 4, 4);
  if (!one || !two || !year) return std::nullopt;
  if (is_date({*year, *one, *two})) return Date{*year, *one, *two};
  if (is_date({*year, *two, *one})) return Date{*year, *two, *one};
  return std::nullopt;
}

unsigned month_number(std::string_view name) {
  constexpr std::size_t kShort = 3;
  if (name.ends_with('.')) name.remove_suffix(1);
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    const auto month = kMonths[i];
    const bool is_word = month == "May" || month == "March";
    if (name == month || name == month.substr(0, kShort) || (name == "Sept" && i == 8)) return i + 1;
    if (!is_word && lower_case(name) == lower_case(month)) return i + 1;
  }
  return 0;
}

std::string spoken_date(const Date& date) {
  std::string text(kMonths[date.month - 1]);
  text += ' ' + ordinal(date.day);
  if (date.year != 0) text += ", " + spoken_year(date.year);
  return text;
}

}  // namespace offhook::inline v0::agent::embedded
