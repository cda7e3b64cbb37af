#pragma once

#include <offhook/agent/records/record_reader.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Formats calls for people: a table, and one call as a conversation.
namespace offhook::inline v0::agent::records {

inline constexpr std::size_t kMaxListed = 10000;

struct Selection {
  std::optional<WallTime> since;  ///< earliest time of the INVITE
  bool failed = false;            ///< only calls that were never answered, were interrupted, or ended with a fault
  std::size_t last = 20;          ///< the newest calls to list, at most kMaxListed; 0: all calls, each printed as it is read
};

[[nodiscard]] bool is_failed(const StoredCall& call);
[[nodiscard]] bool is_selected(const StoredCall& call, const Selection& selection);
/// Returns true if `name` can stand for the id (call_id.hpp), or is the whole SIP Call-ID.
[[nodiscard]] bool is_named(const StoredCall& call, std::string_view name);

/// Parses "2026-11-21", "2026-11-21T09:00:00Z", or a time before `now`: "90m", "12h", "7d".
[[nodiscard]] std::optional<WallTime> parse_since(std::string_view text, WallTime now);

/// Collects the newest `count` of the calls that it gets, and returns them with the oldest first.
class Newest {
 public:
  explicit Newest(std::size_t count) : count_(count) {}
  void add(StoredCall call);
  [[nodiscard]] std::vector<StoredCall> take();

 private:
  std::size_t count_;
  std::vector<StoredCall> heap_;
};

/// `screen` is the width of the terminal in columns. TextTable (text_table.hpp) cuts lines to this width; nullopt: the output is a pipe or a file, and
/// no line is cut.
[[nodiscard]] std::string table_head(std::optional<std::size_t> screen = std::nullopt);
[[nodiscard]] std::string table_row(const StoredCall& call, std::optional<std::size_t> screen = std::nullopt);
/// `colours` colours the speaker in each line of a turn.
[[nodiscard]] std::string conversation(const StoredCall& call, bool colours = false);
/// Returns one line, as stored. For a call without an end, it is the line of the start with "type" "interrupted" or "in_progress".
[[nodiscard]] std::string json(const StoredCall& call);

}  // namespace offhook::inline v0::agent::records
