#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace offhook::flood {

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
  /// What it holds of the heap, in kB, no more than half a second ago.
  [[nodiscard]] std::size_t held_kb() const;
  /// Pages that it has in memory, in kB: with what its allocator keeps for later.
  [[nodiscard]] std::size_t resident_kb() const;
  /// Processor time that it has used, in seconds.
  [[nodiscard]] double cpu_seconds() const;

 private:
  pid_t pid_ = -1;
  std::atomic<std::size_t>* held_ = nullptr;  // Shared with the child, which writes it.
  std::uint16_t port_ = 0;
};

}  // namespace offhook::flood
