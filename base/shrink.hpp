#pragma once

#include <cstddef>

namespace offhook::inline v0::base {

/// Tables with at most this many buckets are never shrunk.
inline constexpr std::size_t kManyBuckets = 512;

/// Shrinks a hash table that a burst has left nearly empty; erase() alone never frees buckets. Call it after an erase. It acts when
/// less than a sixteenth of the buckets is used, so that it moves few entries. Invalidates no reference.
template <class Table>
void shrink(Table& table) {
  if (table.bucket_count() > kManyBuckets && table.size() < table.bucket_count() / 16) table.rehash(2 * table.size());
}

}  // namespace offhook::inline v0::base
