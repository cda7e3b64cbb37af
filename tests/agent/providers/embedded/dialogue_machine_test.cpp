#include "conversing.hpp"

#include <set>
#include <string>
#include <variant>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::embedded;
using namespace conversing;

TEST_CASE_FIXTURE(Receptionist, "Sentences that are not examples match their intent") {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"what time are you open today", "opening_hours"}, {"when do you open on saturday", "opening_hours"},
      {"tell me when you are open please", "opening_hours"}, {"could you tell me the opening hours", "opening_hours"},
      {"what is the address please", "address"}, {"where do i find your shop", "address"}, {"how can i find the store", "address"},
      {"i would like a call back please", "call_back"}, {"could you call me back tomorrow", "call_back"},
      {"can i leave a call back number", "call_back"}, {"i want to talk to the sales department", "sales"},
      {"transfer me to sales please", "sales"}, {"connect me to a human please", "operator"},
      {"let me speak to a real person", "operator"}, {"do you repair a flat tire", "repair"}, {"please say that again", "repeat"},
      {"how much does it cost to rent a bike", "faq_13"}, {"where can i park my car please", "faq_14"},
      {"that is all thank you goodbye", "goodbye"}, {"bye now", "goodbye"}};
  for (const auto& [text, intent] : expected) {
    CAPTURE(text);
    const auto match = knowledge->matcher.match(text);
    REQUIRE(match.intent != nullptr);
    CHECK(match.intent->name == intent);
    CHECK(match.score >= knowledge->dialogue.intent_threshold);
  }
}

TEST_CASE_FIXTURE(Receptionist, "Text outside the domain scores below the threshold") {
  for (const std::string text :
       {"the weather in chicago was terrible last week", "my grandmother baked seven chocolate cakes", "play some jazz music",
        "the stock market went up three percent", "quantum physics is difficult to understand", "fish and chips with vinegar",
        "set an alarm for seven thirty", "who won the presidential election", "", "weasels"}) {
    CAPTURE(text);
    CHECK(knowledge->matcher.match(text).score < knowledge->dialogue.intent_threshold);
  }
}

TEST_CASE_FIXTURE(Receptionist, "The opening greets, and expects any wish and one key") {
  const auto reply = turn(Kind::Opening);
  CHECK(has(reply.text, "Blue River"));
  CHECK(reply.expect == "main");
  CHECK(reply.digits == 1);
}

TEST_CASE_FIXTURE(Receptionist, "A repeated question gets its reply in other words") {
  const auto first = says("when are you open"), second = says("when are you open");
  CHECK(first.intent == "opening_hours");
  CHECK(first.text != second.text);
  CHECK(says("when are you open").text == first.text);
}

TEST_CASE_FIXTURE(Receptionist, "A spoken call-back number is read back, confirmed and kept") {
  auto reply = says("could you call me back tomorrow");
  CHECK(reply.intent == "call_back");
  CHECK(reply.expect == "digits");
  CHECK(reply.digits == 15);
  reply = says("five five five oh one double two");
  CHECK(reply.text == "I have five five five, zero one two two. Is that right?");
  CHECK(reply.expect == "correction");
  CHECK(machine.state() == DialogueMachine::State::Confirming);
  reply = says("yes that is right");
  CHECK(has(reply.text, "call you back at five five five, zero one two two"));
  CHECK(machine.slot("callback_number") == "5550122");
  CHECK(reply.expect == "main");
}

TEST_CASE_FIXTURE(Receptionist, "A call-back number by keys is confirmed by a key") {
  CHECK(presses("3").intent == "call_back");
  CHECK(has(presses("5550122#").text, "five five five, zero one two two"));
  CHECK(presses("1").expect == "main");
  CHECK(machine.slot("callback_number") == "5550122");
}

TEST_CASE_FIXTURE(Receptionist, "A number within the wish is not requested again") {
  CHECK(has(says("please call me back at five five five one two three four").text, "five five five, one two three four"));
  CHECK(machine.state() == DialogueMachine::State::Confirming);
}

