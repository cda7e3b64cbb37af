#include <offhook/base/shrink.hpp>

#include <doctest/doctest.h>

#include <unordered_map>

using namespace offhook;

TEST_CASE("shrink releases the buckets of a large table that has few entries left, and does not change a small table") {
  std::unordered_map<int, int> table;
  for (int i = 0; i < 20'000; ++i) table.emplace(i, i);
  const auto full = table.bucket_count();
  for (int i = 19'999; i >= 10'000; --i) table.erase(i), base::shrink(table);
  CHECK(table.bucket_count() == full);
  for (int i = 9'999; i >= 100; --i) table.erase(i), base::shrink(table);
  CHECK(table.bucket_count() < 16 * 200);
  for (int i = 0; i < 100; ++i) CHECK(table.at(i) == i);
  for (int i = 99; i >= 0; --i) table.erase(i), base::shrink(table);
  CHECK(table.bucket_count() <= base::kManyBuckets);

  std::unordered_map<int, int> small(base::kManyBuckets / 2);
  const auto before = small.bucket_count();
  base::shrink(small);
  CHECK(small.bucket_count() == before);
}
