#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace offhook::flood {

struct Told;

/// The stack that is flooded, behind real sockets in a process of its own, so that its memory is told apart from the attackers'.
/// 127.0.0.1 is its trusted peer; everybody else must prove a password. It answers every call that it takes.
class Target {
 public:
  Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_alive() const;
  /// What it holds of the heap, in kB, when it told that last: twice a second.
  [[nodiscard]] std::size_t held_kb() const;
  /// Waits until it has told that of now: the second time from here on.
  [[nodiscard]] bool tells_anew() const;
  /// Pages that it has in memory, in kB: with what its allocator keeps for later.
  [[nodiscard]] std::size_t resident_kb() const;
  /// Processor time that it has used, in seconds.
  [[nodiscard]] double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  Told* told_ = nullptr;  // Shared with the child, which writes it.
  std::uint16_t port_ = 0;
};

}  // namespace offhook::flood
