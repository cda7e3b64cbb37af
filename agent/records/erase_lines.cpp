#include <offhook/agent/records/erase_lines.hpp>

#include <offhook/agent/support/json_line.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace offhook::inline v0::agent::records {

namespace {

constexpr std::size_t kChunk = 64U << 10U;

class LineEraser {
 public:
  LineEraser(int fd, Erasing erasing, const std::function<bool(std::string_view)>& is_wanted)
      : fd_(fd), erasing_(erasing), is_wanted_(is_wanted) {}

  /// Erases or counts the lines. Returns 0, or the errno of the call that failed.
  int run() {
    std::string chunk(kChunk, '\0');
    for (;;) {
      const auto got = ::pread(fd_, chunk.data(), chunk.size(), static_cast<off_t>(begin_ + length_));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno;
      if (got == 0) break;
      if (const int failed = take(std::string_view(chunk).substr(0, static_cast<std::size_t>(got))); failed != 0) return failed;
    }
    if (const int failed = finish_line(); failed != 0) return failed;  // The file may end within a line that a crash has cut.
    return count_ > 0 && erasing_ == Erasing::Overwrite && ::fdatasync(fd_) != 0 ? errno : 0;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  int take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      add(bytes.substr(0, end));
      if (const int failed = finish_line(); failed != 0) return failed;
      ++begin_;  // Skips the line feed.
      bytes.remove_prefix(end + 1);
    }
    add(bytes);
    return 0;
  }
  void add(std::string_view part) {
    length_ += part.size();
    if (length_ <= kMaxLineBytes) line_ += part;
  }
  int finish_line() {
    int failed = 0;
    if (length_ > 0 && length_ <= kMaxLineBytes && is_wanted_(line_)) {
      ++count_;
      if (erasing_ == Erasing::Overwrite) failed = overwrite();
    }
    begin_ += length_;
    length_ = 0;
    line_.clear();
    return failed;
  }
  int overwrite() {
    struct stat about {};
    if (::fstat(fd_, &about) != 0) return errno;
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (size < begin_ + length_) return 0;  // The writer has removed the line meanwhile.
    static const std::string kSpaces(kChunk, ' ');
    for (std::size_t left = length_; left > 0;) {
      const std::size_t piece = std::min(left, kSpaces.size());
      const auto written = ::pwrite(fd_, kSpaces.data(), piece, static_cast<off_t>(begin_ + left - piece));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      if (static_cast<std::size_t>(written) != piece) return ENOSPC;
      left -= piece;
    }
    return 0;
  }

  const int fd_;
  const Erasing erasing_;
  const std::function<bool(std::string_view)>& is_wanted_;
  std::uint64_t begin_ = 0;   // start of the current line in the file
  std::uint64_t length_ = 0;  // octets of the line that were read
  std::string line_;          // octets of the line; incomplete if length_ is over kMaxLineBytes
  std::uint64_t count_ = 0;
};

auto failure(const std::string& path, int number) {
  const auto reason = std::error_code(number, std::generic_category()).message();
  return base::fail(base::Error{"erase", number, "cannot erase lines of " + path + ": " + reason});
}

}  // namespace

base::Result<std::uint64_t, base::Error> erase_lines(const std::string& path, Erasing erasing,
                                                     const std::function<bool(std::string_view line)>& is_wanted) {
  const int access = erasing == Erasing::Count ? O_RDONLY : O_RDWR;
  const int fd = ::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return 0;
  if (fd < 0) return failure(path, errno);
  struct stat about {};
  int failed = ::fstat(fd, &about) != 0 ? errno : S_ISREG(about.st_mode) ? 0 : EINVAL;
  LineEraser eraser(fd, erasing, is_wanted);
  if (failed == 0) failed = eraser.run();
  ::close(fd);
  if (failed != 0) return failure(path, failed);
  return eraser.count();
}

bool is_erased(std::string_view line) {
  return !line.empty() && line.find_first_not_of(' ') == std::string_view::npos;
}

}  // namespace offhook::inline v0::agent::records
