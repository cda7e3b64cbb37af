#include "played_call.hpp"

using namespace offhook_test;

TEST_CASE_FIXTURE(Call, "A cough while we speak lets us rise again; nothing is cancelled") {
  connect_with_greeting();
  seen.clear();
  media(EventKind::SpeechStarted);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 2);
  advance(1s);
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<AbandonListening>() == 1);
  CHECK(count<FlushPlayout>() == 0);
}

TEST_CASE_FIXTURE(Call, "A cough while we think does not unsay what was said before it") {
  greet();
  caller_says("i would like to be called back");
  media(EventKind::SpeechStarted);
  advance(300ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "uh", 0.1, true}, now, out);
  collect();
  CHECK(count<Respond>() == 1);
  CHECK(count<CancelThinking>() == 0);
  reply("We will.");
  CHECK(last<Speak>()->text == "We will.");
}

TEST_CASE_FIXTURE(Call, "A reply that comes while the caller coughs is said when the cough is over") {
  greet();
  caller_says("when do you open");
  const auto turn = core.turns();
  const auto said = count<Speak>();
  media(EventKind::SpeechStarted);
  advance(100ms);
  think(ReplyText{turn, "At nine."});
  think(ToolCall{turn, "call_1", "look_up", "{}"});
  CHECK(count<Speak>() == said);
  CHECK(count<RunTool>() == 0);
  SUBCASE("a short one") {
    media(EventKind::SpeechStopped, 0, 0, 0, 6);
  }
  SUBCASE("a long one") {
    advance(900ms);
    media(EventKind::SpeechStopped, 0, 0, 0, 10);
    advance(400ms);
    core.on_listen(Transcript{listening()->turn, true, "uh", 0.1, true}, now, out);
    collect();
  }
  CHECK(last<Speak>()->text == "At nine.");
  CHECK(count<RunTool>() == 1);
  CHECK(count<Respond>() == 1);
}

TEST_CASE_FIXTURE(Call, "A reply that comes while the caller goes on is not said, and its call is not made") {
  greet();
  caller_says("book a table");
  const auto turn = core.turns();
  media(EventKind::SpeechStarted);
  advance(100ms);
  think(ToolCall{turn, "call_1", "book", "{}"});
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  core.on_listen(Transcript{listening()->turn, true, "for tuesday", 0.9, false}, now, out);
  collect();
  CHECK(count<RunTool>() == 0);
  REQUIRE(last<TellTool>() != nullptr);
  CHECK(last<TellTool>()->outcome.call_id == "call_1");
  CHECK(last<Respond>()->input.text == "book a table for tuesday");
  CHECK(last<Respond>()->input.supersedes == turn);
}

TEST_CASE_FIXTURE(Call, "A sound without words that is longer than a cough pauses the reply, and the reply goes on where it was") {
  greet();
  caller_says("when do you open");
  reply("At nine.");
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  seen.clear();
  media(EventKind::SpeechStarted);
  advance(380ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 6);
  CHECK(count<RisePlayout>() == 0);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<FlushPlayout>() == 0);
  CHECK(count<Respond>() == 0);
}

TEST_CASE_FIXTURE(Call, "A short word over the reply cuts it off when it is understood") {
  greet();
  caller_says("when do you open");
  reply("At nine.");
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  seen.clear();
  media(EventKind::SpeechStarted);
  advance(380ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 6);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "stop", 0.9, false}, now, out);
  collect();
  CHECK(count<FlushPlayout>() == 1);
  CHECK(last<Respond>()->input.text == "stop");
}

TEST_CASE_FIXTURE(Call, "A reply of which nothing was heard waits while the caller speaks, and is said when they said nothing") {
  greet();
  caller_says("when do you open");
  const auto turn = core.turns();
  reply("At nine.");
  seen.clear();
  media(EventKind::SpeechStarted);
  CHECK(core.holds_playout());
  advance(900ms);
  CHECK(count<FlushPlayout>() == 0);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  SUBCASE("nothing") {
    core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
    collect();
    CHECK_FALSE(core.holds_playout());
    CHECK(count<Respond>() == 0);
    CHECK(count<CallerSaid>() == 0);
  }
  SUBCASE("more of the question") {
    core.on_listen(Transcript{listening()->turn, true, "on sundays", 0.9, false}, now, out);
    collect();
    CHECK(last<Respond>()->input.text == "when do you open on sundays");
    CHECK(last<Respond>()->input.supersedes == turn);
  }
}

TEST_CASE_FIXTURE(Call, "A call that ends while we speak can still tell what was heard of it") {
  connect_with_greeting();
  CHECK_FALSE(core.unfinished_reply());
  media(EventKind::Sent, 1, 0);
  media(EventKind::Sent, 1, 1);
  REQUIRE(core.unfinished_reply());
  CHECK(core.unfinished_reply()->text == "one two");
  CHECK(core.unfinished_reply()->interrupted);
  CHECK(core.open_reply().has_value());
  core.on_ended();
  CHECK_FALSE(core.unfinished_reply());
  CHECK_FALSE(core.open_reply());
}

