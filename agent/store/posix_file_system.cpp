#include <offhook/agent/store/descriptor.hpp>
#include <offhook/agent/store/file_system.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace offhook::inline v0::agent::store {

namespace {

auto failure(int number) {
  return base::fail(std::error_code(number, std::generic_category()));
}
FileResult<void> result_of(int returned) {
  if (returned != 0) return failure(errno);
  return {};
}

/// Makes the file readable only for its owner. Returns EACCES if it is not a regular file, or belongs neither to this user nor to the folder's owner:
/// in a folder to which other users may write, another user may have created a file of this name.
int make_private(int fd, const std::string& path) {
  struct stat about {
  }, folder{};
  if (::fstat(fd, &about) != 0) return errno;
  const auto parent = std::filesystem::path(path).parent_path();
  if (::stat(parent.empty() ? "." : parent.c_str(), &folder) != 0) return errno;
  if (!S_ISREG(about.st_mode) || (about.st_uid != ::geteuid() && about.st_uid != folder.st_uid)) return EACCES;
  constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
  return (about.st_mode & kOthers) != 0 && ::fchmod(fd, 0600) != 0 ? errno : 0;
}

/// Creates the missing folders of the path with mode 0700, because the parents of a private folder must be private too.
int make_folders(const std::filesystem::path& path) {
  std::error_code error;
  if (path.empty() || std::filesystem::is_directory(path, error)) return 0;
  if (const int failed = path.has_parent_path() && path.parent_path() != path ? make_folders(path.parent_path()) : 0; failed != 0) return failed;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno;
  return std::filesystem::is_directory(path, error) ? 0 : ENOTDIR;
}

class PosixFile final : public AppendFile {
 public:
  explicit PosixFile(int fd) : fd_(fd) {}

  FileResult<std::size_t> write(std::string_view bytes) override {
    for (;;) {
      const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
      if (written >= 0) return static_cast<std::size_t>(written);
      if (errno != EINTR) return failure(errno);
    }
  }
  FileResult<void> sync() override { return result_of(::fdatasync(fd_.get())); }
  FileResult<void> truncate(std::uint64_t size) override { return result_of(::ftruncate(fd_.get(), static_cast<off_t>(size))); }
  FileResult<std::uint64_t> size() override {
    struct stat about{};
    if (::fstat(fd_.get(), &about) != 0) return failure(errno);
    return static_cast<std::uint64_t>(about.st_size);
  }
  FileResult<std::chrono::system_clock::time_point> modified_at() override {
    struct stat about{};
    if (::fstat(fd_.get(), &about) != 0) return failure(errno);
    return std::chrono::system_clock::from_time_t(about.st_mtime);
  }
  FileResult<std::string> read(std::uint64_t offset, std::size_t most) override {
    std::string bytes(most, '\0');
    const auto got = ::pread(fd_.get(), bytes.data(), most, static_cast<off_t>(offset));
    if (got < 0) return failure(errno);
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
  bool is_deleted() override {
    struct stat about{};
    return ::fstat(fd_.get(), &about) == 0 && about.st_nlink == 0;
  }
  bool is_at(const std::string& path) override {
    struct stat ours {
    }, named{};
    if (::fstat(fd_.get(), &ours) != 0 || ::stat(path.c_str(), &named) != 0) return false;
    return ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
  }

 private:
  Descriptor fd_;
};

class PosixFileSystem final : public FileSystem {
 public:
  FileResult<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    // O_NOFOLLOW: in a folder that other users may write to, a link of such a user must not redirect the lines.
    const int fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) return failure(errno);
    auto file = std::make_unique<PosixFile>(fd);
    if (const int refused = make_private(fd, path); refused != 0) return failure(refused);
    return std::unique_ptr<AppendFile>(std::move(file));
  }
  FileResult<std::string> peek(const std::string& path, std::size_t most) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT) return std::string();
    if (fd < 0) return failure(errno);
    return PosixFile(fd).read(0, most);
  }
  FileResult<void> make_folder(const std::string& path) override {
    const int failed = make_folders(path);
    if (failed != 0) return failure(failed);
    return {};
  }
  FileResult<void> rename(const std::string& from, const std::string& to) override {
    return result_of(std::rename(from.c_str(), to.c_str()));
  }
  FileResult<void> remove(const std::string& path) override { return result_of(::unlink(path.c_str())); }
  FileResult<void> sync_folder(const std::string& path) override {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) return failure(errno);
    return result_of(::fsync(folder.get()));
  }
  FileResult<std::vector<std::string>> list(const std::string& folder) override {
    std::error_code error;
    std::vector<std::string> names;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      names.push_back(at->path().filename().string());
    }
    if (error) return base::fail(error);
    return names;
  }
  FileResult<std::shared_ptr<void>> try_lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return failure(errno);
    auto held = std::make_shared<Descriptor>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return std::shared_ptr<void>(held);
    if (errno == EWOULDBLOCK) return std::shared_ptr<void>();
    return failure(errno);
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static PosixFileSystem the_one;
  return the_one;
}

}  // namespace offhook::inline v0::agent::store
