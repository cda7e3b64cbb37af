#include "conversing.hpp"

#include <offhook/agent/providers/embedded/wish_confirmation.hpp>
#include <offhook/agent/providers/embedded/yes_no.hpp>

#include <set>
#include <string>

using namespace offhook::agent::embedded;
using namespace conversing;
using State = DialogueMachine::State;

namespace {

struct CallBackCaller : Receptionist {
  /// Runs the dialogue to the reply "I have five five five, one two three four. Is that right?", and returns this reply.
  Reply gives_number() {
    says("call me back");
    return says("five five five one two three four");
  }
  [[nodiscard]] std::string number_given() const { return std::string(machine.slot("callback_number")); }
};

/// Returns a dialogue that orders a table. It has two slots. By default, the first slot has implicit grounding.
Dialogue restaurant(const std::string& first = R"("grounding": "implicit", "confirm": ["For {people}."],)",
                    const std::string& second = "") {
  auto parsed = parse_dialogue(R"({"name": "restaurant", "greeting": ["Hello."], "goodbye": ["Bye."],
    "intents": [{"name": "table", "examples": ["i want a table"], "slots": ["people", "phone"], "replies": ["A table for {people}, telephone {phone}."]},
                {"name": "hours", "examples": ["when are you open"], "replies": ["Always."]}],
    "slots": {"people": {"type": "digits", "max_digits": 2}, "phone": {"type": "digits", "min_digits": 3, "max_digits": 7}},
    "states": [{"slot": "people", "ask": ["How many?"], )" + first + R"( "retry": ["How many people?", "Say a number, please."], "give_up": ["Sorry."]},
               {"slot": "phone", "ask": ["Your number?"], )" + second + R"( "retry": ["The number, please."], "give_up": ["No number."]}],
    "fallback": {"again": ["What?"], "menu": ["Press a key."], "last": ["Sorry."]}})");
  REQUIRE_MESSAGE(parsed, parsed.error().detail);
  return *std::move(parsed);
}

struct Guest : Caller {
  explicit Guest(Dialogue dialogue = restaurant()) : Caller(std::move(dialogue)) {}
};

}  // namespace

TEST_CASE("decide() compares each score with two thresholds: it rejects below both, asks for confirmation between them, and accepts above both") {
  Dialogue dialogue;
  dialogue.intent_threshold = 0.4, dialogue.intent_sure = 0.6, dialogue.confidence_threshold = 0.2, dialogue.confidence_sure = 0.5;
  Intent intent;
  intent.confirm = ConfirmWish::WhenUnsure;
  const auto decided = [&](double score, double confidence) { return decide(dialogue, {&intent, score}, confidence); };
  CHECK(decided(0.39, 0.9) == Decision::Reject);
  CHECK(decided(0.4, 0.9) == Decision::Confirm);
  CHECK(decided(0.59, 0.9) == Decision::Confirm);
  CHECK(decided(0.6, 0.5) == Decision::Accept);
  CHECK(decided(0.6, 0.49) == Decision::Confirm);
  CHECK(decided(0.6, 0.19) == Decision::Reject);
  CHECK(decided(0.9, 0.19) == Decision::Confirm);  // The text nearly equals an example, so low confidence does not reject it.
  CHECK(decide(dialogue, {}, 1) == Decision::Reject);
  intent.confirm = ConfirmWish::Never;
  CHECK(decided(0.4, 0.2) == Decision::Accept);
  intent.confirm = ConfirmWish::Always;
  CHECK(decided(1, 1) == Decision::Confirm);
  CHECK(decided(0.39, 1) == Decision::Reject);
}

TEST_CASE_FIXTURE(CallBackCaller, "The agent asks the caller to confirm an unclear wish, and carries it out after a yes") {
  const auto asked = says_unclearly("when are you open");
  CHECK(asked.text == "You want our opening hours. Is that right?");
  CHECK(asked.intent.empty());
  CHECK(asked.expect == "wish");
  CHECK(machine.state() == State::ConfirmingWish);
  CHECK(says("yeah that's right").intent == "opening_hours");
  CHECK(machine.state() == State::Free);
}

TEST_CASE_FIXTURE(CallBackCaller, "The agent keeps a number within an unclear wish while it asks the caller to confirm the wish") {
  says_unclearly("please call me back at five five five one two three four");
  CHECK(has(says("yes").text, "five five five, one two three four"));
}

TEST_CASE_FIXTURE(CallBackCaller, "After unclear answers, the agent repeats the question about a wish twice in other words, and then drops the wish") {
  const auto first = says_unclearly("when are you open");
  const auto second = mumbles(), third = says("i'm not sure");
  CHECK(has(second.text, "Please say yes or no"));
  CHECK(has(third.text, "Press 1 for yes"));
  for (const auto& reply : {second, third}) CHECK(has(reply.text, "0 for a person"));
  CHECK(std::set<std::string>{first.text, second.text, third.text}.size() == 3);
  CHECK(has(mumbles().text, "0 for a person"));
  CHECK(machine.state() == State::Free);
  CHECK(machine.wish_in_question() == nullptr);
}

