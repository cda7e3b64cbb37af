#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/agent/records/erase_lines.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Erasure of one call from everything that Offhook itself keeps of it. The log, backups, the PBX and the providers are not reached.
namespace offhook::inline v0::agent {

/// The folders that are looked through. "" or a folder that does not exist: nothing is kept there. A folder that cannot be read is an error.
struct KeptFolders {
  std::string records, transcripts, recordings;
};

/// The calls whose id begins with `name` (4 characters at least) or whose SIP Call-ID is `name`.
struct NamedCalls {
  std::vector<std::string> ids;           ///< in no order, each once; at most kMost
  bool is_up = false;                     ///< one of them has not ended, or may not have (kMayBeUp)
  /// A call without a record, whose transcript has no end and is younger than that, may be up. So may a call whose recording grew in the last kGrows.
  static constexpr std::chrono::hours kMayBeUp{24};
  static constexpr std::chrono::seconds kGrows{10};
  static constexpr std::size_t kMost = 10;
};
/// Errors: a folder cannot be read.
[[nodiscard]] base::Result<NamedCalls, base::Error> find_calls(const KeptFolders& folders, const std::string& name,
                                                               records::WallTime now = std::chrono::system_clock::now());

struct ErasedCall {
  std::uint64_t record_lines = 0, transcript_lines = 0;
  std::uint64_t copied_lines = 0;       ///< of the readable copies of transcripts
  std::vector<std::string> recordings;  ///< paths
  [[nodiscard]] bool is_nothing() const { return record_lines == 0 && transcript_lines == 0 && copied_lines == 0 && recordings.empty(); }
  ErasedCall& operator+=(const ErasedCall& more) {
    record_lines += more.record_lines;
    transcript_lines += more.transcript_lines;
    copied_lines += more.copied_lines;
    recordings.insert(recordings.end(), more.recordings.begin(), more.recordings.end());
    return *this;
  }
};
/// Overwrites the lines of the call `id` in records and transcripts, the readable copies included, and removes its recordings. With
/// Erasing::Count it looks and changes nothing. What find_calls() finds a call by goes last, and only after all else is erased: after a failure, which is
/// the error, a second run erases the rest. Files that are renamed meanwhile are looked for until none is left (kPasses).
inline constexpr int kPasses = 5;
[[nodiscard]] base::Result<ErasedCall, base::Error> erase_call(const KeptFolders& folders, const std::string& id, records::Erasing erasing);

}  // namespace offhook::inline v0::agent
