#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace offhook::flood {

struct Told;

/// The flooded stack with real sockets, in a process of its own, so that its memory is measured without the attackers'. It trusts 127.0.0.1; any
/// other peer must prove a password. It answers every call that it accepts.
class Target {
 public:
  Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_alive() const;
  /// Returns the heap memory that it held at its last report, in kB. It reports twice per second.
  [[nodiscard]] std::size_t held_kb() const;
  /// Waits for the second report from now on, which is current.
  [[nodiscard]] bool tells_anew() const;
  /// Returns its resident memory in kB, including memory that its allocator retains.
  [[nodiscard]] std::size_t resident_kb() const;
  /// Returns its processor time in seconds.
  [[nodiscard]] double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  Told* told_ = nullptr;  // shared with the child process, which writes it
  std::uint16_t port_ = 0;
};

}  // namespace offhook::flood
