#include <offhook/agent/setup/host_trial.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("try_host() accepts an address without a look-up, and finds the address of a name") {
  const auto never = [] { return false; };
  const auto address = setup::try_host("192.0.2.1", never);
  CHECK(address.good);
  CHECK(address.what == "192.0.2.1 is found");
  const auto name = setup::try_host("localhost", never);
  CHECK(name.good);
  CHECK(name.what.starts_with("localhost is found at "));
}

TEST_CASE("try_host ends when the person interrupts it") {
  int asked = 0;
  const auto found = setup::try_host("pbx.invalid", [&asked] { return ++asked == 1; });
  CHECK_FALSE(found.good);
  CHECK(found.what.starts_with("pbx.invalid is not found"));
  CHECK(asked <= 1);
}
