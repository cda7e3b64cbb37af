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

/// Those of a class `T` derived from it lie in a BlockPool of their own: `struct Leg : base::Pooled<Leg>`. Not where the address sanitizer
/// is to see who uses one that is gone.
template <class T, Pages kPages = Pages::Huge>
struct Pooled {
#if OFFHOOK_POOLS
  [[nodiscard]] static void* operator new(std::size_t) { return pool().take(); }
  static void operator delete(void* block) noexcept { pool().give_back(block); }

 private:
  static BlockPool& pool() {
    static auto& pool = *new BlockPool(sizeof(T), kPages);  // Never destroyed: somebody's last one may go when everything else has.
    return pool;
  }
#endif
};

}  // namespace offhook::inline v0::base
