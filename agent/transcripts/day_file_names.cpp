#include <offhook/agent/transcripts/day_file_names.hpp>

#include <offhook/agent/store/slot.hpp>
#include <offhook/agent/support/crc32c.hpp>
#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace offhook::inline v0::agent::transcripts {

namespace {

constexpr std::string_view kBeginning = "transcripts-";
constexpr std::size_t kDateBytes = 8;

std::string date_of(std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<std::int64_t> parse_day(std::string_view date) {
  const auto number = base::parse_number<unsigned>(date);
  if (date.size() != kDateBytes || !number) return std::nullopt;
  const std::chrono::year_month_day when{std::chrono::year{static_cast<int>(*number / 10000)},
                                         std::chrono::month{*number / 100 % 100}, std::chrono::day{*number % 100}};
  if (!when.ok()) return std::nullopt;
  return std::chrono::sys_days{when}.time_since_epoch().count();
}

}  // namespace

std::string DayFileName::name() const {
  return fmt::format("{}{}-{}-{}{}.{}", kBeginning, date_of(day), slot, agent, sequence > 1 ? "." + std::to_string(sequence) : "",
                     is_text ? "txt" : "jsonl");
}

std::optional<DayFileName> parse_day_file_name(std::string_view name) {
  DayFileName parsed;
  parsed.is_text = name.ends_with(".txt");
  const std::string_view ending = parsed.is_text ? ".txt" : ".jsonl";
  if (!name.starts_with(kBeginning) || !name.ends_with(ending) || name.size() < kBeginning.size() + kDateBytes + 1)
    return std::nullopt;
  const std::string whole(name);
  name.remove_prefix(kBeginning.size());
  name.remove_suffix(ending.size());
  const auto day = parse_day(name.substr(0, kDateBytes));
  name.remove_prefix(std::min(name.size(), kDateBytes + 1));
  const auto dash = name.find('-'), dot = name.find('.');
  if (!day || dash == std::string_view::npos) return std::nullopt;
  const auto slot = base::parse_number<unsigned>(name.substr(0, dash));
  const auto sequence = dot == std::string_view::npos ? std::optional(1U) : base::parse_number<unsigned>(name.substr(dot + 1));
  if (!slot || !sequence) return std::nullopt;
  parsed.day = *day;
  parsed.slot = *slot;
  parsed.sequence = *sequence;
  parsed.agent = name.substr(dash + 1, dot == std::string_view::npos ? dot : dot - dash - 1);
  // A name that name() would write in another way belongs to a foreign file, which Offhook never reads or removes.
  const bool ours = parsed.slot >= 1 && parsed.slot <= store::kMaxSlots && parsed.sequence >= 1 && parsed.sequence <= kMaxFilesPerDay &&
                    parsed.agent == safe_agent_name(parsed.agent) && parsed.name() == whole;
  return ours ? std::optional(parsed) : std::nullopt;
}

std::string safe_agent_name(std::string_view agent) {
  const bool is_plain = !agent.empty() && agent.size() <= kMaxAgentName && std::all_of(agent.begin(), agent.end(), store::is_name_char);
  if (is_plain) return std::string(agent);
  constexpr std::size_t kSumBytes = 9;
  std::string safe;
  for (const char c : agent.substr(0, kMaxAgentName - kSumBytes)) safe += store::is_name_char(base::to_lower(c)) ? base::to_lower(c) : '_';
  return safe + fmt::format("_{:08x}", crc32c(agent));
}

}  // namespace offhook::inline v0::agent::transcripts
