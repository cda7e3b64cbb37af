#pragma once

#include <offhook/agent/records/erase_lines.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// Erasure of one call from everything that Offhook itself keeps of it. The log, backups, the PBX and the providers are not reached.
namespace offhook::inline v0::agent {

/// The folders that are looked through. "" or a folder that does not exist: nothing is kept there.
struct KeptFolders {
  std::string records, transcripts, recordings;
};

/// The calls whose id begins with `name` (4 characters at least) or whose SIP Call-ID is `name`.
struct NamedCalls {
  std::vector<std::string> ids;           ///< in no order, each once; at most kMost
  bool is_up = false;                     ///< one of them has not ended
  static constexpr std::size_t kMost = 10;
};
/// Errors: a folder cannot be read.
[[nodiscard]] base::Result<NamedCalls, base::Error> find_calls(const KeptFolders& folders, const std::string& name);

struct ErasedCall {
  std::uint64_t record_lines = 0, transcript_lines = 0;
  std::vector<std::string> recordings;  ///< paths
  [[nodiscard]] bool is_nothing() const { return record_lines == 0 && transcript_lines == 0 && recordings.empty(); }
};
/// Overwrites the lines of the call `id` in records and transcripts, the readable copies included, and removes its recordings. With
/// Erasing::Count it looks and changes nothing. It goes on after a failure, so that one file that cannot be written does not protect the others;
/// the first failure is the error, and a second run erases the rest.
[[nodiscard]] base::Result<ErasedCall, base::Error> erase_call(const KeptFolders& folders, const std::string& id, records::Erasing erasing);

}  // namespace offhook::inline v0::agent
