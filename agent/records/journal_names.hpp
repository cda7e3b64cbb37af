#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The names of the files in a records folder. Several processes may share a folder: each holds its own slot.
///   calls-1.20261121T093000.123Z.jsonl   rotated, with the time of its rotation: names sort in the order of the calls
///   calls-1.jsonl                        the current file; sorts after the rotated files
///   calls-1.lock                         the process that uses the slot holds a lock on it
///   calls-1.torn                         octets found after the last line of a file
namespace offhook::inline v0::agent::records {

[[nodiscard]] inline std::string slot_name(unsigned slot, std::string_view what) {
  return "calls-" + std::to_string(slot) + "." + std::string(what);
}

struct JournalName {
  unsigned slot = 0;
  bool rotated = false;
};
/// Parses a file name. Returns nullopt if it is not the name of a journal file.
[[nodiscard]] std::optional<JournalName> parse_journal_name(std::string_view name);

}  // namespace offhook::inline v0::agent::records
