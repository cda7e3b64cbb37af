#pragma once

#include <cstddef>

namespace offhook::inline v0::base {

/// The least buckets that are worth giving back.
inline constexpr std::size_t kManyBuckets = 512;

/// After an erase: gives the buckets of a hash table back that a burst has left nearly empty. erase() alone keeps them all.
/// Moves each entry at most once for every sixteen that were erased, and no reference.
template <class Table>
void shrink(Table& table) {
  if (table.bucket_count() > kManyBuckets && table.size() < table.bucket_count() / 16) table.rehash(2 * table.size());
}

}  // namespace offhook::inline v0::base
