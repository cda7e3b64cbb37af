#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/store/erase_lines.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Erases one call from all data that Offhook itself keeps about it. It does not reach the log, backups, the PBX and the providers.
namespace offhook::inline v0::agent {

/// The folders to search. Nothing is kept in a folder "" or in a folder that does not exist. A folder that cannot be read is an error.
struct KeptFolders {
  std::string records, transcripts, recordings;
};

/// The calls whose id begins with `name` (at least 4 characters), or whose SIP Call-ID is `name`.
struct NamedCalls {
  std::vector<std::string> ids;           ///< without order, each once; at most kMost
  bool is_up = false;                     ///< true: at least one of the calls is up, or may be up (kMayBeUp)
  /// A call without a record may be up if its transcript has no end and is younger than this, or if its recording grew within kGrows.
  static constexpr std::chrono::hours kMayBeUp{24};
  static constexpr std::chrono::seconds kGrows{10};
  static constexpr std::size_t kMost = 10;
};
/// Finds the calls that `name` identifies. Errors: a folder cannot be read.
[[nodiscard]] base::Result<NamedCalls, base::Error> find_calls(const KeptFolders& folders, const std::string& name,
                                                               WallTime now = std::chrono::system_clock::now());

struct ErasedCall {
  std::uint64_t record_lines = 0, transcript_lines = 0;
  std::uint64_t copied_lines = 0;       ///< number of lines in the readable copies of transcripts
  std::vector<std::string> recordings;  ///< paths of the files
  [[nodiscard]] bool is_nothing() const { return record_lines == 0 && transcript_lines == 0 && copied_lines == 0 && recordings.empty(); }
  ErasedCall& operator+=(const ErasedCall& more) {
    record_lines += more.record_lines;
    transcript_lines += more.transcript_lines;
    copied_lines += more.copied_lines;
    recordings.insert(recordings.end(), more.recordings.begin(), more.recordings.end());
    return *this;
  }
};
/// Overwrites the lines of the call `id` in records and transcripts, including the readable copies, and removes its recordings. Erasing::Count
/// only counts, and changes nothing. The data by which find_calls() finds a call are erased last, and only after all other data. Therefore a
/// second run can erase the remaining data after a failure, which the function returns as its error. Repeats the search for files that are
/// renamed meanwhile, up to kPasses times.
inline constexpr int kPasses = 5;
[[nodiscard]] base::Result<ErasedCall, base::Error> erase_call(const KeptFolders& folders, const std::string& id, store::Erasing erasing);

}  // namespace offhook::inline v0::agent
