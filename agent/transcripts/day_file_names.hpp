#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How the files of a transcripts folder are called. Several processes may share one: each holds a slot of its own.
///   transcripts-20261121-1-reception.jsonl     slot 1, of the agent "reception"; one file for each day (UTC)
///   transcripts-20261121-1-reception.2.jsonl   when that one was full
///   transcripts-20261121-1-reception.txt       the same for people, where that is asked for
///   transcripts-1.lock                         held by its writer, while it lives
namespace offhook::inline v0::agent::transcripts {

inline constexpr unsigned kMaxSlots = 16;
inline constexpr unsigned kMaxFilesPerDay = 64;  ///< of one agent; beyond them lines are refused, and counted
inline constexpr std::size_t kMaxAgentName = 40;

struct DayFileName {
  std::int64_t day = 0;  ///< since 1970-01-01
  unsigned slot = 1;
  std::string agent;  ///< as safe_agent_name() gives it
  unsigned sequence = 1;
  bool is_text = false;

  [[nodiscard]] std::string name() const;
  friend bool operator==(const DayFileName&, const DayFileName&) = default;
};
/// Nothing: the name is none of a transcript's files.
[[nodiscard]] std::optional<DayFileName> parse_day_file_name(std::string_view name);
/// Letters, digits, '-' and '_' in lower case, at most kMaxAgentName; two agents never share one.
[[nodiscard]] std::string safe_agent_name(std::string_view agent);

}  // namespace offhook::inline v0::agent::transcripts
