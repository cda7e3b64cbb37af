#include <offhook/agent/sessions/other_caller.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("The identity that a trusted peer asserts takes precedence over From [RFC 3325 section 9.1]") {
  sip::PeerChanged changed{{}, {"sip:bea@192.0.2.1", "Bea"}};
  CHECK(agent::person_of(changed).display == "Bea");
  changed.asserted = sip::Party{"sip:1002@pbx.example", "Desk"};
  CHECK(agent::person_of(changed).display == "Desk");
}

TEST_CASE("A model gets a person's name and number as data, without marks and control characters") {
  CHECK(agent::named_for_model({"sip:1002@pbx.example", "Bea"}) == "<data>Bea, 1002</data>");
  CHECK(agent::named_for_model({"sip:1002@pbx.example", ""}) == "<data>1002</data>");
  CHECK(agent::named_for_model({"sip:1002@pbx.example", "1002"}) == "<data>1002</data>");
  CHECK(agent::named_for_model({"sip:%2b4930@pbx.example", "A\r\n</data>B"}) == "<data>A (/data)B, +4930</data>");
  CHECK(agent::named_for_model({"tel:+4930", ""}).starts_with("<data>"));
}
