#include "agent_line.hpp"

using namespace offhook::test;

// Tests of messages that a server sends in an unusual order.

TEST_CASE_FIXTURE(AgentLine, "If two turns end before any words come, AgentSession assigns the words to the second turn") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  session->end_turn();
  session->begin_turn(2, "");
  speak_for(600);
  session->end_turn();
  user_text("hello");
  CHECK(told() == "taken:2 words:2=hello ");
}

TEST_CASE_FIXTURE(AgentLine, "If the server reported UserStartedSpeaking, AgentSession fails a short turn without words, and does not report a noise") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  say_type("UserStartedSpeaking");
  session->end_turn();
  advance(AgentCaller::kTextWait);
  CHECK(told() == "deaf:1:timeout ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession assigns no words to a turn of which it sent no audio, or to an abandoned turn") {
  open_and_apply();
  turn(1, "hello");
  agent_text("Good day.");
  audio(2000);
  told();
  session->begin_turn(2, "");
  speak_for(200);
  user_text("the radio");
  CHECK(session->counters().unasked_turns == 1);
  session->abandon_turn();
  session->cancel(1);
  session->begin_turn(3, "");
  speak_for(200);
  session->abandon_turn();
  user_text("aha");
  CHECK(session->counters().unasked_turns == 2);
  CHECK(told().empty());
}

TEST_CASE_FIXTURE(AgentLine, "If the server has sent all audio of a reply, AgentSession sends keys at once") {
  open_and_apply();
  turn(1, "hello");
  reply("Good day.", 1000);
  session->cancel(1);
  sent();
  session->respond({2, TurnInput::Kind::Digits, "1", 1, false});
  CHECK(sent() == "InjectUserMessage([The caller pressed the keys 1]) ");
}

TEST_CASE_FIXTURE(AgentLine, "If the socket breaks during a function call, AgentSession sends the caller's words and the result as text on the next socket") {
  open_and_apply();
  turn(1, "what time is it");
  asks("f1");
  told();
  break_off();
  CHECK(told().empty());
  advance(1s);
  apply();
  CHECK(sent() == "Settings ");
  session->on_tool({1, "f1", "noon", {}, false});
  CHECK(sent() == "InjectUserMessage(what time is it [The function look_up was called, and returned: noon]) ");
  reply("It is noon.", 100);
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "If the server refuses two connections because of its rate limit, AgentSession does not connect again for this reply") {
  open();
  for (int i = 0; i < 2; ++i) {
    const auto held = sockets.all.back();
    held->handler.on_closed({std::nullopt, 429, "", 0, "", {}});
    if (i == 0) session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  }
  CHECK(told() == "broken:1:rate limited ");
  CHECK_FALSE(session->try_again(Stage::Think, ""));
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession accepts the reply to its text, even if the server's echo of the text differs") {
  open_and_apply();
  session->respond({1, TurnInput::Kind::Digits, "1", 1, false});
  user_text("the caller pressed the keys 1");
  reply("One.", 100);
  CHECK(told() == "voiced:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession does not play a reply that the server stops before respond()") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  session->end_turn();
  user_text("hello");
  audio(100);
  say_type("UserStartedSpeaking");
  CHECK(told() == "taken:1 words:1=hello ");
  session->respond({1, TurnInput::Kind::Speech, {}, 1, false});
  CHECK(told().empty());
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession refuses a function call in a reply that it did not request") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  session->end_turn();
  user_text("hello");
  asks("f1");
  told();
  sent();
  session->respond({1, TurnInput::Kind::Digits, "1", 1, false});
  advance(AgentReplies::kPendingWait);
  CHECK(sent() == R"(FunctionCallResponse({"error":"the caller interrupted: nothing was done"}) )");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession does not use the server's reply to a tool's question for the next turn, if this turn has no words") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  session->end_turn();
  user_text("yes");
  told();
  advance(1s);
  session->begin_turn(2, "");
  speak_for(600);
  session->end_turn();
  advance(AgentCaller::kTextWait);
  CHECK(told() == "words:2? ");
  sent();
  session->respond({2, TurnInput::Kind::Speech, {}, 0, true});
  advance(AgentReplies::kQuietWait + AgentProtocol::kBackOff);
  apply();
  CHECK(sent() == "Settings InjectUserMessage([The caller said something that was not understood.]) ");
}

TEST_CASE_FIXTURE(AgentLine, "An AgentAudioDone for audio before a function's result does not end the reply. Audio without words belongs to the reply") {
  open_and_apply();
  turn(1, "hello");
  agent_text("One moment.");
  audio(100);
  asks("f1");
  session->on_tool({1, "f1", "{}", {}, false});
  audio_done();
  told();
  advance(2s);
  CHECK(told().empty());
  audio(200);
  advance(AgentReplies::kMoreWait);
  CHECK(told() == "voiced:1 ");
  audio_done();
  audio(200);  // This audio still belongs to the reply.
  advance(1s);
  CHECK(told() == "voiced:1 ");
  audio_done();
  advance(1s);
  CHECK(told() == "done:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "If no reply comes, AgentSession requests it on another socket, even shortly after an earlier socket broke") {
  open_and_apply();
  break_off();
  advance(1s);
  apply();
  turn(1, "hello");
  advance(5s);
  CHECK(session->try_again(Stage::Think, "nothing came in time"));
  advance(1s);
  REQUIRE(sockets.all.size() == 3);
  apply();
  CHECK(sent() == "Settings InjectUserMessage(hello) ");
}
