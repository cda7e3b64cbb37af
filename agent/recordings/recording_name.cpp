#include <offhook/agent/recordings/recording_name.hpp>

#include <offhook/agent/store/file_system.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace offhook::inline v0::agent::recordings {

namespace {

constexpr std::string_view kSealed = ".sealed", kWav = ".wav", kOpus = ".opus";
constexpr std::size_t kTimeBytes = 16;  // 20261122T101530Z

bool can_be_named(std::string_view call) {
  return !call.empty() && call.size() <= RecordingName::kMaxCallBytes && std::all_of(call.begin(), call.end(), store::is_name_char);
}

bool take_ending(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

std::optional<WallTime> parse_time(std::string_view text) {
  int year = 0, used = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const std::string copy(text);
  const int count = std::sscanf(copy.c_str(), "%4d%2u%2uT%2u%2u%2uZ%n", &year, &month, &day, &hour, &minute, &second, &used);
  if (count != 6 || used != static_cast<int>(kTimeBytes)) return std::nullopt;
  return utc_time(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day), hour, minute, second);
}

}  // namespace

std::string RecordingName::text() const {
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{}{}{}", fmt::gmtime(std::chrono::system_clock::to_time_t(began)), call,
                     format == media::RecordingFormat::Wav ? kWav : kOpus, sealed ? kSealed : std::string_view());
}

std::optional<RecordingName> name_recording(std::string_view call, WallTime began, media::RecordingFormat format, bool sealed) {
  if (!can_be_named(call)) return std::nullopt;
  return RecordingName{std::chrono::floor<std::chrono::seconds>(began), std::string(call), format, sealed};
}

std::optional<RecordingName> parse_recording_name(std::string_view file) {
  std::string_view rest = file;
  RecordingName name;
  name.sealed = take_ending(rest, kSealed);
  if (take_ending(rest, kWav)) name.format = media::RecordingFormat::Wav;
  else if (!take_ending(rest, kOpus)) return std::nullopt;
  const auto began = parse_time(rest.substr(0, kTimeBytes));
  if (!began || rest.size() <= kTimeBytes + 1 || rest[kTimeBytes] != '-') return std::nullopt;
  name.began = *began;
  name.call = rest.substr(kTimeBytes + 1);
  // A name that text() would write in another way belongs to a foreign file, which Offhook must not remove later.
  if (!can_be_named(name.call) || name.text() != file) return std::nullopt;
  return name;
}

}  // namespace offhook::inline v0::agent::recordings
