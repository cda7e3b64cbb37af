#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The names of the files in a transcripts folder. Several processes may share a folder: each holds its own slot.
///   transcripts-20261121-1-reception.jsonl     slot 1, agent "reception"; one file for each day (UTC)
///   transcripts-20261121-1-reception.2.jsonl   the day's second file, if the first is full
///   transcripts-20261121-1-reception.txt       the lines of the first file as text for people, if enabled
///   transcripts-1.lock                         the process that uses the slot holds a lock on it
namespace offhook::inline v0::agent::transcripts {

inline constexpr unsigned kMaxFilesPerDay = 64;  ///< files of one agent and day; when all are full, further lines are refused and counted
inline constexpr std::size_t kMaxAgentName = 40;

struct DayFileName {
  std::int64_t day = 0;  ///< days since 1970-01-01
  unsigned slot = 1;
  std::string agent;  ///< as safe_agent_name() returns it
  unsigned sequence = 1;
  bool is_text = false;

  [[nodiscard]] std::string name() const;
  friend bool operator==(const DayFileName&, const DayFileName&) = default;
};
/// Parses a file name. Returns nullopt if it is not the name of a transcript file.
[[nodiscard]] std::optional<DayFileName> parse_day_file_name(std::string_view name);
/// Returns the agent's name as file names contain it: lower-case letters, digits, '-' and '_', at most kMaxAgentName. Two agents never get the same name.
[[nodiscard]] std::string safe_agent_name(std::string_view agent);

}  // namespace offhook::inline v0::agent::transcripts
