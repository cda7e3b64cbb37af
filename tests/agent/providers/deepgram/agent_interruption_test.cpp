#include "agent_line.hpp"

using namespace offhook::test;

namespace {

/// A reply of two seconds to the first turn is being heard.
struct ReplyBeingHeard : AgentLine {
  ReplyBeingHeard() {
    open_and_apply();
    turn(1, "hello");
    agent_text("Good day to you.");
    audio(2000);
    told();
    session->speak(1, "");
    told();
    sent();
  }
};

}  // namespace

TEST_CASE_FIXTURE(ReplyBeingHeard, "A cough does not reach the server, which would fall silent for it") {
  session->begin_turn(2, "");
  speak_for(AgentCaller::kHoldMs);
  CHECK(sent().empty());
  session->abandon_turn();
  CHECK(sent().empty());
  audio(500);
  CHECK(told() == "audio:1:500 ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "What is longer than a cough goes up") {
  session->begin_turn(2, "");
  speak_for(AgentCaller::kHoldMs);
  speak_for(20);
  CHECK(sent() == "1000ms ");  // And what is less than a message waits.
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "An interruption goes up with all that was held back; of the reply nothing more is heard, and the model is told what was") {
  session->begin_turn(2, "");
  speak_for(240);
  session->cancel(1);
  session->cancel_speech();
  CHECK(sent() == "240ms ");
  agent_text("And so on.");
  audio(500);
  CHECK(told().empty());
  session->on_heard({1, "Good day", true, 1, 600ms});
  CHECK(sent() == "UpdatePrompt([The caller interrupted you. Of your last reply they heard these words, and no more: \"Good day\"]) ");
  say_type("UserStartedSpeaking");
  speak_for(400);
  session->end_turn();
  user_text("no, wait");
  CHECK(told() == "taken:2 words:2=no, wait ");
  session->respond({2, TurnInput::Kind::Speech, {}, 1, false});
  reply("I wait.", 100);
  CHECK(told() == "voiced:2 ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "A reply of which nothing was heard is told as that") {
  session->cancel(1);
  session->cancel_speech();
  session->on_heard({1, "", true, 1, 0ms});
  CHECK(sent() == "UpdatePrompt([The caller interrupted you, and heard nothing of your last reply.]) ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "Keys during a reply: the question waits until the server is quiet") {
  session->cancel(1);
  session->cancel_speech();
  session->respond({2, TurnInput::Kind::Digits, "1", 1, false});
  audio(500);
  CHECK(sent().empty());
  audio_done();
  CHECK(sent() == "InjectUserMessage([The caller pressed the keys 1]) ");
  reply("One.", 100);
  CHECK(told() == "voiced:2 ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "A server that goes on talking to nobody is left for another socket") {
  session->cancel(1);
  session->cancel_speech();
  session->respond({2, TurnInput::Kind::Digits, "1", 1, false});
  advance(AgentReplies::kQuietWait + AgentProtocol::kBackOff);
  REQUIRE(sockets.all.size() == 2);
  CHECK(sockets.all.front()->destroyed);
  apply();
  CHECK(sent() == "Settings InjectUserMessage([The caller pressed the keys 1]) ");
  reply("One.", 100);
  CHECK(told() == "voiced:2 ");
}

TEST_CASE_FIXTURE(AgentLine, "A caller who goes on after all: the first half is told as words, and the second is the turn") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  session->end_turn();
  session->begin_turn(2, "");
  user_text("I would like");
  reply("Yes?", 100);
  CHECK(told() == "words:1=I would like ");
  speak_for(600);
  session->end_turn();
  user_text("to book a table");
  CHECK(told() == "taken:2 words:2=to book a table ");
}

TEST_CASE_FIXTURE(AgentLine, "A turn that is cancelled while the model thinks: the answer to it is dropped") {
  open_and_apply();
  turn(1, "hello");
  session->cancel(1);
  session->begin_turn(2, "");
  sent();
  speak_for(200);
  CHECK(sent() == "200ms ");  // Nobody hears a reply: nothing is held back.
  reply("Good day.", 100);
  CHECK(told().empty());
  CHECK(session->counters().unasked_octets == 800);
}

TEST_CASE_FIXTURE(AgentLine, "The answer to a tool's question is heard as words; the call that the server then takes back is told as words too") {
  open_and_apply();
  turn(1, "book it");
  asks("f1");
  CHECK(told() == "call:1:f1:look_up ");
  session->begin_turn(2, "");
  speak_for(1100);
  say_type("UserStartedSpeaking");
  takes_back("f1");
  session->end_turn();
  user_text("yes");
  CHECK(told() == "taken:2 words:2=yes ");
  reply("Very well.", 100);  // To the yes, which was not meant for the model.
  sent();
  advance(200ms);
  session->on_tool({1, "f1", R"({"booked":true})", {}, false});
  advance(10ms);
  CHECK(sent() == R"(InjectUserMessage([The function look_up was called, and returned: {"booked":true}]) )");
  reply("It is booked.", 100);
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "The outcome of a cancelled reply's function is told, and nobody speaks of it unasked") {
  open_and_apply();
  turn(1, "book it");
  asks("f1");
  CHECK(told() == "call:1:f1:look_up ");
  session->cancel(1);
  takes_back("f1");
  sent();
  session->on_tool({1, "f1", "{}", {}, false});
  CHECK(sent() == "UpdatePrompt([The function look_up was called, and returned: {}]) ");
}

TEST_CASE_FIXTURE(AgentLine, "A call that nobody saw before the interruption is answered with an error") {
  open_and_apply();
  turn(1, "book it");
  sent();
  asks("f1");
  session->cancel(1);
  CHECK(told().empty());
  CHECK(sent() == R"(FunctionCallResponse({"error":"the caller interrupted: nothing was done"}) )");
}

TEST_CASE_FIXTURE(AgentLine, "An unasked reply is dropped, and its functions are refused") {
  open_and_apply();
  sent();
  user_text("the radio speaks");
  reply("I did not hear you.", 100);
  asks("f1");
  CHECK(told().empty());
  CHECK(sent() == R"(FunctionCallResponse({"error":"the caller interrupted: nothing was done"}) )");
  CHECK(session->counters().unasked_turns == 1);
}

TEST_CASE_FIXTURE(AgentLine, "More words of the same turn before the answer: the answer is to all of them") {
  open_and_apply();
  turn(1, "my number is");
  user_text("four two");
  CHECK(told() == "words:1=my number is four two ");
  reply("Thank you.", 100);
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "What was on its way to the line when the caller interrupted is not heard") {
  audio(500);
  session->cancel(1);
  session->cancel_speech();
  CHECK(told().empty());
}

TEST_CASE_FIXTURE(AgentLine, "A reply that was cancelled before it was asked to be spoken is not spoken in place of the next") {
  open_and_apply();
  turn(1, "hello");
  audio(700);
  CHECK(told() == "voiced:1 ");
  session->cancel(1);
  turn(2, "good day");
  reply("Yes?", 100);
  CHECK(told() == "voiced:2 ");
  session->speak(1, "");
  CHECK(told() == "audio:1:100,Yes? said:1 ");
}
