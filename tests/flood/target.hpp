#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace offhook::flood {

struct Told;

/// The flooded stack with real sockets, in a process of its own, so that its memory is measured separately from the attackers' memory. The stack
/// trusts 127.0.0.1; every other peer needs a password. The process answers every call that the stack accepts.
class Target {
 public:
  Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_alive() const;
  /// Returns the heap memory in kB that the process held at its last report. The process reports twice per second.
  [[nodiscard]] std::size_t held_kb() const;
  /// Waits for two more reports, because the first of them may have begun before this call. Returns false if they do not come.
  [[nodiscard]] bool tells_anew() const;
  /// Returns the resident memory of the process in kB, including memory that its allocator retains.
  [[nodiscard]] std::size_t resident_kb() const;
  /// Returns the processor time of the process in seconds.
  [[nodiscard]] double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  Told* told_ = nullptr;  // shared with the child process, which writes it
  std::uint16_t port_ = 0;
};

}  // namespace offhook::flood
