#include <offhook/agent/providers/embedded/heard_number.hpp>
#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/agent/providers/embedded/words.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace offhook::agent::embedded;

TEST_CASE("heard_digits understands oh, double, triple and hundred, and skips other words") {
  CHECK(heard_digits("five five five one two three four") == "5551234");
  CHECK(heard_digits("my number is oh double seven, triple nine zero") == "0779990");
  CHECK(heard_digits("eight hundred five five five") == "800555");
  CHECK(heard_digits("two thousand") == "2000");
  CHECK(heard_digits("hundred five") == "5");
  CHECK(heard_digits("double trouble five") == "5");
  CHECK(heard_digits("nothing here").empty());
  CHECK(heard_digits("5551234") == "5551234");
}

TEST_CASE("heard_digits understands the words of read_digits as the same number") {
  for (const std::string number : {"0", "42", "555", "5551234", "0123456789", "18005550134", "493012345678901"})
    CHECK(heard_digits(read_digits(number)) == number);
}

TEST_CASE("without_digits keeps the words around a number") {
  CHECK(without_digits("call me back at double five eight hundred please") == "call me back at please");
}

TEST_CASE("heard_number applies a correction within an utterance: the corrected digits replace as many last digits of the number before") {
  CHECK(heard_number("five five five no five five six one two three four", 7) == "5561234");
  CHECK(heard_number("five five five one two three four no five", 3) == "5551235");
  CHECK(heard_number("one two three four sorry one two four four", 3) == "1244");
  CHECK(heard_number("one two i mean one three", 4) == "13");
  CHECK(heard_number("no it's five five six", 3) == "556");
  CHECK(heard_number("one two three no", 3) == "123");
  CHECK(heard_number("", 3).empty());
  CHECK(heard_number("one two three no four no five", 3) == "125");
}

TEST_CASE("corrected_number replaces the most similar group of the same length, and otherwise takes the correction as the whole number") {
  CHECK(corrected_number("5551234", "556", 3, 15) == "5561234");
  CHECK(corrected_number("5551234", "1235", 3, 15) == "5551235");
  CHECK(corrected_number("5551234", "5561234", 3, 15) == "5561234");
  CHECK(corrected_number("5551234", "99", 2, 15) == "99");
  CHECK(corrected_number("5551234", "987", 3, 15) == "987");  // 987 has nothing in common with a group.
  CHECK(corrected_number("5551234", "9074", 3, 15) == "9074");  // 9074 has too little in common with a group.
  CHECK_FALSE(corrected_number("5551234", "555", 3, 15));     // The number is unchanged.
  CHECK_FALSE(corrected_number("5551234", "5551234", 3, 15));
  CHECK_FALSE(corrected_number("5551234", "", 3, 15));
  CHECK_FALSE(corrected_number("123", "12345", 3, 4));
}

TEST_CASE("Except for special forms, number_phrases has each sequence of three digit words exactly once") {
  std::map<std::string, int> triples;
  for (const std::string& phrase : number_phrases()) {
    CHECK(heard_digits(phrase).size() >= 2);
    const auto words = split_words(phrase);
    if (words.size() < 3 || phrase.find("double") != std::string::npos || phrase.find("triple") != std::string::npos ||
        phrase.find("hundred") != std::string::npos || phrase.find(" is ") != std::string::npos || phrase.find("it's") != std::string::npos)
      continue;
    for (std::size_t i = 2; i < words.size(); ++i) ++triples[words[i - 2] + ' ' + words[i - 1] + ' ' + words[i]];
  }
  CHECK(triples.size() == 11 * 11 * 11);
  for (const auto& [triple, times] : triples) CHECK(times == 1);
}

TEST_CASE("heard_number finds a number in each phrase of correction_phrases") {
  for (const std::string& phrase : correction_phrases()) CHECK_FALSE(heard_number(phrase, 1).empty());
}
