#include <offhook/agent/support/language_tag.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;

TEST_CASE("is_same_language() compares only the primary subtags of language tags, in any spelling [RFC 5646 section 2.2.1]") {
  CHECK(primary_language("pt-BR") == "pt");
  CHECK(primary_language("PT_BR") == "PT");
  CHECK(primary_language("yue-Hant-HK") == "yue");
  CHECK(primary_language("de") == "de");
  CHECK(primary_language("").empty());
  CHECK(is_same_language("DE-at", "de"));
  CHECK_FALSE(is_same_language("de", "den"));
  CHECK_FALSE(is_same_language("de", ""));
}
