#pragma once

#include <offhook/agent/records/record_reader.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Calls as people read them: a table, and one call as a conversation.
namespace offhook::inline v0::agent::records {

inline constexpr std::size_t kMaxListed = 10000;

struct Selection {
  std::optional<WallTime> since;  ///< by the time of the INVITE
  bool failed = false;            ///< never answered, cut, or ended by a fault
  std::size_t last = 20;          ///< the newest so many, at most kMaxListed; all are streamed when 0
};

[[nodiscard]] bool is_failed(const StoredCall& call);
[[nodiscard]] bool is_selected(const StoredCall& call, const Selection& selection);
/// Returns true when `name` may mean the id (call_id.hpp), or is the whole SIP Call-ID.
[[nodiscard]] bool is_named(const StoredCall& call, std::string_view name);

/// "2026-11-21", "2026-11-21T09:00:00Z", or back from `now`: "90m", "12h", "7d".
[[nodiscard]] std::optional<WallTime> parse_since(std::string_view text, WallTime now);

/// Keeps the newest `count`, oldest first.
class Newest {
 public:
  explicit Newest(std::size_t count) : count_(count) {}
  void add(StoredCall call);
  [[nodiscard]] std::vector<StoredCall> take();

 private:
  std::size_t count_;
  std::vector<StoredCall> heap_;
};

/// `screen`: its width in columns, which the line fits as text_table.hpp says; nullopt: a pipe or a file, for which nothing is cut.
[[nodiscard]] std::string table_head(std::optional<std::size_t> screen = std::nullopt);
[[nodiscard]] std::string table_row(const StoredCall& call, std::optional<std::size_t> screen = std::nullopt);
/// `colours`: each line of a turn shows in colour who speaks.
[[nodiscard]] std::string conversation(const StoredCall& call, bool colours = false);
/// One line: as stored, or, for a call without an end, as it began, with "type" "interrupted" or "in_progress".
[[nodiscard]] std::string json(const StoredCall& call);

}  // namespace offhook::inline v0::agent::records
