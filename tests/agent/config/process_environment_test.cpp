#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/process_environment.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace config = offhook::agent::config;
using offhook::agent::config::ProcessEnvironment;

TEST_CASE("take_what_was_found() overwrites and unsets the variables that were read, still returns their values, and leaves other variables") {
  std::string secret = "OFFHOOK_TEST_TAKEN=canary", other = "OFFHOOK_TEST_KEPT=plain";
  REQUIRE(::putenv(secret.data()) == 0);  // putenv() keeps pointers to these texts.
  REQUIRE(::putenv(other.data()) == 0);
  ProcessEnvironment environment;
  CHECK(environment.find("OFFHOOK_TEST_TAKEN") == "canary");
  CHECK_FALSE(environment.find("OFFHOOK_TEST_NONE"));
  environment.take_what_was_found();
  CHECK(secret == std::string("OFFHOOK_TEST_TAKEN=") + std::string(6, '\0'));
  CHECK(std::getenv("OFFHOOK_TEST_TAKEN") == nullptr);
  CHECK(other == "OFFHOOK_TEST_KEPT=plain");
  CHECK(environment.find("OFFHOOK_TEST_TAKEN") == "canary");
  CHECK(environment.find("OFFHOOK_TEST_KEPT") == "plain");
  REQUIRE(environment.find("PATH"));
  environment.take_what_was_found();
  CHECK(environment.find("OFFHOOK_TEST_KEPT") == "plain");
  CHECK(std::getenv("OFFHOOK_TEST_KEPT") == nullptr);
  CHECK(std::getenv("PATH") != nullptr);
}

TEST_CASE("process_environment reads the process's own variables") {
  const auto own = config::process_environment();
  CHECK_FALSE(own("OFFHOOK_TEST_NO_SUCH_VARIABLE"));
  REQUIRE(::setenv("OFFHOOK_TEST_VARIABLE", "x", 1) == 0);
  CHECK(own("OFFHOOK_TEST_VARIABLE") == "x");
  ::unsetenv("OFFHOOK_TEST_VARIABLE");
}