TEST_CASE_FIXTURE(CallBackCaller, "At the question about a wish, key 1 means yes, key 2 means no, and other keys have their usual meaning") {
  says_unclearly("when are you open");
  CHECK(presses("1").intent == "opening_hours");
  says_unclearly("what is your address");
  CHECK(presses("*").text == "You want our address. Is that right?");
  CHECK(has(presses("2").text, "tell me again"));
  CHECK(presses("0").action->what == What::Transfer);
  says_unclearly("when are you open");
  CHECK(presses("0").action->what == What::Transfer);
}

TEST_CASE_FIXTURE(CallBackCaller, "If the caller interrupts the question about a wish, the agent ignores a yes and accepts a no") {
  const auto asked = says_unclearly("when are you open");
  hears("You");
  CHECK(says("yes").text == asked.text);
  hears("You");
  CHECK(has(says("no").text, "tell me again"));
}

TEST_CASE_FIXTURE(CallBackCaller, "If the caller is silent after the question about a wish, the agent repeats the question twice, and then ends the call") {
  const auto asked = says_unclearly("when are you open");
  CHECK(turn(Kind::Silence).text == asked.text);
  CHECK(turn(Kind::Silence).text == asked.text);
  CHECK(turn(Kind::Silence).action->what == What::HangUp);
}

TEST_CASE_FIXTURE(CallBackCaller, "If the caller clearly says another wish, this wish replaces the wish that the agent asked about") {
  says_unclearly("when are you open");
  CHECK(says("never mind").intent == "cancel");
  CHECK(machine.state() == State::Free);
  CHECK(machine.wish_in_question() == nullptr);
}

TEST_CASE_FIXTURE(CallBackCaller, "After \"Is that right?\", the agent carries out another wish that the caller says clearly, or the same wish if the caller repeats it clearly") {
  says_unclearly("when are you open");
  CHECK(says("what is your address").intent == "address");
  CHECK(machine.wish_in_question() == nullptr);
  says_unclearly("when are you open");
  CHECK(says("no what is your address").intent == "address");
  says_unclearly("when are you open");
  CHECK(says("when are you open").intent == "opening_hours");
}

TEST_CASE_FIXTURE(CallBackCaller, "After \"Is that right?\", the agent does not ask about another wish that the caller says unclearly") {
  says_unclearly("when are you open");
  CHECK(has(says_unclearly("what is your address").text, "You want our opening hours."));
}

TEST_CASE("is_plain_answer() is true only for a text that is nothing but a yes or a no") {
  for (const std::string text : {"yes", "No, thank you.", "that's right"}) CHECK(is_plain_answer(text));
  for (const std::string text : {"", "no what is your address", "right now please"}) CHECK_FALSE(is_plain_answer(text));
}

TEST_CASE_FIXTURE(CallBackCaller, "The agent reads a number back in groups, and accepts it after any form of yes") {
  const auto asked = gives_number();
  CHECK(asked.text == "I have five five five, one two three four. Is that right?");
  CHECK(asked.expect == "correction");
  CHECK(says("yep").expect == "main");
  CHECK(number_given() == "5551234");
}

TEST_CASE_FIXTURE(CallBackCaller, "The agent applies a correction in the caller's answer, and reads the number back again") {
  gives_number();
  CHECK(has(says("no five five six").text, "five five six, one two three four"));
  CHECK(has(says("no it's one two three five").text, "five five six, one two three five"));
  says("correct");
  CHECK(number_given() == "5561235");
}

TEST_CASE_FIXTURE(CallBackCaller, "Corrections count as attempts, so the agent finally asks for the number by keys") {
  gives_number();
  says("no five five six");
  says("no five five seven");
  CHECK(has(says("no five five eight").text, "with the keys of your phone"));
  CHECK(number_given().empty());
  CHECK(has(presses("5551234#").text, "five five five, one two three four"));  // The keys still work.
  CHECK(presses("1").expect == "main");
}

TEST_CASE_FIXTURE(CallBackCaller, "After unclear answers to the read-back, the agent repeats the question twice in other words, and then asks for the number by keys") {
  const auto first = gives_number();
  const auto second = mumbles(), third = says("what");
  CHECK(has(second.text, "Please say yes or no, or press 0 for a person. Your number is"));
  CHECK(has(third.text, "Press 1 for yes, 2 for no, or 0 for a person."));
  CHECK(has(mumbles().text, "with the keys of your phone"));
}

