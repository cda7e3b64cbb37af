#include <offhook/agent/tools/key_pattern.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::tools;

TEST_CASE("A key pattern must match the whole sequence of keys, and X in a pattern matches one digit") {
  CHECK(fits_keys("*1", "*1"));
  CHECK_FALSE(fits_keys("*1", "*11"));
  CHECK_FALSE(fits_keys("*1", "*"));
  CHECK(fits_keys("XXXX#", "4711#"));
  CHECK_FALSE(fits_keys("XXXX#", "471#"));
  CHECK_FALSE(fits_keys("X#", "*#"));
  CHECK_FALSE(fits_keys("X#", "A#"));
  CHECK_FALSE(fits_keys("#", ""));
}

TEST_CASE("is_key_pattern accepts only keys and X, of which at least one is neither a digit nor X") {
  for (const char* pattern : {"", "1", "X", "1234", "#,1", "# 1", "a", "E#", "+#", "*!"}) {
    CAPTURE(pattern);
    CHECK_FALSE(is_key_pattern(pattern));
    CHECK_FALSE(fits_keys(pattern, pattern));
  }
  for (const char* pattern : {"#", "*", "A", "D1", "*72", "X*X"}) {
    CAPTURE(pattern);
    CHECK(is_key_pattern(pattern));
  }
}

TEST_CASE("is_key_pattern accepts at most kMaxKeys keys") {
  CHECK(is_key_pattern(std::string(kMaxKeys, '#')));
  CHECK_FALSE(is_key_pattern(std::string(kMaxKeys + 1, '#')));
}
