#include <offhook/agent/store/read_lines.hpp>

#include <offhook/agent/support/json_line.hpp>

#include <unistd.h>

#include <cerrno>
#include <string>

namespace offhook::inline v0::agent::store {

namespace {

/// Divides the octets of a file, which arrive in chunks, into lines.
class LineJoiner {
 public:
  explicit LineJoiner(const std::function<void(const FileLine&)>& visit) : visit_(visit) {}

  void take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      add(bytes.substr(0, end));
      finish(true);
      ++begin_;  // Skips the line feed.
      bytes.remove_prefix(end + 1);
    }
    add(bytes);
  }
  void end_of_file() {
    if (length_ > 0) finish(false);
  }
  /// Returns the number of octets that it has taken so far.
  [[nodiscard]] std::uint64_t position() const { return begin_ + length_; }

 private:
  void add(std::string_view part) {
    length_ += part.size();
    if (length_ <= kMaxLineBytes) line_ += part;
  }
  void finish(bool is_whole) {
    const bool is_too_long = length_ > kMaxLineBytes;
    visit_({is_too_long ? std::string_view() : line_, begin_, is_too_long, is_whole});
    begin_ += length_;
    length_ = 0;
    line_.clear();
  }

  const std::function<void(const FileLine&)>& visit_;
  std::uint64_t begin_ = 0;   // start of the current line in the file
  std::uint64_t length_ = 0;  // number of octets of the current line that were read
  std::string line_;          // the current line so far; incomplete if length_ is over kMaxLineBytes
};

}  // namespace

FileResult<void> read_lines(int fd, const std::function<void(const FileLine&)>& visit) {
  LineJoiner lines(visit);
  std::string chunk(kReadChunk, '\0');
  for (;;) {
    const auto got = ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(lines.position()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::fail(std::error_code(errno, std::generic_category()));
    if (got == 0) break;
    lines.take(std::string_view(chunk).substr(0, static_cast<std::size_t>(got)));
  }
  lines.end_of_file();
  return {};
}

}  // namespace offhook::inline v0::agent::store
