#include <offhook/agent/providers/embedded/yes_no.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook::agent::embedded;

TEST_CASE("understand_yes_no understands each phrase of yes_no_phrases as yes or no, except the last kNeitherPhrases") {
  const auto& phrases = yes_no_phrases();
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    CAPTURE(phrases[i]);
    CHECK((understand_yes_no(phrases[i]) == YesNo::Neither) == (i + kNeitherPhrases >= phrases.size()));
  }
}

TEST_CASE("understand_yes_no understands several forms of yes and no. A negation makes an answer a no, except in phrases such as \"no problem\" and \"not sure\"") {
  for (const std::string yes : {"yes that's right", "yeah", "yup", "sure", "correct", "Right.", "exactly", "of course", "you got it", "no problem", "why not"}) {
    CAPTURE(yes);
    CHECK(understand_yes_no(yes) == YesNo::Yes);
  }
  for (const std::string no : {"no", "nope", "nah", "that's wrong", "that is not right", "it isn't", "no no that is correct", "certainly not", "not quite"}) {
    CAPTURE(no);
    CHECK(understand_yes_no(no) == YesNo::No);
  }
  for (const std::string neither : {"", "what", "i'm not sure", "i don't know", "five five five", "it is", "of the course"}) {
    CAPTURE(neither);
    CHECK(understand_yes_no(neither) == YesNo::Neither);
  }
}

TEST_CASE("is_denial is true for a text that says that something is wrong, and false for a no alone") {
  for (const std::string denial : {"that's wrong", "no that is not right", "incorrect", "that is not correct"}) CHECK(is_denial(denial));
  for (const std::string other : {"no", "no thank you", "right", "that is correct", "not now"}) CHECK_FALSE(is_denial(other));
}
