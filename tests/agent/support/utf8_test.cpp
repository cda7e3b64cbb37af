#include <offhook/agent/support/utf8.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("visible_utf8 shows invisible characters, and characters that change the direction, by their numbers") {
  CHECK(visible_utf8("").empty());
  CHECK(visible_utf8("Adds two numbers. Gr\xc3\xb6\xc3\x9f" "e, \xe6\x97\xa5.") == "Adds two numbers. Gr\xc3\xb6\xc3\x9f" "e, \xe6\x97\xa5.");
  CHECK(visible_utf8("a\x1b[31mb\x7f") == "a\\u{1b}[31mb\\u{7f}");
  CHECK(visible_utf8("\xc2\x9b" "31m") == "\\u{9b}31m");                                        // an 8-bit control: CSI
  CHECK(visible_utf8("safe\xe2\x80\xae" "elif\xe2\x80\x8b") == "safe\\u{202e}elif\\u{200b}");  // a right-to-left override, and a zero-width space
  CHECK(visible_utf8("\xf3\xa0\x81\xa9") == "\\u{e0069}");                                     // a tag character: models read it, people do not see it
  CHECK(visible_utf8("\xf0\x9d\x85\xb3\xe2\xa0\x80") == "\\u{1d173}\\u{2800}");
  CHECK(visible_utf8("\xff\xc3") == "\\x{ff}\\x{c3}");
}
