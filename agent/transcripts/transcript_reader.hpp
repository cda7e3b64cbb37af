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
  std::uint64_t skipped = 0;     ///< lines that are cut, changed or foreign
  std::uint64_t unreadable = 0;  ///< files with names of transcripts that cannot be read, or are not regular files
};

/// Reads all transcripts of a folder as a stream, day by day, with constant memory. `raw` is the line in the file, without its line feed. Other
/// processes may write at the same time. Fails if the folder cannot be read.
[[nodiscard]] base::Result<ReadSummary, base::Error> read_transcripts(
    const std::string& folder, const std::function<void(const TranscriptLine& line, std::string_view raw)>& visit);

/// One call of a list.
struct ListedCall {
  std::string call, agent, language;
  WallTime first{}, last{};
  std::uint64_t caller_lines = 0, agent_lines = 0;
};

/// Groups lines by call. It keeps the newest kMaxListedCalls calls.
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

/// Returns true if `name` is the id of the call to which this line of the transcript belongs, or a long enough beginning of it, as for
/// `offhook calls`.
[[nodiscard]] bool is_named(const TranscriptLine& line, std::string_view name);
/// `screen` is the width of the terminal in columns, to which a line is cut (agent/records/text_table.hpp); nullopt: a pipe or a file, for which no
/// line is cut.
[[nodiscard]] std::string table_head(std::optional<std::size_t> screen = std::nullopt);
[[nodiscard]] std::string table_row(const ListedCall& call, std::optional<std::size_t> screen = std::nullopt);

}  // namespace offhook::inline v0::agent::transcripts
