#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What was said in a call, a line for each thing said (docs/privacy.md has every member).
namespace offhook::inline v0::agent::transcripts {

using WallTime = std::chrono::system_clock::time_point;

inline constexpr int kSchemaVersion = 1;
inline constexpr std::size_t kMaxTextBytes = 8U << 10U;  ///< of one line, after redaction
inline constexpr std::size_t kMaxWordBytes = 128;        ///< of a call's id, an agent's name, a language

enum class Who : std::uint8_t { Caller, Agent, System };  ///< System: what happened, such as keys, a transfer, the end
[[nodiscard]] std::string_view to_string(Who speaker);

struct TranscriptLine {
  WallTime time{};
  std::string call;  ///< its id (agent/records/call_id.hpp)
  std::string agent;
  Who speaker{};
  std::string text;  ///< redacted
  std::uint32_t turn = 0;
  bool interrupted = false;  ///< Agent: the caller cut it off there
  std::string language;
  std::int64_t at_ms = 0;  ///< since the answer
};

/// One line of JSON with its line feed, sealed by a checksum (agent/records/json_line): a line that a crash cut is none.
[[nodiscard]] std::string to_json(const TranscriptLine& line);
/// Nothing: it is no whole line of ours (without its line feed), or of a version that we do not know.
[[nodiscard]] std::optional<TranscriptLine> parse_line(std::string_view json);
/// "2026-11-21 09:30:01  k3x9...   0:12.3  caller  when are you open" and a line feed; nothing in it drives a terminal.
[[nodiscard]] std::string readable(const TranscriptLine& line);
/// The same without date and call: a line of one call's conversation. `colours`: it shows in colour who speaks.
[[nodiscard]] std::string readable_in_call(const TranscriptLine& line, bool colours = false);

}  // namespace offhook::inline v0::agent::transcripts
