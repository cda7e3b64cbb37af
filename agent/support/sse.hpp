#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

struct SseEvent {
  std::string name;  ///< value of `event:`; "" if there was none
  std::string data;  ///< values of the `data:` lines, joined by line feeds
};

/// Parses server-sent events from bytes that are split at any place (WHATWG HTML section 9.2). Lines end in LF, CR LF or CR. Skips
/// comments, and events without data. Pure.
class SseParser {
 public:
  static constexpr std::size_t kMaxLine = 1U << 20U;       ///< longest line in octets, without its end
  static constexpr std::size_t kMaxEventData = 2U << 20U;  ///< longest data of one event, in octets
  static constexpr std::size_t kMaxId = 1024;              ///< longest id of an event, in octets; a longer id counts as no id

  /// Parses the next bytes of the stream, and appends the events that are now complete. Returns false if this or an earlier feed() exceeded a
  /// bound; after that, it returns no more events.
  [[nodiscard]] bool feed(std::string_view bytes, std::vector<SseEvent>& out);
  /// Ends the stream. Deviation: also appends an event without the blank line that must follow it, because some servers omit that line at the end.
  [[nodiscard]] bool finish(std::vector<SseEvent>& out);

  /// Returns the id with which a broken stream can be resumed: the id of the last complete event that had an id, even if it had no data;
  /// "" if there was no such event.
  [[nodiscard]] const std::string& last_id() const { return last_id_; }
  /// Returns the delay that the server requests before a reconnection.
  [[nodiscard]] std::optional<std::uint64_t> retry_ms() const { return retry_ms_; }

 private:
  void end_line(std::string_view line, std::vector<SseEvent>& out);
  void dispatch(std::vector<SseEvent>& out);
  [[nodiscard]] std::string_view without_mark(std::string_view bytes);

  std::string line_;         // the present line so far
  SseEvent event_;
  bool has_data_ = false;
  std::string id_, last_id_;  // id of the present event; id of the last complete event
  std::optional<std::uint64_t> retry_ms_;
  bool after_cr_ = false;    // true: the last octet was a carriage return, to which a line feed that follows belongs
  std::size_t mark_ = 0;     // octets of the byte order mark that were found so far; 3: the search is over
  bool failed_ = false;
};

}  // namespace offhook::inline v0::agent
