#include <offhook/agent/support/wall_time.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdio>

namespace offhook::inline v0::agent {

std::string to_rfc3339(WallTime time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())), (millis - seconds).count());
}

std::string readable_utc(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time))));
}

std::optional<WallTime> utc_time(std::chrono::year_month_day date, unsigned hour, unsigned minute, unsigned second) {
  const int year = static_cast<int>(date.year());
  if (!date.ok() || year < 1970 || year > 2200 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::optional<WallTime> parse_rfc3339(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ", &year, &month, &day, &hour, &minute, &second, &millis) != 7) return std::nullopt;
  const auto whole = utc_time(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day), hour, minute, second);
  if (!whole) return std::nullopt;
  const WallTime time = *whole + std::chrono::milliseconds(millis);
  return to_rfc3339(time) == text ? std::optional(time) : std::nullopt;  // sscanf also accepts signs, blanks and short numbers.
}

}  // namespace offhook::inline v0::agent
