#include <offhook/sip/stack/account_index.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

TEST_CASE("AccountIndex finds accounts by user part and by username, in the order of addition") {
  sip::AccountIndex index;
  index.add({1}, "6001", "desk", false);
  index.add({2}, "6001", "6001", false);
  index.add({3}, "desk", "x", false);
  CHECK(index.named("6001") == std::vector<sip::AccountId>{{1}, {2}});
  CHECK(index.named("desk") == std::vector<sip::AccountId>{{1}, {3}});
  CHECK(index.named("nobody").empty());
}

TEST_CASE("AccountIndex removes an account under its user part and its username, and keeps the other accounts") {
  sip::AccountIndex index;
  index.add({1}, "6001", "desk", true);
  index.add({2}, "6001", "6001", false);
  index.remove({1}, "6001", "desk", true);
  CHECK(index.named("6001") == std::vector<sip::AccountId>{{2}});
  CHECK(index.named("desk").empty());
  CHECK_FALSE(index.any_closed());
  index.remove({2}, "6001", "6001", false);
  CHECK(index.named("6001").empty());
}

TEST_CASE("AccountIndex keeps a registrar's address until each account that has added it has removed it") {
  sip::AccountIndex index;
  const auto here = address("192.0.2.1", 0).ip, there = address("192.0.2.2", 0).ip;
  index.add_registrar(here);
  index.add_registrar(here);
  index.remove_registrar(here);
  index.remove_registrar(there);
  CHECK(index.is_registrar(here));
  CHECK_FALSE(index.is_registrar(there));
  index.remove_registrar(here);
  CHECK_FALSE(index.is_registrar(here));
}

TEST_CASE("any_closed() returns true if at least one account accepts calls only from its registrar") {
  sip::AccountIndex index;
  index.add({1}, "a", "a", false);
  CHECK_FALSE(index.any_closed());
  index.add({2}, "b", "b", true);
  CHECK(index.any_closed());
}
