#pragma once

#include <optional>
#include <string>
#include <string_view>

/// How the files of a records folder are called. Several processes may share one: each holds a slot of its own.
///   calls-1.20261121T093000.123Z.jsonl   rotated, by the time of its rotation: names sort as the calls were
///   calls-1.jsonl                        being written; sorts behind those
///   calls-1.lock                         held by its writer, while it lives
///   calls-1.torn                         what stood at the end of a file after its last line
namespace offhook::inline v0::agent::records {

inline constexpr unsigned kMaxSlots = 16;

[[nodiscard]] inline std::string slot_name(unsigned slot, std::string_view what) {
  return "calls-" + std::to_string(slot) + "." + std::string(what);
}

struct JournalName {
  unsigned slot = 0;
  bool rotated = false;
};
/// Nothing: the name is none of a journal's files.
[[nodiscard]] std::optional<JournalName> parse_journal_name(std::string_view name);

}  // namespace offhook::inline v0::agent::records
