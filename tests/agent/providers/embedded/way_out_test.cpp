// Tests of a dialogue that does not understand the caller: it offers a person by key 0, and does not guess twice.
#include "conversing.hpp"

#include <offhook/agent/providers/embedded/spoken_zero.hpp>
#include <offhook/base/random.hpp>

#include <array>
#include <string>
#include <vector>

using namespace offhook::agent::embedded;
using namespace conversing;
using MachineState = DialogueMachine::State;

namespace {

/// The transcript and the confidence that the recogniser gives for a turn.
struct Heard {
  std::string text;
  double confidence = 0;
};

/// A caller whose recogniser gives the results of a script.
struct ScriptedCaller : Receptionist {
  Reply hears_as(const Heard& heard) { return turn(Kind::Speech, heard.text, heard.confidence < 0.2, heard.confidence); }
  std::vector<Reply> run(const std::vector<Heard>& script) {
    std::vector<Reply> replies;
    for (const Heard& heard : script) replies.push_back(hears_as(heard));
    return replies;
  }
};

bool is_guess(const Reply& reply) { return has(reply.text, "You want "); }
bool offers_person(const Reply& reply) { return has(reply.text, "0 for a person") || (reply.action && reply.action->what == What::Transfer); }

const Heard kHours{"when are you open", 0.3}, kAddress{"what is your address", 0.3}, kNo{"no", 0.9}, kNoise{"the weasel rent to phone", 0.1};

}  // namespace

TEST_CASE_FIXTURE(ScriptedCaller, "Each reply to a misunderstood turn offers key 0 for a person, and the third reply transfers to the person") {
  const auto replies = run({kNoise, kNoise, kNoise});
  for (const Reply& reply : replies) CHECK(offers_person(reply));
  CHECK_FALSE(replies[1].action);
  REQUIRE(replies[2].action);
  CHECK(replies[2].action->argument == "100");
}

TEST_CASE_FIXTURE(ScriptedCaller, "After one wrong guess the dialogue offers the keys and a person, and makes no further guess") {
  const auto replies = run({kHours, kNo, kAddress, kHours});
  CHECK(replies[0].text == "You want our opening hours. Is that right?");
  CHECK(has(replies[1].text, "Please tell me again what you want."));
  CHECK(has(replies[1].text, "Press 1 for opening hours"));
  CHECK(offers_person(replies[1]));
  CHECK_FALSE(is_guess(replies[2]));
  CHECK(offers_person(replies[2]));
  REQUIRE(replies[3].action);  // This is the third failure in a row, so the dialogue transfers to a person.
  CHECK(replies[3].action->what == What::Transfer);
}

TEST_CASE_FIXTURE(ScriptedCaller, "After a wrong guess, the dialogue carries out a clear wish, and then may guess again") {
  (void)run({kHours, kNo});
  CHECK(hears_as({"what is your address", 0.9}).intent == "address");
  CHECK(is_guess(hears_as(kHours)));
  CHECK(hears_as({"yes", 0.9}).intent == "opening_hours");
}

TEST_CASE_FIXTURE(ScriptedCaller, "After a wrong guess, the dialogue carries out the wish of a key, and then may guess again") {
  (void)run({kHours, kNo});
  CHECK(presses("2").intent == "address");
  CHECK(is_guess(hears_as(kHours)));
}

TEST_CASE_FIXTURE(ScriptedCaller, "If another caller takes the telephone, the dialogue may guess again, and counts misunderstandings from zero") {
  (void)run({kHours, kNo});
  turn(Kind::OtherCaller);
  CHECK(is_guess(hears_as(kAddress)));
  turn(Kind::OtherCaller);
  const auto replies = run({kNoise, kNoise});
  for (const Reply& reply : replies) CHECK_FALSE(reply.action);
}

TEST_CASE_FIXTURE(ScriptedCaller, "After a wrong guess, the dialogue does not guess again if it has only repeated its last reply") {
  (void)run({kHours, kNo});
  CHECK(offers_person(hears_as({"can you repeat that", 0.9})));
  CHECK_FALSE(is_guess(hears_as(kAddress)));
}

