#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace offhook::agent::embedded;

namespace {

std::string small_dialogue(const std::string& intent_extra = "", const std::string& extra = "") {
  return R"({"name": "small", "greeting": ["Hello."], "goodbye": ["Bye."],
    "intents": [{"name": "hours", "examples": ["when are you open"], "replies": ["Always."])" + intent_extra + R"(}],
    "fallback": {"again": ["What?"], "menu": ["Press 1."], "last": ["Sorry."]})" + extra + "}";
}

std::string why_refused(const std::string& json) {
  const auto parsed = parse_dialogue(json);
  return parsed ? "accepted" : parsed.error().detail;
}

const std::string kForm = R"(, "slots": {"number": {"type": "digits", "min_digits": 3, "max_digits": 9}},
  "states": [{"slot": "number", "ask": ["Which?"], "confirm": ["{number}?"], "retry": ["Again."], "give_up": ["Sorry."]}])";

}  // namespace

TEST_CASE("The shipped receptionist is a valid dialogue, in which the caller can reach a person and end the call") {
  const auto dialogue = load_dialogue("share/dialogues/receptionist.json");
  REQUIRE_MESSAGE(dialogue, dialogue.error().detail);
  bool hangs_up = false, transfers = false, asks = false;
  for (const Intent& intent : dialogue->intents) {
    hangs_up = hangs_up || intent.action.what == DialogueAction::What::HangUp;
    transfers = transfers || (intent.key == '0' && intent.action.what == DialogueAction::What::Transfer);
    asks = asks || !intent.slots.empty();
  }
  CHECK(hangs_up);
  CHECK(transfers);
  CHECK(asks);
  CHECK_FALSE(dialogue->handoff_number.empty());
}

TEST_CASE("parse_dialogue accepts a minimal dialogue and sets the defaults") {
  const auto dialogue = parse_dialogue(small_dialogue());
  REQUIRE_MESSAGE(dialogue, dialogue.error().detail);
  CHECK(dialogue->intent_threshold == doctest::Approx(0.45));
  CHECK(dialogue->handoff_number.empty());
}

