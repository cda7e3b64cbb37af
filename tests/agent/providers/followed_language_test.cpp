#include <offhook/agent/providers/followed_language.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("What was heard is followed where it is one of those that callers may speak, as it is written there") {
  FollowedLanguage language{.candidates = {"en-GB", "de", "nb-NO"}, .heard = std::make_shared<std::string>()};
  CHECK(language.now() == "en-GB");
  language.note("DE-at");
  CHECK(language.now() == "de");
  language.note("fr");
  CHECK(language.now() == "de");
  language.note("no");  // Recognisers say so of both ways to write Norwegian.
  CHECK(language.now() == "nb-NO");
  language.note("");
  CHECK(language.now() == "nb-NO");
}
