#include <offhook/agent/providers/utf8.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("What is not seen of a text, or turns it around, is shown by its number") {
  CHECK(visible_utf8("").empty());
  CHECK(visible_utf8("Adds two numbers. Gr\xc3\xb6\xc3\x9f" "e, \xe6\x97\xa5.") == "Adds two numbers. Gr\xc3\xb6\xc3\x9f" "e, \xe6\x97\xa5.");
  CHECK(visible_utf8("a\x1b[31mb\x7f") == "a\\u{1b}[31mb\\u{7f}");
  CHECK(visible_utf8("\xc2\x9b" "31m") == "\\u{9b}31m");                                        // a control of eight bits: CSI
  CHECK(visible_utf8("safe\xe2\x80\xae" "elif\xe2\x80\x8b") == "safe\\u{202e}elif\\u{200b}");  // read from right to left, and no width
  CHECK(visible_utf8("\xf3\xa0\x81\xa9") == "\\u{e0069}");                                     // a tag: models read it, people do not
  CHECK(visible_utf8("\xf0\x9d\x85\xb3\xe2\xa0\x80") == "\\u{1d173}\\u{2800}");
  CHECK(visible_utf8("\xff\xc3") == "\\x{ff}\\x{c3}");
}
