#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times of day and dates as people say them. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

enum class Meridiem : std::uint8_t { None, Am, Pm };

/// "am", "a.m.", "PM" and the like.
[[nodiscard]] std::optional<Meridiem> read_meridiem(std::string_view text);

struct ClockTime {
  unsigned hour = 0, minute = 0;
  Meridiem meridiem = Meridiem::None;
  bool bare = false;  ///< an hour alone, without minutes or a.m.: a time only beside another one
};

/// "9:30", "17:00", "9am", "9:30pm", "9": 0:00 to 24:00, with a.m. or p.m. 1 to 12. Nothing for what is no time.
[[nodiscard]] std::optional<ClockTime> parse_clock(std::string_view text);
/// "half past nine", "nine thirty A M", "five P M" for 17:00, "noon", "midnight".
[[nodiscard]] std::string spoken_clock(const ClockTime& time);

struct Date {
  unsigned year = 0, month = 0, day = 0;  ///< a year of 0 is not said
};

/// "2026-11-21", "11/21/2026" (the month first, as in the United States, unless only the other way round is a date).
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
/// 1..12 for "November", "november" and "Nov.", 0 for others. "may" and "march" are words too: only with a capital letter.
[[nodiscard]] unsigned month_number(std::string_view name);
/// "November twenty first, twenty twenty six".
[[nodiscard]] std::string spoken_date(const Date& date);

}  // namespace offhook::inline v0::agent::embedded
