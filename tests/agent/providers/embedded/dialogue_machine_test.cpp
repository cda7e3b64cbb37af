#include "conversing.hpp"

#include <set>
#include <string>
#include <variant>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::embedded;
using namespace conversing;

TEST_CASE_FIXTURE(Receptionist, "The matcher finds the intent of sentences that are not examples of the intent") {
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

TEST_CASE_FIXTURE(Receptionist, "The matcher scores text that fits no intent below the threshold") {
  for (const std::string text :
       {"the weather in chicago was terrible last week", "my grandmother baked seven chocolate cakes", "play some jazz music",
        "the stock market went up three percent", "quantum physics is difficult to understand", "fish and chips with vinegar",
        "set an alarm for seven thirty", "who won the presidential election", "", "weasels"}) {
    CAPTURE(text);
    CHECK(knowledge->matcher.match(text).score < knowledge->dialogue.intent_threshold);
  }
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine's opening is a greeting, after which it expects any wish, or one key") {
  const auto reply = turn(Kind::Opening);
  CHECK(has(reply.text, "Blue River"));
  CHECK(reply.expect == "main");
  CHECK(reply.digits == 1);
}

TEST_CASE_FIXTURE(Receptionist, "If the caller repeats a question, DialogueMachine replies in other words") {
  const auto first = says("when are you open"), second = says("when are you open");
  CHECK(first.intent == "opening_hours");
  CHECK(first.text != second.text);
  CHECK(says("when are you open").text == first.text);
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine reads a spoken call-back number back, and keeps it after a yes") {
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

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine accepts a call-back number by keys, and key 1 as its confirmation") {
  CHECK(presses("3").intent == "call_back");
  CHECK(has(presses("5550122#").text, "five five five, zero one two two"));
  CHECK(presses("1").expect == "main");
  CHECK(machine.slot("callback_number") == "5550122");
}

TEST_CASE_FIXTURE(Receptionist, "If the caller's wish contains the number, DialogueMachine does not ask for the number") {
  CHECK(has(says("please call me back at five five five one two three four").text, "five five five, one two three four"));
  CHECK(machine.state() == DialogueMachine::State::Confirming);
}

TEST_CASE_FIXTURE(Receptionist, "After a no, DialogueMachine asks for the number again. After a no with a number, it applies the correction") {
  says("call me back");
  says("one two three");
  CHECK(says("no").expect == "digits");
  CHECK(has(says("four five six").text, "four five six"));
  CHECK(has(says("no it is seven eight nine").text, "seven eight nine"));
  says("yes");
  CHECK(machine.slot("callback_number") == "789");
}

TEST_CASE_FIXTURE(Receptionist, "A form asks twice more in other words, then asks only for keys, and then transfers the call to a person") {
  const auto ask = says("call me back");
  const auto first = says("one");  // The number is too short.
  const auto second = mumbles();
  const auto keys = presses("12");
  CHECK(std::set<std::string>{ask.text, first.text, second.text, keys.text}.size() == 4);
  for (const auto& reply : {ask, first, second, keys}) CHECK(reply.expect == "digits");
  CHECK(has(keys.text, "with the keys of your phone"));
  const auto last = says("five five five one two three four");  // The dialogue no longer accepts speech.
  REQUIRE(last.action);
  CHECK(last.action->what == What::Transfer);
  CHECK(last.action->argument == "100");
  CHECK(machine.slot("callback_number").empty());
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine asks again for a number that is longer than its slot allows") {
  says("call me back");
  CHECK(presses("123456789012345").expect == "correction");
  says("no");
  CHECK(presses("1234567890123456").expect == "digits");
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine accepts an intent with `anywhere` inside a form") {
  says("call me back");
  const auto reply = says("transfer me to the operator");
  CHECK(reply.intent == "operator");
  REQUIRE(reply.action);
  CHECK(machine.state() == DialogueMachine::State::Free);
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine asks again after the first misunderstanding, offers the keys after the second, and transfers to a person after the third") {
  CHECK(has(mumbles().text, "did not catch that"));
  CHECK(has(mumbles().text, "Press 1 for opening hours"));
  const auto last = mumbles();
  REQUIRE(last.action);
  CHECK(last.action->what == What::Transfer);
  CHECK(has(last.text, "putting you through"));
}

TEST_CASE("If the dialogue has no handoff number, DialogueMachine says goodbye and hangs up after the third misunderstanding") {
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

TEST_CASE_FIXTURE(Receptionist, "An understood turn resets DialogueMachine's count of misunderstandings") {
  mumbles();
  mumbles();
  says("when are you open");
  CHECK(has(mumbles().text, "did not catch that"));
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine asks about a rejected transcript that equals an example, and treats other rejected transcripts as misunderstood") {
  CHECK(has(turn(Kind::Speech, "what are your opening hours", true).text, "You want our opening hours."));
  CHECK(says("yes").intent == "opening_hours");
  CHECK(has(turn(Kind::Speech, "what time are you open today", true).text, "did not catch that"));
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine accepts keys at any time, and says the menu after an unknown key") {
  CHECK(presses("2").intent == "address");
  CHECK(presses("4").action->argument == "200");
  CHECK(has(presses("7").text, "Press 1"));
  presses("2");
  CHECK(has(presses("#").text, "Press 1"));
}

TEST_CASE_FIXTURE(Receptionist, "If the caller says goodbye, DialogueMachine says goodbye and hangs up") {
  const auto reply = says("that is all thank you goodbye");
  REQUIRE(reply.action);
  CHECK(reply.action->what == What::HangUp);
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine repeats the last reply if the caller asks for that") {
  const auto reply = says("what is your address");
  CHECK(says("can you repeat that").text == reply.text);
  CHECK(presses("*").text == reply.text);
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine asks a question after the first silence, says the menu after the second, and hangs up after the third") {
  turn(Kind::Opening);
  CHECK(has(turn(Kind::Silence).text, "still there"));
  CHECK(has(turn(Kind::Silence).text, "Press 1"));
  const auto last = turn(Kind::Silence);
  REQUIRE(last.action);
  CHECK(last.action->what == What::HangUp);
}

TEST_CASE_FIXTURE(Receptionist, "If the recogniser fails, DialogueMachine immediately says the menu of keys") { CHECK(has(turn(Kind::Failure).text, "Press 1")); }

TEST_CASE_FIXTURE(Receptionist, "After a failed transfer, DialogueMachine apologises and continues with the menu") {
  const auto reply = turn(Kind::Failure, std::string(kTransferFailed));
  CHECK(has(reply.text, "nobody answers"));
  CHECK(has(reply.text, "Press 1"));
  CHECK_FALSE(reply.action.has_value());
  CHECK(says("what are your opening hours").intent == "opening_hours");
}

TEST_CASE_FIXTURE(Receptionist, "If the caller says yes before the whole number is read back, DialogueMachine repeats the read-back") {
  says("call me back");
  const auto read_back = says("five five five one two three four");
  machine.on_heard(number, "I have five five", true);
  CHECK(says("yes").text == read_back.text);
  machine.on_heard(number, "I have five five five, one two three four. Is that", true);  // The caller heard the whole number, and interrupted only the final question.
  CHECK(says("yes").expect == "main");
  CHECK(machine.slot("callback_number") == "5551234");
}

TEST_CASE_FIXTURE(Receptionist, "If DialogueMachine does not understand an interruption, it repeats the interrupted reply once") {
  const auto reply = says("what is your address");
  machine.on_heard(number, "You find us", true);
  CHECK(mumbles().text == reply.text);
  CHECK(has(mumbles().text, "did not catch that"));  // The caller has heard the repeated reply to its end.
}

TEST_CASE_FIXTURE(Receptionist, "DialogueMachine ignores a report that the caller interrupted an older reply") {
  says("what is your address");
  says("when are you open");
  machine.on_heard(number - 1, "You", true);
  CHECK(has(mumbles().text, "did not catch that"));
}

TEST_CASE_FIXTURE(Receptionist, "GuidedThinker answers within respond() and wakes its owner, and gives no events of a cancelled turn") {
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

TEST_CASE_FIXTURE(Receptionist, "If the caller continues before the reply plays, GuidedThinker answers the whole turn as if that reply had not existed") {
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
