#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

struct SseEvent {
  std::string name;  ///< of `event:`; "" when there was none
  std::string data;  ///< its `data:` lines, joined by line feeds
};

/// Server-sent events out of bytes that are split anywhere (WHATWG HTML section 9.2): lines end in LF, CR LF or CR; comments are
/// passed over, and so are events without data. Pure.
class SseParser {
 public:
  static constexpr std::size_t kMaxLine = 1U << 20U;       ///< octets without what ends it
  static constexpr std::size_t kMaxEventData = 2U << 20U;  ///< octets of one event's data
  static constexpr std::size_t kMaxId = 1024;              ///< of an event; a longer one counts as none

  /// Appends the events that became whole. False when a bound was exceeded, now or before: nothing more comes then.
  [[nodiscard]] bool feed(std::string_view bytes, std::vector<SseEvent>& out);
  /// The stream ended. Deviation: an event that lacks its blank line is given out, since servers leave that away at the end.
  [[nodiscard]] bool finish(std::vector<SseEvent>& out);

  /// Where a broken stream may be taken up again: of the last whole event that had an id, with or without data; "" of none.
  [[nodiscard]] const std::string& last_id() const { return last_id_; }
  /// How long the server wants to be left alone before that.
  [[nodiscard]] std::optional<std::uint64_t> retry_ms() const { return retry_ms_; }

 private:
  void end_line(std::string_view line, std::vector<SseEvent>& out);
  void dispatch(std::vector<SseEvent>& out);
  [[nodiscard]] std::string_view without_mark(std::string_view bytes);

  std::string line_;         // of what has come of it so far
  SseEvent event_;
  bool has_data_ = false;
  std::string id_, last_id_;  // of the event that is being read, and of the last one that was whole
  std::optional<std::uint64_t> retry_ms_;
  bool after_cr_ = false;    // a line feed now belongs to the carriage return before it
  std::size_t mark_ = 0;     // octets of the byte order mark seen; 3: no more looked for
  bool failed_ = false;
};

}  // namespace offhook::inline v0::agent
