#pragma once

#include <offhook/agent/support/wall_time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The lines of a transcript: one for each utterance or event of a call (docs/privacy.md describes every member).
namespace offhook::inline v0::agent::transcripts {

inline constexpr int kSchemaVersion = 1;
inline constexpr std::size_t kMaxTextBytes = 8U << 10U;  ///< octets of one line, after redaction
inline constexpr std::size_t kMaxWordBytes = 128;        ///< octets of the id of a call, the name of an agent, a language

enum class Who : std::uint8_t { Caller, Agent, System };  ///< System: an event such as keys, a transfer, the end
[[nodiscard]] std::string_view to_string(Who speaker);

struct TranscriptLine {
  WallTime time{};
  std::string call;  ///< id of the call (agent/records/call_id.hpp)
  std::string agent;
  Who speaker{};
  std::string text;  ///< the redacted words, or the description of an event
  std::uint32_t turn = 0;
  bool interrupted = false;  ///< Agent: the caller interrupted the utterance after `text`
  std::string language;
  std::int64_t at_ms = 0;  ///< milliseconds since the answer
};

/// Returns one line of JSON with a line feed and a checksum (agent/support/json_line), which detects a line that a crash has cut.
[[nodiscard]] std::string to_json(const TranscriptLine& line);
/// Parses a line without its line feed. Returns nullopt for an incomplete or foreign line, and for an unknown version.
[[nodiscard]] std::optional<TranscriptLine> parse_line(std::string_view json);
/// Returns the line for people, with a line feed: "2026-11-21 09:30:01  k3x9...   0:12.3  caller  when are you open". Replaces control characters.
[[nodiscard]] std::string readable(const TranscriptLine& line);
/// Returns the line like readable(), but without the date and the call's id, for a list of one call's lines. `colours` colours the speaker.
[[nodiscard]] std::string readable_in_call(const TranscriptLine& line, bool colours = false);

}  // namespace offhook::inline v0::agent::transcripts
