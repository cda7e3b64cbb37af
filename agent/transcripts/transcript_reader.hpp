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
  std::uint64_t skipped = 0;     ///< lines that were cut, changed, or none of ours
  std::uint64_t unreadable = 0;  ///< files of our names that we may not read, or that are no files
};

/// Reads all transcripts of a folder as a stream, day by day: memory stays the same however much there is. `raw` is the line as
/// it stands, without its line feed. Writers may be at work. Errors: the folder cannot be read.
[[nodiscard]] base::Result<ReadSummary, base::Error> read_transcripts(
    const std::string& folder, const std::function<void(const TranscriptLine& line, std::string_view raw)>& visit);

/// One call, as a list shows it.
struct ListedCall {
  std::string call, agent, language;
  WallTime first{}, last{};
  std::uint64_t caller_lines = 0, agent_lines = 0;
};

/// Gathers lines to calls, the newest kMaxListedCalls of them.
class CallList {
 public:
  explicit CallList(std::size_t last) : last_(last) {}
  void add(const TranscriptLine& line);
  /// The newest so many (0: all that are remembered), oldest first.
  [[nodiscard]] std::vector<ListedCall> take();

 private:
  std::size_t last_;
  std::vector<ListedCall> calls_;  // In the order of their first lines.
};

/// Returns true when `name` may mean the line's call, as in `offhook calls`.
[[nodiscard]] bool is_named(const TranscriptLine& line, std::string_view name);
/// `screen`: its width in columns, which the line fits (agent/records/text_table.hpp); nullopt: a pipe or a file, for which nothing is cut.
[[nodiscard]] std::string table_head(std::optional<std::size_t> screen = std::nullopt);
[[nodiscard]] std::string table_row(const ListedCall& call, std::optional<std::size_t> screen = std::nullopt);

}  // namespace offhook::inline v0::agent::transcripts
