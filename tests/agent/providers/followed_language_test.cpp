#include <offhook/agent/providers/followed_language.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("FollowedLanguage uses the last heard language that is a candidate, in the spelling of the candidate") {
  FollowedLanguage language{.candidates = {"en-GB", "de", "nb-NO"}, .heard = std::make_shared<std::string>()};
  CHECK(language.now() == "en-GB");
  language.note("DE-at");
  CHECK(language.now() == "de");
  language.note("fr");
  CHECK(language.now() == "de");
  language.note("no");  // Recognisers report "no" for both written forms of Norwegian.
  CHECK(language.now() == "nb-NO");
  language.note("");
  CHECK(language.now() == "nb-NO");
}
