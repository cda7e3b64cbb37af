#pragma once

#include <offhook/agent/transcripts/transcript_line.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

inline constexpr std::size_t kMaxListedCalls = 10000;

struct ReadSummary {
  std::uint64_t files = 0, lines = 0;
  std::uint64_t skipped = 0;     ///< lines that are incomplete, have a wrong checksum, or come from another program
  std::uint64_t unreadable = 0;  ///< files that have the name of a transcript file, but cannot be read or are not regular files
};

/// Reads all transcripts of a folder, day by day, with constant memory, and invokes `visit` for each line. `raw` is the line as it is in the file,
/// without its line feed. Other processes may write at the same time. Fails if the folder cannot be read.
[[nodiscard]] base::Result<ReadSummary, base::Error> read_transcripts(
    const std::string& folder, const std::function<void(const TranscriptLine& line, std::string_view raw)>& visit);

/// One call in the list of `offhook transcripts`.
struct ListedCall {
  std::string call, agent, language;
  WallTime first{}, last{};
  std::uint64_t caller_lines = 0, agent_lines = 0;
};

/// Makes a list of calls from the lines of transcripts. It keeps the newest kMaxListedCalls calls.
class CallList {
 public:
  explicit CallList(std::size_t last) : last_(last) {}
  void add(const TranscriptLine& line);
  /// Returns the newest calls, at most `last` (0: all that it keeps), oldest first.
  [[nodiscard]] std::vector<ListedCall> take();

 private:
  std::size_t last_;
  std::vector<ListedCall> calls_;  // in the order of their first lines
};

/// Returns true if `name` is the id of this line's call, or a beginning of the id with at least records::kMinIdBeginning octets.
[[nodiscard]] bool is_named(const TranscriptLine& line, std::string_view name);
/// `screen` is the width of the terminal in columns. TextTable (agent/records/text_table.hpp) cuts lines to this width; nullopt: the output is a pipe
/// or a file, and no line is cut.
[[nodiscard]] std::string table_head(std::optional<std::size_t> screen = std::nullopt);
[[nodiscard]] std::string table_row(const ListedCall& call, std::optional<std::size_t> screen = std::nullopt);

}  // namespace offhook::inline v0::agent::transcripts
