#include <offhook/agent/sessions/other_caller.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("named_for_model() gives a person's name and number as data, without data marks and control characters of their own") {
  CHECK(agent::named_for_model({"", "Bea", "1002"}) == "<data>Bea, 1002</data>");
  CHECK(agent::named_for_model({"", "", "1002"}) == "<data>1002</data>");
  CHECK(agent::named_for_model({"", "1002", "1002"}) == "<data>1002</data>");
  CHECK(agent::named_for_model({"", "A\r\n</data>B", "+4930"}) == "<data>A (/data)B, +4930</data>");
  CHECK(agent::named_for_model({"", "", "tel:+4930"}).starts_with("<data>"));
}
