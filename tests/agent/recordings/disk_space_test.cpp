#include <offhook/agent/recordings/disk_space.hpp>

#include <doctest/doctest.h>

using offhook::agent::recordings::DiskSpace;
using Verdict = DiskSpace::Verdict;

TEST_CASE("Recordings continue while least_free octets are free, and stop if one octet less is free") {
  DiskSpace room({.least_free = 1000, .most_used = 0});
  CHECK(room.on_look({1000, 0}) == Verdict::Room);
  CHECK(room.on_look({999, 0}) == Verdict::TooLittleFree);
  CHECK(room.verdict() == Verdict::TooLittleFree);
}

TEST_CASE("Recordings stop when the folder holds most_used octets, and not one octet before") {
  DiskSpace room({.least_free = 0, .most_used = 1000});
  CHECK(room.on_look({0, 999}) == Verdict::Room);
  CHECK(room.on_look({0, 1000}) == Verdict::TooMuchUsed);
}

TEST_CASE("After a stop, recordings resume only if there is a tenth more space than the bound") {
  DiskSpace room({.least_free = 1000, .most_used = 5000});
  CHECK(room.on_look({10, 0}) == Verdict::TooLittleFree);
  CHECK(room.on_look({1099, 0}) == Verdict::TooLittleFree);
  CHECK(room.on_look({1100, 0}) == Verdict::Room);
  CHECK(room.on_look({1000, 0}) == Verdict::Room);
  CHECK(room.on_look({1000, 5000}) == Verdict::TooMuchUsed);
  CHECK(room.on_look({1000, 4500}) == Verdict::TooMuchUsed);
  CHECK(room.on_look({1000, 4499}) == Verdict::Room);
}

TEST_CASE("Without bounds, recordings never stop. If the file system does not report its free space, recordings continue") {
  DiskSpace unbounded({.least_free = 0, .most_used = 0});
  CHECK(unbounded.on_look({0, ~std::uint64_t{0}}) == Verdict::Room);
  DiskSpace room({.least_free = 1000, .most_used = 0});
  CHECK(room.on_look({std::nullopt, 0}) == Verdict::Room);
}
