#include <offhook/agent/transcripts/transcript_line.hpp>

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/records/listing.hpp>
#include <offhook/agent/support/colour.hpp>
#include <offhook/agent/support/json_line.hpp>

#include <fmt/format.h>
#include <simdjson.h>

namespace offhook::inline v0::agent::transcripts {

namespace {

std::string text_of(simdjson::dom::element of, std::string_view name) {
  std::string_view text;
  return of[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::optional<Who> speaker_of(std::string_view word) {
  for (const auto each : {Who::Caller, Who::Agent, Who::System}) {
    if (word == to_string(each)) return each;
  }
  return std::nullopt;
}

/// Returns the speaker's label, padded to seven characters ("caller "), in the speaker's colour. The label of an event has no colour.
std::string speaker_label(Who speaker, bool colours) {
  const std::string label = fmt::format("{:<7}", to_string(speaker));
  if (speaker == Who::Caller) return painted(label, Colour::Caller, colours);
  return speaker == Who::Agent ? painted(label, Colour::Agent, colours) : label;
}

}  // namespace

std::string_view to_string(Who speaker) {
  switch (speaker) {
    case Who::Caller:
      return "caller";
    case Who::Agent:
      return "agent";
    case Who::System:
      return "system";
  }
  return "?";
}

std::string to_json(const TranscriptLine& line) {
  JsonLine json;
  json.number("v", std::int64_t{kSchemaVersion}).text("time", to_rfc3339(line.time), kMaxWordBytes);
  json.text("call", line.call, kMaxWordBytes)
      .text("agent", line.agent, kMaxWordBytes)
      .text("speaker", to_string(line.speaker), kMaxWordBytes);
  json.text("text", line.text, kMaxTextBytes).number("turn", std::uint64_t{line.turn}).flag("interrupted", line.interrupted);
  json.text("language", line.language, kMaxWordBytes).number("at_ms", line.at_ms);
  return seal(json.take());
}

std::optional<TranscriptLine> parse_line(std::string_view json) {
  if (!is_sealed(json)) return std::nullopt;
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::dom::element root;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS || !root.is_object()) return std::nullopt;
  std::int64_t version = 0, turn = 0;
  if (root["v"].get(version) != simdjson::SUCCESS || version != kSchemaVersion) return std::nullopt;
  const auto time = parse_rfc3339(text_of(root, "time"));
  const auto speaker = speaker_of(text_of(root, "speaker"));
  if (!time || !speaker) return std::nullopt;
  TranscriptLine line{*time, text_of(root, "call"), text_of(root, "agent"),
                      *speaker, text_of(root, "text"), 0,
                      false, text_of(root, "language"), 0};
  if (root["turn"].get(turn) == simdjson::SUCCESS && turn >= 0 && turn <= UINT32_MAX)
    line.turn = static_cast<std::uint32_t>(turn);
  if (bool interrupted = false; root["interrupted"].get(interrupted) == simdjson::SUCCESS) line.interrupted = interrupted;
  if (std::int64_t at = 0; root["at_ms"].get(at) == simdjson::SUCCESS) line.at_ms = at;
  return line;
}

std::string readable_in_call(const TranscriptLine& line, bool colours) {
  const std::int64_t ms = line.at_ms < 0 ? 0 : line.at_ms;
  return fmt::format("{:>3}:{:04.1f}  {} {}{}\n", ms / 60000, static_cast<double>(ms % 60000) / 1000.0,
                     speaker_label(line.speaker, colours), printable(line.text, kMaxTextBytes),
                     line.interrupted ? "  [interrupted]" : "");
}

std::string readable(const TranscriptLine& line) {
  return fmt::format("{}  {:<13} {}", readable_utc(line.time), printable(line.call, kMaxWordBytes), readable_in_call(line));
}

}  // namespace offhook::inline v0::agent::transcripts