TEST_CASE("parse_dialogue refuses a wrong dialogue, and names the place of the fault") {
  CHECK(why_refused(small_dialogue(R"(, "exampels": [])")) == "/intents/0/exampels is not a known key");
  CHECK(why_refused(small_dialogue("", R"(, "colour": 1)")) == "/colour is not a known key");
  CHECK(why_refused(small_dialogue(R"(, "action": {"do": "fly"})")).starts_with("/intents/0/action/do must be hang_up"));
  CHECK(why_refused(small_dialogue(R"(, "action": {"do": "transfer"})")) == R"(/intents/0/action lacks "to")");
  CHECK(why_refused(small_dialogue(R"(, "action": {"do": "hang_up", "to": "1"})")).starts_with("/intents/0/action/to belongs"));
  CHECK(why_refused(small_dialogue(R"(, "action": {"do": "transfer", "to": "1\r\nX"})")).starts_with("/intents/0/action/to must be"));
  CHECK(why_refused(small_dialogue(R"(, "key": "12")")).starts_with("/intents/0/key must be one of"));
  CHECK(why_refused(small_dialogue(R"(, "key": "#")")).starts_with("/intents/0/key must be one of"));
  CHECK(why_refused(small_dialogue(R"(, "anywhere": 1)")) == "/intents/0/anywhere must be true or false");
  CHECK(why_refused(small_dialogue(R"(, "slots": ["number"])")).starts_with("/intents hours needs the slot number, which \"slots\" lacks"));
  CHECK(why_refused(small_dialogue("", R"(, "intent_threshold": 1.5)")) == "/intent_threshold must be a number from 0 to 1");
  CHECK(why_refused(small_dialogue("", R"(, "handoff": {"say": ["x"]})")) == R"(/handoff lacks "to")");
  CHECK(why_refused(small_dialogue("", R"(, "silence": [])")) == "/silence must not be empty");
  CHECK(why_refused(small_dialogue("", R"(, "pronunciations": {"Word": "AA"})")).starts_with("/pronunciations/Word must be named"));
  CHECK(why_refused(small_dialogue("", R"(, "pronunciations": {"word": "aa"})")).starts_with("/pronunciations/word must be phones"));
  CHECK(why_refused(small_dialogue("", R"(, "goodnight": "\u00e9")")) == "/goodnight is not a known key");
  CHECK(why_refused(small_dialogue("", R"(, "silence": ["caf\u00e9"])")) == "/silence/0 must be plain ASCII");
  CHECK(why_refused("{") == "dialogue:1:2: unexpected end of input");
  CHECK(why_refused("{\n  \"name\": canary}") == "dialogue:2:11: invalid literal");
  CHECK(why_refused(small_dialogue("", R"(, "silence": ["a"], "silence": ["b"])")) == "/silence: this name a second time");
  CHECK(why_refused("[]") == "/ must be an object");
  CHECK(why_refused("") == "dialogue:1:1: unexpected end of input");
}

TEST_CASE("parse_dialogue refuses a text that names an unknown slot") {
  CHECK(why_refused(small_dialogue("", kForm)) == "accepted");
  const auto with = [](const std::string& confirm) {
    std::string form = kForm;
    return small_dialogue("", form.replace(form.find("{number}?"), 9, confirm));
  };
  CHECK(why_refused(with("{nomber}?")).starts_with("/states says"));
  CHECK(why_refused(with("{number")).starts_with("/states says"));
}

TEST_CASE("parse_dialogue checks the members of a dialogue for confirming, retrying and giving up") {
  const auto form = [](const std::string& keys) {
    return small_dialogue("", R"(, "slots": {"number": {"type": "digits"}},
      "states": [{"slot": "number", "ask": ["Which?"], "retry": ["Again.", "Once more."], "give_up": ["Sorry."])" + keys + "}]");
  };
  const auto parsed = parse_dialogue(form(""));
  REQUIRE(parsed);
  CHECK(parsed->forms[0].retries == 2);
  CHECK(parsed->forms[0].grounding == Grounding::None);
  const auto confirmed = parse_dialogue(form(R"(, "confirm": ["{number}?"])"));
  REQUIRE(confirmed);
  CHECK(confirmed->forms[0].grounding == Grounding::Explicit);
  CHECK(why_refused(form(R"(, "retries": 3)")) == "/states/0/retries is more than \"retry\" has texts: each retry is worded differently");
  CHECK(why_refused(form(R"(, "retries": 4)")) == "/states/0/retries must be a whole number from 0 to 3");
  CHECK(why_refused(form(R"(, "grounding": "explicit")")) == "/states/0 lacks \"confirm\"");
  CHECK(why_refused(form(R"(, "grounding": "deep")")) == "/states/0/grounding must be none, implicit or explicit");
  CHECK(why_refused(form(R"(, "then": {"do": "repeat"})")) == "/states/0/then must be hang_up, transfer, escalate or menu");
  CHECK(why_refused(form(R"(, "keys": [])")) == "/states/0/keys must not be empty");
  CHECK(why_refused(small_dialogue(R"(, "confirm": "always")")) == "/intents/0 lacks \"wish\"");
  CHECK(why_refused(small_dialogue(R"(, "wish": "the hours", "confirm": "perhaps")")) == "/intents/0/confirm must be never, when_unsure or always");
  CHECK(why_refused(small_dialogue("", R"(, "confirm_wish": ["Really?"])")) == "/confirm_wish says \"Really?\", which lacks {wish}");
  CHECK(why_refused(small_dialogue("", R"(, "intent_threshold": 0.5, "intent_sure": 0.4)")) == "/intent_sure must not be below intent_threshold");
  CHECK(parse_dialogue(small_dialogue("", R"(, "confidence_threshold": 0.9)"))->confidence_sure == doctest::Approx(0.9));
}

TEST_CASE("parse_dialogue accepts only a list of texts for `denied`") {
  CHECK(parse_dialogue(small_dialogue("", R"(, "denied": ["Then what?", "Again, please."])"))->denied.size() == 2);
  CHECK(parse_dialogue(small_dialogue())->denied.size() == 1);
  for (const char* bad : {"[]", "1", "\"Then what?\"", "[\"\"]", "[1]", "{}"}) {
    CAPTURE(bad);
    CHECK(why_refused(small_dialogue("", R"(, "denied": )" + std::string(bad))).starts_with("/denied"));
  }
}

TEST_CASE("parse_dialogue accepts thresholds from 0 to 1, and refuses a `_sure` threshold below the matching `_threshold`") {
  CHECK(why_refused(small_dialogue("", R"(, "confidence_threshold": 0.5, "confidence_sure": 0.4)")) == "/confidence_sure must not be below confidence_threshold");
  // The default of confidence_threshold is 0.2, which is above 0.1.
  CHECK(why_refused(small_dialogue("", R"(, "confidence_sure": 0.1)")) == "/confidence_sure must not be below confidence_threshold");
  CHECK(why_refused(small_dialogue("", R"(, "confidence_threshold": 0.4, "confidence_sure": 0.4)")) == "accepted");
  for (const char* name : {"confidence_threshold", "confidence_sure", "intent_threshold", "intent_sure"}) {
    for (const char* bad : {"-0.01", "1.01", "\"0.5\"", "true"}) {
      CAPTURE(name);
      CAPTURE(bad);
      CHECK(why_refused(small_dialogue("", ", \"" + std::string(name) + "\": " + bad)).starts_with("/" + std::string(name) + " must be"));
    }
  }
  CHECK(why_refused(small_dialogue("", R"(, "confidence_threshold": 0, "confidence_sure": 1)")) == "accepted");
}

TEST_CASE("parse_dialogue bounds the text of a wish. An intent with a wish is confirmed by default if the recognition is unsure") {
  const auto wish = [](std::size_t octets) { return small_dialogue(R"(, "wish": ")" + std::string(octets, 'x') + "\""); };
  CHECK(why_refused(wish(0)).starts_with("/intents/0/wish must have 1 to "));
  CHECK(why_refused(wish(kMaxPhraseBytes)) == "accepted");
  CHECK(why_refused(wish(kMaxPhraseBytes + 1)).starts_with("/intents/0/wish must have 1 to "));
  CHECK(why_refused(small_dialogue(R"(, "wish": 1)")).starts_with("/intents/0/wish must be"));
  CHECK(parse_dialogue(wish(5))->intents.front().confirm == ConfirmWish::WhenUnsure);
  CHECK(parse_dialogue(small_dialogue(R"(, "wish": "the hours", "confirm": "never")"))->intents.front().confirm == ConfirmWish::Never);
}

TEST_CASE("parse_dialogue reads `keys` and `then` of a form, and the texts that confirm a wish") {
  std::string json = small_dialogue(R"(, "wish": "the hours")", R"(, "confirm_wish": ["{wish}?", "Do you mean {wish}?"])" + kForm);
  json.replace(json.find(R"("give_up")"), 0, R"("keys": ["Type it."], "then": {"do": "transfer", "to": "1001"}, )");
  json.replace(json.find(R"("replies": ["Always."])"), 0, R"("slots": ["number"], )");
  const auto dialogue = parse_dialogue(json);
  REQUIRE_MESSAGE(dialogue, dialogue.error().detail);
  CHECK(dialogue->confirm_wish == Phrases{"{wish}?", "Do you mean {wish}?"});
  const Form& form = dialogue->forms.front();
  CHECK(form.keys == Phrases{"Type it."});
  CHECK(form.then.what == DialogueAction::What::Transfer);
}

TEST_CASE("parse_dialogue refuses implicit grounding directly before the end of a call, because the caller could not deny the value") {
  const auto with = [](const std::string& action) {
    return small_dialogue(R"(, "slots": ["number"])" + action, R"(, "slots": {"number": {"type": "digits"}},
      "states": [{"slot": "number", "ask": ["Which?"], "grounding": "implicit", "confirm": ["{number}."], "retry": ["Again."], "give_up": ["Sorry."]}])");
  };
  CHECK(why_refused(with("")) == "accepted");
  CHECK(why_refused(with(R"(, "action": {"do": "hang_up"})")).starts_with("/states grounds number implicitly, and after it hours ends"));
}

TEST_CASE("parse_dialogue accepts a dialogue at each of its bounds, and refuses one more") {
  const auto phrases = [](std::size_t count) {
    std::string list = "\"a\"";
    for (std::size_t i = 1; i < count; ++i) list += ", \"a\"";
    return small_dialogue("", ", \"silence\": [" + list + "]");
  };
  CHECK(why_refused(phrases(kMaxPhrases)) == "accepted");
  CHECK(why_refused(phrases(kMaxPhrases + 1)) == "/silence has more than 64 entries");
  const auto phrase = [](std::size_t size) { return small_dialogue("", ", \"silence\": [\"" + std::string(size, 'a') + "\"]"); };
  CHECK(why_refused(phrase(kMaxPhraseBytes)) == "accepted");
  CHECK(why_refused(phrase(kMaxPhraseBytes + 1)).starts_with("/silence/0 must have"));
  const auto faq = [](std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) list += std::string(i == 0 ? "" : ",") + R"({"questions": ["q"], "answer": "a"})";
    return small_dialogue("", ", \"faq\": [" + list + "]");
  };
  CHECK(why_refused(faq(kMaxIntents - 1)) == "accepted");
  CHECK(why_refused(faq(kMaxIntents)) == "/faq has more than 63 entries");
  const auto padded = [](std::size_t size) {
    std::string json = small_dialogue();
    return json + std::string(size - json.size(), ' ');
  };
  CHECK(why_refused(padded(kMaxDialogueBytes)) == "accepted");
  CHECK(why_refused(padded(kMaxDialogueBytes + 1)).starts_with("the dialogue is larger"));
  const auto digits = [](std::size_t most) {
    return small_dialogue("", R"(, "slots": {"n": {"type": "digits", "max_digits": )" + std::to_string(most) + "}}");
  };
  CHECK(why_refused(digits(kMaxDialogueDigits)) == "accepted");
  CHECK(why_refused(digits(kMaxDialogueDigits + 1)).starts_with("/slots/n/max_digits must be"));
}

TEST_CASE("parse_dialogue refuses JSON with too many levels before it builds the document") {
  CHECK(why_refused(std::string(100000, '[')) == "dialogue: braces and brackets nested in more than 16 levels");
  CHECK(why_refused(R"({"a": ")" + std::string(100, '[') + "\"}").find("levels") == std::string::npos);
}

TEST_CASE("If load_dialogue cannot read the file, the error names the path") {
  const auto dialogue = load_dialogue("no/such/dialogue.json");
  REQUIRE_FALSE(dialogue);
  CHECK(dialogue.error().detail == "cannot read the dialogue no/such/dialogue.json");
  CHECK_FALSE(load_dialogue("share"));  // A folder can be opened, but not read.
}
