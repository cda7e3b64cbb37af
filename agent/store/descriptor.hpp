#pragma once

#include <sys/stat.h>
#include <unistd.h>

namespace offhook::inline v0::agent::store {

/// Owns a file descriptor, or none. The destructor closes it.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (is_open()) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] bool is_regular() const {
    struct stat about{};
    return ::fstat(fd_, &about) == 0 && S_ISREG(about.st_mode);
  }

 private:
  int fd_;
};

}  // namespace offhook::inline v0::agent::store
