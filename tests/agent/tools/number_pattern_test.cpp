#include <offhook/agent/tools/number_pattern.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::tools;

TEST_CASE("plain_number removes blanks, dashes, points and brackets from a number") {
  CHECK(plain_number("+49 (30) 123-45.6") == "+4930123456");
  CHECK(plain_number("6001") == "6001");
}

TEST_CASE("plain_number refuses text that has more than a number, or non-ASCII digits") {
  for (const char* written : {"",
                              "+",
                              " - ",
                              "*72",
                              "#31#123",
                              "12a",
                              "49+30",
                              "++49",
                              "1;phone-context=evil",
                              "sip:1@x",
                              "tel:123",
                              "1,2",
                              "1/2",
                              "12\n3",
                              "\xd9\xa1\xd9\xa2\xd9\xa3",
                              "\xef\xbc\x91\xef\xbc\x92",
                              "1\xc2\xa0"
                              "2",
                              "1\xe2\x80\x8b"
                              "2",
                              "0x1F",
                              "1e9"}) {
    CAPTURE(written);
    CHECK_FALSE(plain_number(written));
  }
  CHECK_FALSE(
      plain_number(std::string_view("12\0"
                                    "3",
                                    4)));
}

TEST_CASE("plain_number accepts at most kMaxNumberDigits digits, and text of at most kMaxNumberBytes octets") {
  CHECK(plain_number(std::string(kMaxNumberDigits, '1')));
  CHECK_FALSE(plain_number(std::string(kMaxNumberDigits + 1, '1')));
  CHECK(plain_number("1" + std::string(kMaxNumberBytes - 1, ' ')));
  CHECK_FALSE(plain_number("1" + std::string(kMaxNumberBytes, ' ')));
}

TEST_CASE("A number pattern must match the whole number, or the beginning of the number if the pattern ends with a star") {
  CHECK(fits("6001", "6001"));
  CHECK_FALSE(fits("6001", "60011"));
  CHECK_FALSE(fits("6001", "600"));
  CHECK(fits("60XX", "6042"));
  CHECK_FALSE(fits("60XX", "604"));
  CHECK(fits("+4930*", "+4930"));
  CHECK(fits("+4930*", "+49301234567"));
  CHECK_FALSE(fits("+4930*", "+4940123"));
  CHECK_FALSE(fits("+4930*", "4930123"));
  CHECK_FALSE(fits("60X*", "60+"));
}

TEST_CASE("is_number_pattern refuses a pattern that would match every number. An invalid pattern matches no number") {
  for (const char* pattern : {"", "*", "+", "+*", "X", "X*", "+X*", "60*1", "60**", "6 0", "a"}) {
    CAPTURE(pattern);
    CHECK_FALSE(is_number_pattern(pattern));
    CHECK_FALSE(fits(pattern, "6001"));
  }
}
