#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent {

using WallTime = std::chrono::system_clock::time_point;

/// Returns the time by RFC 3339 in UTC with milliseconds: "2026-11-21T09:00:00.123Z".
[[nodiscard]] std::string to_rfc3339(WallTime time);
/// Parses the output of to_rfc3339(). Returns nullopt for any other text, and for years outside 1970 to 2200.
[[nodiscard]] std::optional<WallTime> parse_rfc3339(const std::string& text);
/// Returns the time for people, in UTC with seconds: "2026-11-21 09:00:00Z".
[[nodiscard]] std::string readable_utc(WallTime time);

/// Returns the time with these parts in UTC. Returns nullopt if a part is out of its range, and for years outside 1970 to 2200: WallTime ends in 2262.
[[nodiscard]] std::optional<WallTime> utc_time(std::chrono::year_month_day date, unsigned hour, unsigned minute, unsigned second);
/// Returns the day (UTC) as the number of days since 1970-01-01.
[[nodiscard]] inline std::int64_t day_of(WallTime time) { return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count(); }

}  // namespace offhook::inline v0::agent
