#pragma once

#include <offhook/base/spsc_ring.hpp>

#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::base {

/// Prefetches `octets` octets at `from` into the core's second-level cache. Does not read them, so any address is valid.
inline void prefetch(const void* from, std::size_t octets) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(from) / kCacheLine * kCacheLine;
  const auto end = reinterpret_cast<std::uintptr_t>(from) + octets;
  for (std::uintptr_t line = begin; line < end; line += kCacheLine) __builtin_prefetch(reinterpret_cast<const void*>(line), 0, 2);
}
/// Prefetches the memory from `begin` up to, but not including, `end`.
inline void prefetch_between(const void* begin, const void* end) noexcept {
  prefetch(begin, static_cast<std::size_t>(static_cast<const char*>(end) - static_cast<const char*>(begin)));
}
/// Prefetches memory that this core will change and another core touched last. Requests exclusive ownership of the cache lines,
/// so that the write need not wait.
inline void prefetch_to_change(const void* from, std::size_t octets) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(from) / kCacheLine * kCacheLine;
  const auto end = reinterpret_cast<std::uintptr_t>(from) + octets;
  for (std::uintptr_t line = begin; line < end; line += kCacheLine) {
#if defined(__x86_64__)
    // Compilers omit a __builtin_prefetch for writing if some machines of the target lack the instruction. Those machines run
    // prefetchw as a no-op.
    __asm__ volatile("prefetchw %0" : : "m"(*reinterpret_cast<const char*>(line)));
#else
    __builtin_prefetch(reinterpret_cast<const void*>(line), 1, 2);
#endif
  }
}
template <class T>
void prefetch(const T& object) noexcept {
  prefetch(&object, sizeof object);
}

}  // namespace offhook::inline v0::base
