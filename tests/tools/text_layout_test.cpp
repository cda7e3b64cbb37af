#include <offhook/tools/text_layout.hpp>

#include <doctest/doctest.h>

using namespace offhook::tools;

TEST_CASE("filled fills words into lines that use at most the width") {
  CHECK(filled("one two three", 13) == "one two three");
  CHECK(filled("one two three", 12) == "one two\nthree");
  CHECK(filled("one two three", 7) == "one two\nthree");
  CHECK(filled("one two three", 6) == "one\ntwo\nthree");
  CHECK(filled(" one \n  two ", 40) == "one two");
  CHECK(filled("", 40).empty());
}

TEST_CASE("filled does not break a word that is wider than its line") { CHECK(filled("a unbreakable b", 5) == "a\nunbreakable\nb"); }

TEST_CASE("filled counts two columns for a wide character [UAX 11]") {
  CHECK(filled("\xe4\xbd\xa0\xe5\xa5\xbd x", 6) == "\xe4\xbd\xa0\xe5\xa5\xbd x");
  CHECK(filled("\xe4\xbd\xa0\xe5\xa5\xbd x", 5) == "\xe4\xbd\xa0\xe5\xa5\xbd\nx");
}

TEST_CASE("filled indents the following lines of an indented text") { CHECK(filled("one two three", 11, 4) == "one two\n    three"); }

TEST_CASE("two_columns writes a meaning beside its name, and below a name that is too long") {
  CHECK(two_columns("run", "Answer calls", 8, 80) == "  run   Answer calls\n");
  CHECK(two_columns("runs", "Answer calls", 8, 80) == "  runs  Answer calls\n");
  CHECK(two_columns("runs1", "Answer calls", 8, 80) == "  runs1\n        Answer calls\n");
  CHECK(two_columns("run", "Answer calls", 8, 14) == "  run   Answer\n        calls\n");
  CHECK(two_columns("run", "", 8, 80) == "  run\n");
}

TEST_CASE("laid_out fills the paragraphs of a help text, and keeps the empty lines between them") {
  CHECK(laid_out("one two\nthree\n\nfour\nfive", 13) == "one two three\n\nfour five");
  CHECK(laid_out("one two\nthree\n", 80) == "one two three\n");
}

TEST_CASE("laid_out indents the meaning of an example to its own column, or below the example if the width is too small") {
  const char* text = "Examples:\n  offhook calls k3x9      that one, with what was said in it";
  CHECK(laid_out(text, 80) == text);
  CHECK(laid_out(text, 50) == "Examples:\n  offhook calls k3x9      that one, with what was\n                          said in it");
  CHECK(laid_out(text, 49) == "Examples:\n  offhook calls k3x9\n      that one, with what was said in it");
}

TEST_CASE("laid_out does not break a command, so that a user can copy it") {
  const char* command = "  offhook calls --json --last 0 | jq -r .id";
  CHECK(laid_out(command, 20) == command);
}
