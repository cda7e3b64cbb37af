#include <offhook/tools/text_layout.hpp>

#include <doctest/doctest.h>

using namespace offhook::tools;

TEST_CASE("Words are filled into lines, which may take all of the width and not one column more") {
  CHECK(filled("one two three", 13) == "one two three");
  CHECK(filled("one two three", 12) == "one two\nthree");
  CHECK(filled("one two three", 7) == "one two\nthree");
  CHECK(filled("one two three", 6) == "one\ntwo\nthree");
  CHECK(filled(" one \n  two ", 40) == "one two");
  CHECK(filled("", 40).empty());
}

TEST_CASE("A word that is wider than its line is not broken") { CHECK(filled("a unbreakable b", 5) == "a\nunbreakable\nb"); }

TEST_CASE("A wide character takes two columns [UAX 11]") {
  CHECK(filled("\xe4\xbd\xa0\xe5\xa5\xbd x", 6) == "\xe4\xbd\xa0\xe5\xa5\xbd x");
  CHECK(filled("\xe4\xbd\xa0\xe5\xa5\xbd x", 5) == "\xe4\xbd\xa0\xe5\xa5\xbd\nx");
}

TEST_CASE("An indented text keeps its column") { CHECK(filled("one two three", 11, 4) == "one two\n    three"); }

TEST_CASE("A meaning stands beside its name, and under a name that is too long") {
  CHECK(two_columns("run", "Answer calls", 8, 80) == "  run   Answer calls\n");
  CHECK(two_columns("runs", "Answer calls", 8, 80) == "  runs  Answer calls\n");
  CHECK(two_columns("runs1", "Answer calls", 8, 80) == "  runs1\n        Answer calls\n");
  CHECK(two_columns("run", "Answer calls", 8, 14) == "  run   Answer\n        calls\n");
  CHECK(two_columns("run", "", 8, 80) == "  run\n");
}

TEST_CASE("Paragraphs of a help text are filled anew, and an empty line parts them") {
  CHECK(laid_out("one two\nthree\n\nfour\nfive", 13) == "one two three\n\nfour five");
  CHECK(laid_out("one two\nthree\n", 80) == "one two three\n");
}

TEST_CASE("The meaning of an example hangs in its own column, or under the example where that is too narrow") {
  const char* text = "Examples:\n  offhook calls k3x9      that one, with what was said in it";
  CHECK(laid_out(text, 80) == text);
  CHECK(laid_out(text, 50) == "Examples:\n  offhook calls k3x9      that one, with what was\n                          said in it");
  CHECK(laid_out(text, 49) == "Examples:\n  offhook calls k3x9\n      that one, with what was said in it");
}

TEST_CASE("A command is not broken: it is there to be copied") {
  const char* command = "  offhook calls --json --last 0 | jq -r .id";
  CHECK(laid_out(command, 20) == command);
}
