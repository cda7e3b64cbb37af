#include <offhook/media/engine/file_writer.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace offhook::inline v0::media {

base::Result<FileWriter, int> FileWriter::create(const std::string& path) {
  // O_EXCL also does not follow a link: in a folder that other users may write to, our path must not lead elsewhere.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return base::fail(errno);
  return FileWriter(fd);
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

base::Result<std::size_t, int> FileWriter::write(base::Bytes octets, std::uint64_t offset) {
  for (;;) {
    const auto written = ::pwrite(fd_, octets.data(), octets.size(), static_cast<off_t>(offset));
    if (written > 0 || octets.empty()) return static_cast<std::size_t>(written < 0 ? 0 : written);
    if (written == 0) return base::fail(ENOSPC);
    if (errno != EINTR) return base::fail(errno);
  }
}

base::Result<void, int> FileWriter::write_all(base::Bytes octets, std::uint64_t offset) {
  while (!octets.empty()) {
    const auto written = write(octets, offset);
    if (!written) return base::fail(written.error());
    octets = octets.subspan(*written);
    offset += *written;
  }
  return {};
}

}  // namespace offhook::inline v0::media
