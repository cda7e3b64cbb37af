#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace offhook::inline v0::media {

/// Writes a new file that only this process's user may read. Errors are errno's numbers. It blocks: do not use it on a media worker.
class FileWriter {
 public:
  /// Overwrites no file: returns EEXIST if the name exists already.
  [[nodiscard]] static base::Result<FileWriter, int> create(const std::string& path);
  FileWriter(FileWriter&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileWriter& operator=(FileWriter&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileWriter();

  /// Writes as much as possible, from `offset` on, and returns the number of octets written. Returns 0 only if `octets` is empty.
  [[nodiscard]] base::Result<std::size_t, int> write(base::Bytes octets, std::uint64_t offset);
  /// Writes everything, or returns an error.
  [[nodiscard]] base::Result<void, int> write_all(base::Bytes octets, std::uint64_t offset);

 private:
  explicit FileWriter(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace offhook::inline v0::media
