#include "agent_line.hpp"

using namespace offhook::test;

namespace {

/// A session whose two-second reply to the first turn is playing.
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

TEST_CASE_FIXTURE(ReplyBeingHeard, "AgentSession does not send a cough during a reply, because the server would stop its reply") {
  session->begin_turn(2, "");
  speak_for(AgentCaller::kHoldMs);
  CHECK(sent().empty());
  session->abandon_turn();
  CHECK(sent().empty());
  audio(500);
  CHECK(told() == "audio:1:500 ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "AgentSession sends a sound during a reply if it is longer than kHoldMs") {
  session->begin_turn(2, "");
  speak_for(AgentCaller::kHoldMs);
  speak_for(20);
  CHECK(sent() == "1000ms ");  // The last 20 ms wait, because they do not fill a message.
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "After an interruption, AgentSession sends the held audio, ends the reply, and tells the model the words that the caller heard") {
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

TEST_CASE_FIXTURE(ReplyBeingHeard, "If the caller interrupts before the first word, AgentSession tells the model that the caller heard nothing") {
  session->cancel(1);
  session->cancel_speech();
  session->on_heard({1, "", true, 1, 0ms});
  CHECK(sent() == "UpdatePrompt([The caller interrupted you, and heard nothing of your last reply.]) ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "AgentSession sends keys that interrupt a reply when the server has ended the reply") {
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

TEST_CASE_FIXTURE(ReplyBeingHeard, "If the server continues a cancelled reply, AgentSession opens another socket for the next request") {
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

TEST_CASE_FIXTURE(AgentLine, "If the caller continues a turn, AgentSession gives the words of the first part, and takes the second part as the turn") {
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

TEST_CASE_FIXTURE(AgentLine, "AgentSession drops a reply that comes after its turn was cancelled") {
  open_and_apply();
  turn(1, "hello");
  session->cancel(1);
  session->begin_turn(2, "");
  sent();
  speak_for(200);
  CHECK(sent() == "200ms ");  // No reply plays, so the session sends the audio at once.
  reply("Good day.", 100);
  CHECK(told().empty());
  CHECK(session->counters().unasked_octets == 800);
}

TEST_CASE_FIXTURE(AgentLine, "If the caller's yes to a tool's question makes the server cancel the function call, AgentSession later sends the result as text") {
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
  reply("Very well.", 100);  // The server replies to the yes, although Offhook requests no reply.
  sent();
  advance(200ms);
  session->on_tool({1, "f1", R"({"booked":true})", {}, false});
  advance(10ms);
  CHECK(sent() == R"(InjectUserMessage([The function look_up was called, and returned: {"booked":true}]) )");
  reply("It is booked.", 100);
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession adds the result of a cancelled reply's function to the prompt, and requests no reply") {
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

TEST_CASE_FIXTURE(AgentLine, "If the caller interrupts before the conversation polls a function call, AgentSession answers the call with an error") {
  open_and_apply();
  turn(1, "book it");
  sent();
  asks("f1");
  session->cancel(1);
  CHECK(told().empty());
  CHECK(sent() == R"(FunctionCallResponse({"error":"the caller interrupted: nothing was done"}) )");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession drops a reply that it did not request, and refuses the reply's function calls") {
  open_and_apply();
  sent();
  user_text("the radio speaks");
  reply("I did not hear you.", 100);
  asks("f1");
  CHECK(told().empty());
  CHECK(sent() == R"(FunctionCallResponse({"error":"the caller interrupted: nothing was done"}) )");
  CHECK(session->counters().unasked_turns == 1);
}

TEST_CASE_FIXTURE(AgentLine, "If more words come for a turn that is already taken, AgentSession adds them to the turn, and the reply answers all the words") {
  open_and_apply();
  turn(1, "my number is");
  user_text("four two");
  CHECK(told() == "words:1=my number is four two ");
  reply("Thank you.", 100);
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(ReplyBeingHeard, "At an interruption, AgentSession drops the audio that the conversation has not polled yet") {
  audio(500);
  session->cancel(1);
  session->cancel_speech();
  CHECK(told().empty());
}

TEST_CASE_FIXTURE(AgentLine, "If a reply is cancelled before its speak(), the next speak() plays the next reply") {
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
