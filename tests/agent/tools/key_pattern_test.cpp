#include <offhook/agent/tools/key_pattern.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::tools;

TEST_CASE("A pattern of keys matches the whole sequence, and X in it is one digit") {
  CHECK(fits_keys("*1", "*1"));
  CHECK_FALSE(fits_keys("*1", "*11"));
  CHECK_FALSE(fits_keys("*1", "*"));
  CHECK(fits_keys("XXXX#", "4711#"));
  CHECK_FALSE(fits_keys("XXXX#", "471#"));
  CHECK_FALSE(fits_keys("X#", "*#"));
  CHECK_FALSE(fits_keys("X#", "A#"));
  CHECK_FALSE(fits_keys("#", ""));
}

TEST_CASE("A pattern of keys has at least one key that is not a digit, and only keys") {
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

TEST_CASE("A pattern of keys has at most kMaxKeys keys") {
  CHECK(is_key_pattern(std::string(kMaxKeys, '#')));
  CHECK_FALSE(is_key_pattern(std::string(kMaxKeys + 1, '#')));
}
