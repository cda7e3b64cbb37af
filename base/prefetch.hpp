#pragma once

#include <offhook/base/spsc_ring.hpp>

#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::base {

/// Asks for the memory of `octets` from `from` on to be in the core's second cache soon. Reads nothing: any address will do.
inline void prefetch(const void* from, std::size_t octets) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(from) / kCacheLine * kCacheLine;
  const auto end = reinterpret_cast<std::uintptr_t>(from) + octets;
  for (std::uintptr_t line = begin; line < end; line += kCacheLine) __builtin_prefetch(reinterpret_cast<const void*>(line), 0, 2);
}
/// The same of what lies from `begin` to before `end`.
inline void prefetch_between(const void* begin, const void* end) noexcept {
  prefetch(begin, static_cast<std::size_t>(static_cast<const char*>(end) - static_cast<const char*>(begin)));
}
/// The same of what is going to be changed, and was last touched by another core: it shall be here alone, so that the change need not wait.
inline void prefetch_to_change(const void* from, std::size_t octets) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(from) / kCacheLine * kCacheLine;
  const auto end = reinterpret_cast<std::uintptr_t>(from) + octets;
  for (std::uintptr_t line = begin; line < end; line += kCacheLine) {
#if defined(__x86_64__)
    // Compilers leave it out where not all machines know it; those that do not take it for nothing at all.
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
