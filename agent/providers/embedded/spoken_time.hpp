#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times of day and dates in the way people say them. Pure; ASCII only.
namespace offhook::inline v0::agent::embedded {

enum class Meridiem : std::uint8_t { None, Am, Pm };

/// Reads "am", "a.m.", "PM" and the like.
[[nodiscard]] std::optional<Meridiem> read_meridiem(std::string_view text);

struct ClockTime {
  unsigned hour = 0, minute = 0;
  Meridiem meridiem = Meridiem::None;
  bool bare = false;  ///< true: an hour without minutes and without a.m. or p.m., which counts as a time only next to another time
};

/// Reads "9:30", "17:00", "9am", "9:30pm", "9": from 0:00 to 24:00, or from 1 to 12 with a.m. or p.m. Returns nullopt if `text` is
/// not a time.
[[nodiscard]] std::optional<ClockTime> parse_clock(std::string_view text);
/// Returns "half past nine", "nine thirty A M", "five P M" for 17:00, "noon", "midnight".
[[nodiscard]] std::string spoken_clock(const ClockTime& time);

struct Date {
  unsigned year = 0, month = 0, day = 0;  ///< a year of 0 is not said
};

/// Reads "2026-11-21" and "11/21/2026". In the second form the month comes first, as in the United States, unless that is no date.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
/// Returns 1..12 for "November", "november" and "Nov."; 0 for other words. "may" and "march" are also ordinary words, and count
/// only with a capital letter.
[[nodiscard]] unsigned month_number(std::string_view name);
/// Returns "November twenty first, twenty twenty six".
[[nodiscard]] std::string spoken_date(const Date& date);

}  // namespace offhook::inline v0::agent::embedded
