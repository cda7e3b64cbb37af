#pragma once

#include <offhook/base/block_pool.hpp>

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define OFFHOOK_POOLS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OFFHOOK_POOLS 0
#endif
#endif
#if !defined(OFFHOOK_POOLS)
#define OFFHOOK_POOLS 1
#endif

namespace offhook::inline v0::base {

/// Places all objects of a derived class `T` in one BlockPool: `struct Leg : base::Pooled<Leg>`. Does nothing under the address
/// sanitizer, so that the sanitizer can detect a use after free.
template <class T, Pages kPages = Pages::Huge>
struct Pooled {
#if OFFHOOK_POOLS
  [[nodiscard]] static void* operator new(std::size_t) { return pool().take(); }
  static void operator delete(void* block) noexcept { pool().give_back(block); }

 private:
  static BlockPool& pool() {
    // Never destroyed: a static object may free its T after all destructors of this file ran.
    static auto& pool = *new BlockPool(sizeof(T), kPages);
    return pool;
  }
#endif
};

}  // namespace offhook::inline v0::base
