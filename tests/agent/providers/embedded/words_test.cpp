#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace offhook::agent::embedded;

TEST_CASE("split_words keeps apostrophes inside words, and makes words of digits") {
  CHECK(split_words("That's RIGHT, call 42!") == std::vector<std::string>{"that's", "right", "call", "four", "two"});
  CHECK(split_words(" 'twas dogs' ") == std::vector<std::string>{"twas", "dogs"});
  CHECK(split_words("\xff\x01 ,.").empty());
}

TEST_CASE("split_sentences splits after marks that end one") {
  CHECK(split_sentences("Hello. How are you? 3.5 is fine!") == std::vector<std::string>{"Hello.", "How are you?", "3.5 is fine!"});
  CHECK(split_sentences("no mark") == std::vector<std::string>{"no mark"});
  CHECK(split_sentences("  ").empty());
}

TEST_CASE("stem lets the forms of a word meet") {
  for (const std::string word : {"open", "opens", "opened", "opening"}) CHECK(stem(word) == "open");
  CHECK(stem("closing") == stem("close"));
  CHECK(stem("parking") == stem("park"));
  CHECK(stem("address") == "address");
  CHECK(stem("is") == "is");
  CHECK(stem("bring") == "bring");
  CHECK(stem("cities") == stem("city"));
}

TEST_CASE("spoken_digits understands oh, double and triple, and skips all else") {
  CHECK(spoken_digits("five five five one two three four") == "5551234");
  CHECK(spoken_digits("my number is oh double seven, triple nine zero") == "0779990");
  CHECK(spoken_digits("double trouble five") == "5");
  CHECK(spoken_digits("nothing here").empty());
}

TEST_CASE("A number that is read back is understood as itself") {
  CHECK(read_digits("5551234") == "five five five, one two three, four");
  CHECK(spoken_digits(read_digits("0123456789")) == "0123456789");
  CHECK(read_digits("").empty());
}

TEST_CASE("Yes and no are told apart, and a not decides") {
  for (const std::string& phrase : yes_no_phrases()) CHECK(understand_yes_no(phrase) != YesNo::Neither);
  CHECK(understand_yes_no("yes that's right") == YesNo::Yes);
  CHECK(understand_yes_no("that is not right") == YesNo::No);
  CHECK(understand_yes_no("no") == YesNo::No);
  CHECK(understand_yes_no("what") == YesNo::Neither);
}

TEST_CASE("The phrases of a number hold every digit after every other") {
  std::set<std::string> pairs;
  for (const std::string& phrase : digit_phrases(3, 15)) {
    const auto words = split_words(phrase);
    for (std::size_t i = 1; i < words.size(); ++i) pairs.insert(words[i - 1] + words[i]);
    CHECK(spoken_digits(phrase).size() >= 3);
  }
  for (char a = '0'; a <= '9'; ++a) {
    for (char b = '0'; b <= '9'; ++b) CHECK(pairs.contains(std::string(digit_word(a)) + std::string(digit_word(b))));
  }
}

TEST_CASE("spoken_form reads telephone numbers digit by digit and leaves small numbers to the voice") {
  CHECK(spoken_form("Call 555-0134.") == "Call five five five, zero one three, four.");
  CHECK(spoken_form("Dial +49 now") == "Dial plus four nine now");
  CHECK(spoken_form("at 9:30, 10:00 or 8:05") == "at 9 30, 10 o'clock or 8 oh 5");
  CHECK(spoken_form("press 1, 20 times for $5.50") == "press 1, 20 times for $5.50");
  CHECK(spoken_form("in 2025?") == "in 2025?");
  CHECK(spoken_form("fish & chips") == "fish and chips");
  CHECK(spoken_form(" ... ") == "...");
}
