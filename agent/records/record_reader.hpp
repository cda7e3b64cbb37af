#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::records {

inline constexpr std::size_t kMaxOpenCalls =
    4096;  ///< that began and have not ended, per slot; the oldest beyond are taken for interrupted
inline constexpr std::size_t kMaxRememberedIds = 8192;  ///< in which a line that was written twice is noticed

/// A call as its files tell it.
struct StoredCall {
  enum class State : std::uint8_t { Ended, InProgress, Interrupted };  ///< Interrupted: its agent died in the midst of it
  State state = State::Ended;
  CallRecord record;
  std::string line;  ///< as stored, without line feed
};

struct ReadSummary {
  std::uint64_t files = 0, calls = 0;
  std::uint64_t skipped = 0;       ///< lines that were cut, changed, too long, or none of ours
  std::uint64_t repeated = 0;      ///< the same call once more
  std::uint64_t unreadable = 0;    ///< files of the journal's names that we may not read, or that are no files
  std::uint64_t newer_schema = 0;  ///< whole lines of a version that we do not know; skipped too
};

/// Reads all files of a records folder as a stream: memory stays the same however much there is. Within a slot calls come in the
/// order of their ends; those without an end come last. Writers may be at work. Errors: the folder cannot be read.
[[nodiscard]] base::Result<ReadSummary, base::Error> read_calls(const std::string& folder,
                                                                const std::function<void(StoredCall)>& visit);

/// One sealed line's record; nothing when it is no line about a call. Tolerant: what is missing, or of another kind, is left out.
[[nodiscard]] std::optional<CallRecord> parse_record(std::string_view line);

}  // namespace offhook::inline v0::agent::records