TEST_CASE_FIXTURE(Receptionist, "A no requests the number again, and a no with a number is a correction") {
  says("call me back");
  says("one two three");
  CHECK(says("no").expect == "digits");
  CHECK(has(says("four five six").text, "four five six"));
  CHECK(has(says("no it is seven eight nine").text, "seven eight nine"));
  says("yes");
  CHECK(machine.slot("callback_number") == "789");
}

TEST_CASE_FIXTURE(Receptionist, "A form asks again in other words twice, then only for the keys, and then transfers to a person") {
  const auto ask = says("call me back");
  const auto first = says("one");  // The number is too short.
  const auto second = mumbles();
  const auto keys = presses("12");
  CHECK(std::set<std::string>{ask.text, first.text, second.text, keys.text}.size() == 4);
  for (const auto& reply : {ask, first, second, keys}) CHECK(reply.expect == "digits");
  CHECK(has(keys.text, "with the keys of your phone"));
  const auto last = says("five five five one two three four");  // The dialogue does not listen to speech any more.
  REQUIRE(last.action);
  CHECK(last.action->what == What::Transfer);
  CHECK(last.action->argument == "100");
  CHECK(machine.slot("callback_number").empty());
}

TEST_CASE_FIXTURE(Receptionist, "A number that is longer than its slot is not cut, but requested again") {
  says("call me back");
  CHECK(presses("123456789012345").expect == "correction");
  says("no");
  CHECK(presses("1234567890123456").expect == "digits");
}

TEST_CASE_FIXTURE(Receptionist, "An intent with `anywhere` also works inside a form") {
  says("call me back");
  const auto reply = says("transfer me to the operator");
  CHECK(reply.intent == "operator");
  REQUIRE(reply.action);
  CHECK(machine.state() == DialogueMachine::State::Free);
}

TEST_CASE_FIXTURE(Receptionist, "After misunderstandings the dialogue asks again, then offers the keys, and then transfers to a person") {
  CHECK(has(mumbles().text, "did not catch that"));
  CHECK(has(mumbles().text, "Press 1 for opening hours"));
  const auto last = mumbles();
  REQUIRE(last.action);
  CHECK(last.action->what == What::Transfer);
  CHECK(has(last.text, "putting you through"));
}

TEST_CASE("Without a number for the handoff, the third failure says goodbye and hangs up") {
  auto dialogue = receptionist();
  dialogue.handoff_number.clear();
  const DialogueKnowledge knowledge(std::move(dialogue));
  DialogueMachine machine(knowledge.dialogue, knowledge.matcher);
  std::vector<ThinkEvent> out;
  for (std::uint32_t i = 1; i <= 3; ++i) {
    out.clear();
    machine.on_turn({i, Kind::Speech, "", 0, true}, out);
  }
  const auto reply = collect(out);
  REQUIRE(reply.action);
  CHECK(reply.action->what == What::HangUp);
  CHECK(has(reply.text, "Goodbye"));
}

TEST_CASE_FIXTURE(Receptionist, "A success resets the count of failures") {
  mumbles();
  mumbles();
  says("when are you open");
  CHECK(has(mumbles().text, "did not catch that"));
}

TEST_CASE_FIXTURE(Receptionist, "A rejected transcript is confirmed if it equals an example, and otherwise refused") {
  CHECK(has(turn(Kind::Speech, "what are your opening hours", true).text, "You want our opening hours."));
  CHECK(says("yes").intent == "opening_hours");
  CHECK(has(turn(Kind::Speech, "what time are you open today", true).text, "did not catch that"));
}

TEST_CASE_FIXTURE(Receptionist, "Keys work at any time, and an unknown key gives the menu") {
  CHECK(presses("2").intent == "address");
  CHECK(presses("4").action->argument == "200");
  CHECK(has(presses("7").text, "Press 1"));
  presses("2");
  CHECK(has(presses("#").text, "Press 1"));
}

TEST_CASE_FIXTURE(Receptionist, "A goodbye hangs up after the farewell") {
  const auto reply = says("that is all thank you goodbye");
  REQUIRE(reply.action);
  CHECK(reply.action->what == What::HangUp);
}

