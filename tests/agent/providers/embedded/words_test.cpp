#include <offhook/agent/providers/embedded/words.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::agent::embedded;

TEST_CASE("split_words keeps apostrophes within words, and converts digits to words") {
  CHECK(split_words("That's RIGHT, call 42!") == std::vector<std::string>{"that's", "right", "call", "four", "two"});
  CHECK(split_words(" 'twas dogs' ") == std::vector<std::string>{"twas", "dogs"});
  CHECK(split_words("\xff\x01 ,.").empty());
}

TEST_CASE("split_sentences divides a text after the marks that end a sentence") {
  CHECK(split_sentences("Hello. How are you? 3.5 is fine!") == std::vector<std::string>{"Hello.", "How are you?", "3.5 is fine!"});
  CHECK(split_sentences("no mark") == std::vector<std::string>{"no mark"});
  CHECK(split_sentences("  ").empty());
  CHECK(split_sentences("We close at 5 p.m. on Friday. Bye.") == std::vector<std::string>{"We close at 5 p.m. on Friday.", "Bye."});
  CHECK(split_sentences("Take bus No. 5.") == std::vector<std::string>{"Take bus No. 5."});
}

TEST_CASE("stem maps the forms of a word to one stem") {
  for (const std::string word : {"open", "opens", "opened", "opening"}) CHECK(stem(word) == "open");
  CHECK(stem("closing") == stem("close"));
  CHECK(stem("parking") == stem("park"));
  CHECK(stem("address") == "address");
  CHECK(stem("is") == "is");
  CHECK(stem("bring") == "bring");
  CHECK(stem("cities") == stem("city"));
}
