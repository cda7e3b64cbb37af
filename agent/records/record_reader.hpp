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
    4096;  ///< calls of one slot whose end was not read yet; if there are more, the oldest count as interrupted
inline constexpr std::size_t kMaxRememberedIds = 8192;  ///< latest ids that the reader remembers, to detect a repeated line

/// A call, read from its files.
struct StoredCall {
  enum class State : std::uint8_t { Ended, InProgress, Interrupted };  ///< Interrupted: the process died during the call
  State state = State::Ended;
  CallRecord record;
  std::string line;  ///< as stored, without the line feed
};

struct ReadSummary {
  std::uint64_t files = 0, calls = 0;
  std::uint64_t skipped = 0;       ///< lines that are incomplete, too long, have a wrong checksum, or come from another program
  std::uint64_t repeated = 0;      ///< further lines of the same call
  std::uint64_t unreadable = 0;    ///< files that have the name of a journal file, but cannot be read or are not regular files
  std::uint64_t newer_schema = 0;  ///< whole lines of an unknown version; they are skipped too
};

/// Reads all files of a records folder as a stream, with constant memory. Within a slot, calls come in the order of their ends, and calls without an
/// end come last. Other processes may write at the same time. Fails if the folder cannot be read.
[[nodiscard]] base::Result<ReadSummary, base::Error> read_calls(const std::string& folder,
                                                                const std::function<void(StoredCall)>& visit);

/// Parses a sealed line. Returns nullopt if the line is not about a call. A member that is missing or has a wrong type leaves its default.
[[nodiscard]] std::optional<CallRecord> parse_record(std::string_view line);

}  // namespace offhook::inline v0::agent::records
