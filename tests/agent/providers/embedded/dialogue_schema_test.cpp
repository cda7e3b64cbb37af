#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/dialogue_schema.hpp>
#include <offhook/tests/testkit/json_schema.hpp>
#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace offhook::agent::embedded;
using Json = nlohmann::json;
using offhook_test::JsonSchema;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Appends to `out` the JSON pointers of `here` and of all values below it. Of a list, uses only the first two entries.
void collect_places(const Json& document, const Json::json_pointer& here, std::vector<Json::json_pointer>& out) {
  out.push_back(here);
  if (document.is_object()) {
    for (const auto& [name, value] : document.items()) collect_places(value, here / name, out);
  } else if (document.is_array()) {
    for (std::size_t i = 0; i < document.size() && i < 2; ++i) collect_places(document[i], here / i, out);
  }
}

/// Returns a dialogue that has each member of the dialogue format at least once.
Json full() {
  return Json::parse(R"({"$schema": "dialogue.schema.json", "name": "full", "greeting": ["Hello."], "goodbye": ["Bye."],
    "intents": [{"name": "hours", "examples": ["when are you open"], "replies": ["Always."], "key": "1", "anywhere": true,
                 "wish": "our hours", "confirm": "always"},
                {"name": "call_back", "examples": ["call me"], "replies": ["We call {number}."], "slots": ["number"], "action": {"do": "hang_up"}},
                {"name": "person", "examples": ["a person"], "replies": ["One moment."], "action": {"do": "transfer", "to": "100"}},
                {"name": "again", "examples": ["again"], "action": {"do": "repeat"}}],
    "slots": {"number": {"type": "digits", "min_digits": 3, "max_digits": 9}},
    "states": [{"slot": "number", "ask": ["Which?"], "grounding": "explicit", "confirm": ["{number}?"], "keys": ["Press."],
                "then": {"do": "transfer", "to": "9"}, "retry": ["Again.", "Once more."], "retries": 2, "give_up": ["Sorry."]}],
    "faq": [{"questions": ["do you rent"], "answer": "Yes.", "wish": "to rent"}],
    "fallback": {"again": ["What?"], "menu": ["Press 1."], "last": ["Sorry."]},
    "confirm_wish": ["You want {wish}?"], "denied": ["Oh."], "yes_no_help": ["Yes or no?"], "intent_sure": 0.7, "confidence_sure": 0.6,
    "silence": ["Hello?"], "handoff": {"say": ["Wait."], "to": "100"}, "intent_threshold": 0.5, "confidence_threshold": 0.3,
    "pronunciations": {"boulangerie": "B UW L AA N ZH ER IY"}})");
}

}  // namespace

TEST_CASE("share/dialogue.schema.json matches the source (offhook schema dialogue > share/dialogue.schema.json)") {
  CHECK(content("share/dialogue.schema.json") == dialogue_schema_text());
}

TEST_CASE("The shipped dialogues fit the schema [JSON Schema draft 7, by valijson]") {
  const JsonSchema schema(dialogue_schema_text());
  CHECK(schema.accepts(Json::parse(content("share/dialogues/receptionist.json"))));
  CHECK(schema.accepts(full()));
  const auto parsed = parse_dialogue(full().dump());
  CHECK_MESSAGE(parsed, parsed.error().detail);
}

TEST_CASE("The schema accepts each document that the parser accepts, and refuses most documents that the parser refuses") {
  // By default, each place of the document gets every third of the values, and neighbours get different ones. In `./dev test --full`, it gets all.
  const std::size_t step = offhook_test::sample_step(3);
  const JsonSchema schema(dialogue_schema_text());
  const Json whole = full();
  std::vector<Json::json_pointer> places;
  collect_places(whole, Json::json_pointer(), places);
  std::vector<Json> values{nullptr, true, 0, 1, 3, 21, -1, 0.5, 2.5, "", "x", "X Y", "hang_up", "menu", "transfer", "digits", "*", "a\nb", "\xc3\xbc",
                           std::string(kMaxPhraseBytes, 'x'), std::string(kMaxPhraseBytes + 1, 'x'), Json::array(), {"x"}, {1}, Json::object()};
  values.emplace_back(std::vector<std::string>(kMaxPhrases, "x"));
  values.emplace_back(std::vector<std::string>(kMaxPhrases + 1, "x"));
  std::size_t both = 0, neither = 0, parser_alone = 0, index = 0;
  const auto compare = [&](const Json& document) {
    const bool ours = parse_dialogue(document.dump()).has_value(), theirs = schema.accepts(document);
    CAPTURE(document.dump());
    CHECK((theirs || !ours));
    (ours ? both : theirs ? parser_alone : neither) += 1;
  };
  for (const auto& place : places) {
    for (const Json& value : values) {
      if (++index % step != 0) continue;
      Json changed = whole;
      changed[place] = value;
      compare(changed);
    }
    if (whole.at(place).is_object()) {
      Json more = whole;
      more[place]["unknown"] = 1;
      compare(more);
    }
    if (!place.empty()) compare(whole.patch(Json::array({{{"op", "remove"}, {"path", place.to_string()}}})));
  }
  MESSAGE(both << " accepted by both, " << neither << " refused by both, " << parser_alone << " refused by the parser alone");
  CHECK(both * step > 100);
  CHECK(neither * step > 1000);
  CHECK(parser_alone * 5 < neither);  // Only the parser refuses, for example, references to missing names.
}
