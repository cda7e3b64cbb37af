#include <offhook/agent/store/erase_lines.hpp>

#include <offhook/agent/store/descriptor.hpp>
#include <offhook/agent/store/read_lines.hpp>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace offhook::inline v0::agent::store {

namespace {

auto failure(const std::string& path, int number) {
  const auto reason = std::error_code(number, std::generic_category()).message();
  return base::fail(base::Error{"erase", number, "cannot erase lines of " + path + ": " + reason});
}

/// Returns 0, or the errno of the system call that failed.
int overwrite(int fd, const FileLine& line) {
  struct stat about{};
  if (::fstat(fd, &about) != 0) return errno;
  if (static_cast<std::uint64_t>(about.st_size) < line.offset + line.text.size()) return 0;  // The file's writer has removed the line since it was read.
  static const std::string kSpaces(kReadChunk, ' ');
  for (std::size_t left = line.text.size(); left > 0;) {
    const std::size_t piece = std::min(left, kSpaces.size());
    const auto written = ::pwrite(fd, kSpaces.data(), piece, static_cast<off_t>(line.offset + left - piece));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (static_cast<std::size_t>(written) != piece) return ENOSPC;
    left -= piece;
  }
  return 0;
}

}  // namespace

base::Result<std::uint64_t, base::Error> erase_lines(const std::string& path, Erasing erasing,
                                                     const std::function<bool(std::string_view line)>& is_wanted) {
  const int access = erasing == Erasing::Count ? O_RDONLY : O_RDWR;
  const Descriptor file(::open(path.c_str(), access | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (!file.is_open() && errno == ENOENT) return 0;
  if (!file.is_open()) return failure(path, errno);
  if (!file.is_regular()) return failure(path, EINVAL);
  std::uint64_t count = 0;
  int failed = 0;
  const auto read = read_lines(file.get(), [&](const FileLine& line) {
    if (failed != 0 || line.text.empty() || !is_wanted(line.text)) return;
    ++count;
    if (erasing == Erasing::Overwrite) failed = overwrite(file.get(), line);
  });
  if (!read) failed = read.error().value();
  if (failed == 0 && count > 0 && erasing == Erasing::Overwrite && ::fdatasync(file.get()) != 0) failed = errno;
  if (failed != 0) return failure(path, failed);
  return count;
}

bool is_erased(std::string_view line) {
  return !line.empty() && line.find_first_not_of(' ') == std::string_view::npos;
}

}  // namespace offhook::inline v0::agent::store
