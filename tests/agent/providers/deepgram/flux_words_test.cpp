#include <offhook/agent/providers/deepgram/flux_words.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent::deepgram;

TEST_CASE("count_words() counts the words between blanks, and after_words() returns the text after a number of words") {
  CHECK(count_words("") == 0);
  CHECK(count_words("  ") == 0);
  CHECK(count_words(" one  two ") == 2);
  CHECK(after_words("one two", 0) == "one two");
  CHECK(after_words(" one  two", 1) == "two");
  CHECK(after_words("one two", 2) == "");
  CHECK(after_words("", 1) == "");
}
