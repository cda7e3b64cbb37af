#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace offhook::inline v0::media {

/// A new file of our own, readable by nobody else. Errors are errno's numbers. Blocks: never on a media worker.
class FileWriter {
 public:
  /// EEXIST when there is something by that name already: nothing is written over.
  [[nodiscard]] static base::Result<FileWriter, int> create(const std::string& path);
  FileWriter(FileWriter&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileWriter& operator=(FileWriter&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileWriter();

  /// As much as goes, from `offset` on: how much that was. 0 only for no octets.
  [[nodiscard]] base::Result<std::size_t, int> write(base::Bytes octets, std::uint64_t offset);
  /// All of it, or an error.
  [[nodiscard]] base::Result<void, int> write_all(base::Bytes octets, std::uint64_t offset);

 private:
  explicit FileWriter(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace offhook::inline v0::media