TEST_CASE_FIXTURE(Call, "An interruption stops us and the dialogue learns which words were heard") {
  connect_with_greeting();
  seen.clear();
  media(EventKind::Sent, 1, 0);
  media(EventKind::Sent, 1, 1);
  media(EventKind::SpeechStarted);
  advance(490ms);
  CHECK(count<FlushPlayout>() == 0);
  advance(10ms);
  CHECK(count<FlushPlayout>() == 1);
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "one two");
  CHECK(last<ReportHeard>()->interrupted);
  advance(500ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  CHECK(count<EndListening>() == 1);
}

TEST_CASE_FIXTURE(Call, "A caller who goes on while we think is heard out: both parts become one input") {
  greet();
  caller_says("i would like");
  const auto first = core.turns();
  advance(50ms);
  caller_says("to be called back");
  CHECK(last<CancelThinking>()->turn == first);
  CHECK(last<Respond>()->input.text == "i would like to be called back");
  think(ReplyText{first, "A late answer to half a question."});
  CHECK(count<Speak>() == 0);
}

TEST_CASE_FIXTURE(Call, "A caller who goes on while the first half is still being recognised loses nothing") {
  greet();
  media(EventKind::SpeechStarted);
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  CHECK(count<EndListening>() == 1);
  const auto first = listening()->turn;
  media(EventKind::SpeechStarted);
  core.on_listen(Transcript{first, true, "please give me", 0.9, false}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  core.on_listen(Transcript{listening()->turn, true, "the address", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "please give me the address");
}

TEST_CASE_FIXTURE(Call, "A first half that is recognised only after the second has ended goes before it") {
  greet();
  media(EventKind::SpeechStarted);
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  const auto first = listening()->turn;
  media(EventKind::SpeechStarted);
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  CHECK(count<EndListening>() == 2);
  core.on_listen(Transcript{first, true, "please give me", 0.8, false}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
  SUBCASE("both understood") {
    core.on_listen(Transcript{listening()->turn, true, "the address", 0.9, false}, now, out);
    collect();
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "please give me the address");
  }
  SUBCASE("the second was a noise") {
    core.on_listen(Transcript{listening()->turn, true, "", 0.1, true}, now, out);
    collect();
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "please give me");
    CHECK(last<Respond>()->input.confidence == 0.8);
    CHECK_FALSE(last<Respond>()->input.rejected);
  }
}

TEST_CASE_FIXTURE(Call, "A cough between what was said and what is still thought of costs neither") {
  greet();
  const auto turn = begin_a_lookup();
  sent();
  seen.clear();
  media(EventKind::SpeechStarted);
  advance(300ms);
  core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
  think(ReplyText{turn, "It is on its way."});
  CHECK(count<Speak>() == 0);
  advance(360ms);  // A cough of 160 ms and the hangover of 500 ms that counts while nothing is said.
  media(EventKind::SpeechStopped, 0, 0, 0, 25);
  advance(100ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<CancelThinking>() == 0);
  CHECK(count<Respond>() == 0);
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == "It is on its way.");
}

TEST_CASE_FIXTURE(Call, "A turn that was not understood is asked again for, though a filler is said meanwhile") {
  greet();
  media(EventKind::SpeechStarted);
  advance(2s);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(last<Speak>()->text == ConversationOptions{}.filler);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.rejected);
}

TEST_CASE_FIXTURE(Call, "A filler that falls due while the caller coughs is said afterwards") {
  greet();
  caller_says("where is my order");
  seen.clear();
  advance(2300ms);
  media(EventKind::SpeechStarted);
  advance(400ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<Speak>() == 0);
  advance(ConversationOptions{}.filler_after / 2);
  REQUIRE(count<Speak>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
}

TEST_CASE_FIXTURE(Call, "What the caller says when a tool has run for their question is a turn of its own") {
  greet();
  caller_says("book a table for two");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "book", "{}"});
  core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
  collect();
  caller_says("no wait for three");
  CHECK(last<Respond>()->input.text == "no wait for three");
  CHECK(last<Respond>()->input.supersedes == 0);
}

TEST_CASE_FIXTURE(Call, "Signs of life of a thinker take no place among what waits for the caller") {
  greet();
  caller_says("tell me all");
  const auto turn = core.turns();
  const auto said = count<Speak>();
  media(EventKind::SpeechStarted);
  for (std::size_t i = 0; i < 2 * AgentFloor::kMaxKept; ++i) think(ReplyGrows{turn});
  for (std::size_t i = 0; i <= AgentFloor::kMaxKept; ++i) think(ToolCall{turn, "call_" + std::to_string(i), "look_up", "{}"});
  think(ReplyDone{turn});
  CHECK(count<RunTool>() == 0);
  CHECK(count<TellTool>() == 1);  // Of the one that had no room.
  CHECK(count<Speak>() == said);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 6);
  CHECK(count<RunTool>() == AgentFloor::kMaxKept);
}