TEST_CASE_FIXTURE(ScriptedCaller, "If the caller does not clearly answer a guess three times, the dialogue counts the guess as wrong") {
  const auto replies = run({kHours, kNoise, kNoise, kNoise, kAddress});
  for (std::size_t asked = 0; asked < 3; ++asked) CHECK(is_guess(replies[asked]));
  CHECK(offers_person(replies[3]));
  CHECK_FALSE(is_guess(replies[3]));
  CHECK_FALSE(is_guess(replies[4]));
}

TEST_CASE("After a wrong guess, the dialogue asks about a wish with `confirm: always` only if the caller says the wish clearly") {
  auto dialogue = receptionist();
  for (auto& intent : dialogue.intents) {
    if (intent.name == "address") intent.confirm = ConfirmWish::Always;
  }
  Caller caller(std::move(dialogue));
  caller.says_unclearly("when are you open");
  caller.says("no");
  CHECK_FALSE(is_guess(caller.says_unclearly("what is your address")));
  CHECK(is_guess(caller.says("what is your address")));
  CHECK(caller.says("yes").intent == "address");
}

TEST_CASE_FIXTURE(ScriptedCaller, "In random turns, the dialogue never guesses again directly after a wrong guess, and always offers a person after a wrong guess") {
  const std::array<Heard, 9> turns{kHours, kAddress, kNo, kNo, kNoise, Heard{"yes", 0.9}, Heard{"can i pay cash", 0.3}, Heard{"can you repeat that", 0.9}, Heard{"when are you open", 0.9}};
  offhook::base::SeededRandom random(12);
  bool had_wrong_guess = false;
  int guesses = 0;
  for (int i = 0; i < 4'000; ++i) {
    const Heard& heard = turns[random.below(turns.size())];
    const bool was_asked = machine.state() == MachineState::ConfirmingWish;
    const Reply reply = hears_as(heard);
    const bool is_asked = machine.state() == MachineState::ConfirmingWish;
    if (!reply.intent.empty() && reply.intent != "repeat") had_wrong_guess = false;
    if (is_asked && !was_asked) {
      ++guesses;
      REQUIRE_FALSE(had_wrong_guess);
    }
    if (was_asked && !is_asked && reply.intent.empty()) {
      had_wrong_guess = true;
      REQUIRE(offers_person(reply));
    }
  }
  CHECK(guesses > 100);
}

TEST_CASE_FIXTURE(ScriptedCaller, "The dialogue treats a spoken zero as key 0, even after a guess, but not where it expects a number") {
  CHECK(hears_as({"zero", 0.9}).action->argument == "100");
  hears_as(kHours);
  CHECK(hears_as({"press zero please", 0.9}).action->argument == "100");
  CHECK(hears_as({"zero", 0.3}).text == "You want to talk to a person. Is that right?");
  hears_as({"yes", 0.9});
  says("call me back");
  CHECK_FALSE(says("zero").action);
  CHECK(machine.state() == MachineState::Asking);
}

TEST_CASE("says_zero() accepts a few phrases, and refuses other texts and \"oh\"") {
  for (const char* text : {"zero", "zero please", "press zero", "number zero"}) CHECK(says_zero(text));
  for (const char* text : {"", "oh", "please", "zero zero", "five zero", "zero percent", "press"}) CHECK_FALSE(says_zero(text));
  for (const std::string& phrase : zero_phrases()) CHECK(says_zero(phrase));
}

TEST_CASE("If no intent has key 0, the dialogue does not understand a spoken zero") {
  auto dialogue = receptionist();
  for (auto& intent : dialogue.intents) {
    if (intent.key == '0') intent.key = '7';
  }
  Caller caller(std::move(dialogue));
  CHECK_FALSE(caller.says("zero").action);
}

TEST_CASE_FIXTURE(ScriptedCaller, "In a form, the keys 0 and pound transfer to a person, and each repetition of the question says this") {
  says("call me back");
  for (int attempt = 0; attempt < 3; ++attempt) CHECK(has(hears_as(kNoise).text, "0 and pound"));
  CHECK(presses("0#").action->argument == "100");
}