TEST_CASE_FIXTURE(CallBackCaller, "If the caller interrupts the read-back, the agent repeats it after a yes, and accepts a no or a correction") {
  const auto asked = gives_number();
  hears("I have five five");
  CHECK(says("yes").text == asked.text);
  hears("I have five five");
  CHECK(has(says("no five five six").text, "five five six, one two three four"));
  hears("I have");
  CHECK(says("no").expect == "digits");
  CHECK(number_given().empty());
}

TEST_CASE_FIXTURE(CallBackCaller, "If the caller interrupts every read-back, the agent stops the repetitions after fewer than eight turns") {
  const auto asked = gives_number();
  std::set<std::string> texts;
  int turns = 0;
  for (; turns < 20 && machine.state() == State::Confirming; ++turns) {
    hears("I");
    texts.insert(mumbles().text);
  }
  CHECK(turns < 8);
}

TEST_CASE_FIXTURE(CallBackCaller, "At the read-back, a number by keys replaces the old number, and key 0 transfers to a person") {
  gives_number();
  CHECK(has(presses("4441234").text, "four four four, one two three four"));
  CHECK(presses("2").expect == "digits");
  CHECK(has(presses("5550100").text, "five five five, zero one zero zero"));
  CHECK(presses("0").action->argument == "100");
  CHECK(number_given() == "5550100");
  says("call me back");
  CHECK(presses("0").action->what == What::Transfer);  // A single digit is too short for a number.
}

TEST_CASE_FIXTURE(CallBackCaller, "The agent leaves the form for another wish, and asks again for a number that is too long") {
  gives_number();
  CHECK(says("never mind").intent == "cancel");
  CHECK(machine.state() == State::Free);
  says("call me back");
  CHECK(has(says("one two three four five six seven eight nine one two three four five six seven").text, "say the number again"));
  CHECK(has(says("one two three no four five six").text, "four five six"));
}

TEST_CASE_FIXTURE(CallBackCaller, "If the caller is silent in a form, the agent repeats the question twice, and then ends the call") {
  const auto asked = gives_number();
  CHECK(turn(Kind::Silence).text == asked.text);
  CHECK(turn(Kind::Silence).text == asked.text);
  CHECK(turn(Kind::Silence).action->what == What::HangUp);
}

TEST_CASE_FIXTURE(Guest, "With implicit grounding, the agent says the value in its next question, and asks for the value again if the caller denies it") {
  says("i want a table");
  auto reply = says("four");
  CHECK(reply.text == "For four. Your number?");
  CHECK(reply.expect == "digits");
  reply = says("that's wrong");
  CHECK(reply.text == "How many people?");
  CHECK(says("five").text == "For five. Your number?");
  CHECK(says("no six").text == "For six. Your number?");
  CHECK(says("five five five").text == "A table for six, telephone five five five.");
}

TEST_CASE_FIXTURE(Guest, "With implicit grounding, denials count as attempts, so the form fails after three corrections") {
  says("i want a table");
  says("four");
  says("no five");
  says("no six");
  const auto last = says("no seven");
  CHECK(has(last.text, "Sorry."));
  REQUIRE(last.action);
  CHECK(last.action->what == What::HangUp);
}

TEST_CASE("The caller can deny the last value of a form, if it has implicit grounding, only in the next turn") {
  const std::string implicit = R"("grounding": "implicit", "confirm": ["Noted {phone}."],)";
  Guest guest(restaurant("", implicit));
  guest.says("i want a table");
  CHECK(guest.says("four").text == "Your number?");
  CHECK(guest.says("five five five").text == "Noted five five five. A table for four, telephone five five five.");
  CHECK(guest.says("that is not right").text == "The number, please.");
  CHECK(has(guest.says("five five six").text, "telephone five five six"));
  guest.says("when are you open");
  CHECK(guest.says("that is not right").text == "What?");
  CHECK(guest.machine.slot("phone") == "556");
}

TEST_CASE("Without grounding, the agent accepts a value immediately") {
  Guest guest(restaurant(""));
  guest.says("i want a table");
  CHECK(guest.says("four").text == "Your number?");
  CHECK(has(guest.says("five five five").text, "telephone five five five"));
}

TEST_CASE("When a form fails, the agent carries out the form's `then` action") {
  const auto last_of = [](const std::string& then) {
    Guest guest(restaurant(then));
    guest.says("i want a table");
    Reply reply;
    for (int i = 0; i < 3; ++i) reply = guest.says("hm");
    CHECK(has(reply.text, "Sorry."));
    return reply;
  };
  CHECK(last_of(R"("then": {"do": "transfer", "to": "77"},)").action->argument == "77");
  CHECK(last_of(R"("then": {"do": "escalate"},)").action->what == What::Escalate);
  CHECK(last_of(R"("then": {"do": "hang_up"},)").text == "Sorry. Bye.");
  const auto menu = last_of(R"("then": {"do": "menu"},)");
  CHECK(menu.text == "Sorry. Press a key.");
  CHECK(menu.expect == "main");
}
