#include <offhook/agent/support/sse.hpp>

#include <offhook/base/text.hpp>

#include <utility>

namespace offhook::inline v0::agent {

namespace {
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
}

/// Returns `bytes` without the byte order mark, which may be at the beginning of the stream and may arrive octet by octet. Octets that
/// begin like the mark, but continue in another way, go into the line.
std::string_view SseParser::without_mark(std::string_view bytes) {
  while (mark_ < kByteOrderMark.size() && !bytes.empty()) {
    if (bytes.front() != kByteOrderMark[mark_]) {
      line_ = kByteOrderMark.substr(0, mark_);
      mark_ = kByteOrderMark.size();
      return bytes;
    }
    ++mark_;
    bytes.remove_prefix(1);
  }
  return bytes;
}

bool SseParser::feed(std::string_view bytes, std::vector<SseEvent>& out) {
  if (failed_) return false;
  bytes = without_mark(bytes);
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > kMaxLine) failed_ = true;
    if (failed_) return false;
    if (end == std::string_view::npos) {
      line_ += piece;
      return true;
    }
    after_cr_ = bytes[end] == '\r';
    if (line_.empty()) {
      end_line(piece, out);
    } else {
      line_ += piece;
      end_line(line_, out);
      line_.clear();
    }
    if (failed_) return false;
    bytes.remove_prefix(end + 1);
  }
  return true;
}

void SseParser::end_line(std::string_view line, std::vector<SseEvent>& out) {
  if (line.empty()) return dispatch(out);
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (field == "event") {
    event_.name = value;
  } else if (field == "data") {
    if (event_.data.size() + value.size() + (has_data_ ? 1 : 0) > kMaxEventData) {
      failed_ = true;
      return;
    }
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (field == "id") {
    if (value.find('\0') == std::string_view::npos) id_ = value.size() <= kMaxId ? value : std::string_view{};
  } else if (field == "retry") {
    if (const auto ms = base::parse_number<std::uint64_t>(value)) retry_ms_ = ms;
  }
}

void SseParser::dispatch(std::vector<SseEvent>& out) {
  last_id_ = id_;
  if (std::exchange(has_data_, false)) out.push_back(std::move(event_));
  event_ = {};
}

bool SseParser::finish(std::vector<SseEvent>& out) {
  if (failed_) return false;
  if (!line_.empty()) end_line(std::exchange(line_, {}), out);
  if (!failed_) dispatch(out);
  return !failed_;
}

}  // namespace offhook::inline v0::agent