TEST_CASE_FIXTURE(Receptionist, "\"Repeat\" says the last reply again") {
  const auto reply = says("what is your address");
  CHECK(says("can you repeat that").text == reply.text);
  CHECK(presses("*").text == reply.text);
}

TEST_CASE_FIXTURE(Receptionist, "Silence causes a question, then the menu, and then the end of the call") {
  turn(Kind::Opening);
  CHECK(has(turn(Kind::Silence).text, "still there"));
  CHECK(has(turn(Kind::Silence).text, "Press 1"));
  const auto last = turn(Kind::Silence);
  REQUIRE(last.action);
  CHECK(last.action->what == What::HangUp);
}

TEST_CASE_FIXTURE(Receptionist, "A failing recogniser causes the menu of keys at once") { CHECK(has(turn(Kind::Failure).text, "Press 1")); }

TEST_CASE_FIXTURE(Receptionist, "After a failed transfer the dialogue apologises and continues with the menu") {
  const auto reply = turn(Kind::Failure, std::string(kTransferFailed));
  CHECK(has(reply.text, "nobody answers"));
  CHECK(has(reply.text, "Press 1"));
  CHECK_FALSE(reply.action.has_value());
  CHECK(says("what are your opening hours").intent == "opening_hours");
}

TEST_CASE_FIXTURE(Receptionist, "A yes before the end of the read-back does not confirm the number") {
  says("call me back");
  const auto read_back = says("five five five one two three four");
  machine.on_heard(number, "I have five five", true);
  CHECK(says("yes").text == read_back.text);
  machine.on_heard(number, "I have five five five, one two three four. Is that", true);  // Only the final question was interrupted.
  CHECK(says("yes").expect == "main");
  CHECK(machine.slot("callback_number") == "5551234");
}

TEST_CASE_FIXTURE(Receptionist, "A reply that a misunderstood interruption cut off is repeated") {
  const auto reply = says("what is your address");
  machine.on_heard(number, "You find us", true);
  CHECK(mumbles().text == reply.text);
  CHECK(has(mumbles().text, "did not catch that"));  // The caller heard it to its end this time.
}

TEST_CASE_FIXTURE(Receptionist, "A report about an older reply has no effect") {
  says("what is your address");
  says("when are you open");
  machine.on_heard(number - 1, "You", true);
  CHECK(has(mumbles().text, "did not catch that"));
}

TEST_CASE_FIXTURE(Receptionist, "GuidedThinker answers at once and wakes its owner, and a cancelled turn gives no more events") {
  int woken = 0;
  GuidedThinker thinker(knowledge, [&] { ++woken; });
  thinker.begin({});
  thinker.respond({1, Kind::Opening, "", 1, false});
  thinker.respond({2, Kind::Speech, "when are you open", 1, false});
  thinker.cancel(1);
  CHECK(woken == 2);
  std::vector<ThinkEvent> events;
  while (auto event = thinker.poll()) events.push_back(*std::move(event));
  const auto reply = collect(events);
  CHECK(reply.done == 1);
  CHECK(reply.intent == "opening_hours");
}

TEST_CASE_FIXTURE(Receptionist, "When the caller continues before the reply is heard, GuidedThinker answers as if that reply had not existed") {
  GuidedThinker thinker(knowledge, [] {});
  const auto ask = [&](agent::TurnInput input) {
    thinker.respond(input);
    std::vector<ThinkEvent> events;
    while (auto event = thinker.poll()) events.push_back(*std::move(event));
    return collect(events);
  };
  (void)ask({1, Kind::Opening, "", 1, false});
  const auto question = ask({2, Kind::Speech, "when are you open", 0.3, false});
  CHECK(question.intent.empty());
  CHECK(ask({3, Kind::Speech, "yes", 0.9, false}).intent == "opening_hours");
  thinker.cancel(3);
  thinker.on_heard(3, "", true);
  CHECK(ask({4, Kind::Speech, "yes please", 0.9, false, 3}).intent == "opening_hours");
}
