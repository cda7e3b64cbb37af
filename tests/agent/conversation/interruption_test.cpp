#include "played_call.hpp"

using namespace offhook_test;

namespace {

/// A call whose conversation thread is late: it reads the begin and the end of the caller's speech in one pass.
struct LateThread : Call {
  void use(bool takes_sound) {
    ConversationOptions options;
    options.drop_brief_turns = takes_sound;
    core = Conversation(options);
  }
  void caller_spoke(base::Duration length, base::Duration hangover) {
    const auto began = tick, ended = began + static_cast<std::uint64_t>((length + hangover) / 20ms);
    now += length + hangover + 100ms;
    core.on_media({EventKind::SpeechStarted, 0, 0, 0, 0, began, began}, now, out);
    collect();
    core.on_media({EventKind::SpeechStopped, 0, 0, 0, 0, ended, ended - static_cast<std::uint64_t>(hangover / 20ms)}, now, out);
    collect();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Call, "A cough of the caller only lowers the volume of the agent's voice for a moment, and the conversation cancels nothing") {
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

TEST_CASE_FIXTURE(Call, "A cough while the model works does not cancel the reply to the words before the cough") {
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

TEST_CASE_FIXTURE(Call, "If a reply comes while the caller coughs, the agent speaks the reply after the cough") {
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
  SUBCASE("a short cough") {
    media(EventKind::SpeechStopped, 0, 0, 0, 6);
  }
  SUBCASE("a long cough") {
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

TEST_CASE_FIXTURE(Call, "If a reply comes while the caller continues the turn, the agent does not speak the reply, and the reply's tool call does not run") {
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
  REQUIRE(last<ReturnToolOutcome>() != nullptr);
  CHECK(last<ReturnToolOutcome>()->outcome.call_id == "call_1");
  CHECK(last<Respond>()->input.text == "book a table for tuesday");
  CHECK(last<Respond>()->input.supersedes == turn);
}

TEST_CASE_FIXTURE(Call, "A sound without words that is longer than a cough pauses the reply, which then continues where it paused") {
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

TEST_CASE_FIXTURE(Call, "A short word over the reply stops the reply when its transcript comes") {
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

TEST_CASE_FIXTURE(Call, "A reply of which the caller heard nothing waits while the caller speaks, and plays if the caller said no words") {
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
  SUBCASE("no words") {
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

TEST_CASE_FIXTURE(Call, "During a reply, unfinished_reply() returns the words that the caller has heard, in case the call ends") {
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

TEST_CASE_FIXTURE(Call, "An interruption stops the reply, and ReportHeard has the words that the caller heard") {
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

TEST_CASE_FIXTURE(Call, "If the caller continues while the model works, both parts of the caller's words become one input") {
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

TEST_CASE_FIXTURE(Call, "If the caller continues before the first transcript comes, the words of both parts become one input") {
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

TEST_CASE_FIXTURE(Call, "If the first transcript comes after the end of the second turn, its words still go before the words of the second turn") {
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
  SUBCASE("both parts have words") {
    core.on_listen(Transcript{listening()->turn, true, "the address", 0.9, false}, now, out);
    collect();
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "please give me the address");
  }
  SUBCASE("the second part is a noise") {
    core.on_listen(Transcript{listening()->turn, true, "", 0.1, true}, now, out);
    collect();
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.text == "please give me");
    CHECK(last<Respond>()->input.confidence == 0.8);
    CHECK_FALSE(last<Respond>()->input.rejected);
  }
}

TEST_CASE_FIXTURE(Call, "If the caller coughs between two parts of a reply, the agent still speaks the second part") {
  greet();
  const auto turn = begin_a_lookup();
  sent();
  seen.clear();
  media(EventKind::SpeechStarted);
  advance(300ms);
  core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
  think(ReplyText{turn, "It is on its way."});
  CHECK(count<Speak>() == 0);
  advance(360ms);  // The cough lasts 160 ms. While the agent is silent, the detector needs 500 ms of silence after it.
  media(EventKind::SpeechStopped, 0, 0, 0, 25);
  advance(100ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<CancelThinking>() == 0);
  CHECK(count<Respond>() == 0);
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == "It is on its way.");
}

TEST_CASE_FIXTURE(Call, "If a turn has no words, the agent asks the caller to repeat the turn, even if a filler plays meanwhile") {
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

TEST_CASE_FIXTURE(Call, "If a filler is due during a cough, the agent says the filler after the cough") {
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

TEST_CASE_FIXTURE(Call, "If a tool has already run for the caller's question, the next words of the caller are a new turn") {
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

TEST_CASE_FIXTURE(Call, "ReplyGrows events take no place in the queue of events that wait while the caller speaks") {
  greet();
  caller_says("tell me all");
  const auto turn = core.turns();
  const auto said = count<Speak>();
  media(EventKind::SpeechStarted);
  for (std::size_t i = 0; i < 2 * AgentFloor::kMaxKept; ++i) think(ReplyGrows{turn});
  for (std::size_t i = 0; i <= AgentFloor::kMaxKept; ++i) think(ToolCall{turn, "call_" + std::to_string(i), "look_up", "{}"});
  think(ReplyDone{turn});
  CHECK(count<RunTool>() == 0);
  CHECK(count<ReturnToolOutcome>() == 1);  // The queue had no place for one tool call.
  CHECK(count<Speak>() == said);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 6);
  CHECK(count<RunTool>() == AgentFloor::kMaxKept);
}

TEST_CASE_FIXTURE(LateThread, "If a late thread reads the start and the end of the caller's speech in one pass, the turn has its real length") {
  bool takes_sound = false;
  SUBCASE("in a cascade") {}
  SUBCASE("in a session that takes audio") { takes_sound = true; }
  use(takes_sound);
  greet();
  caller_spoke(1s, 500ms);
  advance(10ms);
  CHECK(count<AbandonListening>() == 0);
  REQUIRE(count<EndListening>() == 1);
  if (takes_sound) return;
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);  // The turn is too long for a noise, so the agent asks the caller to repeat it.
  CHECK(last<Respond>()->input.rejected);
}

TEST_CASE_FIXTURE(LateThread, "If a late thread reads the start and the end of an interruption in one pass, the interruption counts with its real length") {
  bool takes_sound = false, cuts_off = true;
  base::Duration length = 1s;
  SUBCASE("long, in a cascade") {}
  SUBCASE("long, in a session that takes audio") { takes_sound = true; }
  SUBCASE("of 300 ms, in a cascade: the transcript decides") {
    length = 300ms;
    cuts_off = false;
  }
  SUBCASE("of 300 ms, in a session that takes audio") {
    length = 300ms;
    takes_sound = true;
  }
  use(takes_sound);
  connect_with_greeting();
  media(EventKind::Sent, 1, 0);
  advance(200ms);
  seen.clear();
  caller_spoke(length, 120ms);
  CHECK(count<FlushPlayout>() == (cuts_off ? 1 : 0));
  advance(380ms);
  CHECK(count<RisePlayout>() == 0);
  CHECK(count<AbandonListening>() == 0);
  CHECK(count<EndListening>() == 1);
}

TEST_CASE_FIXTURE(LateThread, "If a late thread reads the start and the end of a cough in one pass, the cough does not cancel the agent's speech") {
  connect_with_greeting();
  media(EventKind::Sent, 1, 0);
  advance(200ms);
  seen.clear();
  caller_spoke(100ms, 120ms);
  advance(1s);
  CHECK(count<FlushPlayout>() == 0);
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<AbandonListening>() == 1);
}

TEST_CASE_FIXTURE(LateThread, "If the caller continues an interruption after a breath and the thread is late, the continuation counts with its real length") {
  connect_with_greeting();
  media(EventKind::Sent, 1, 0);
  advance(200ms);
  media(EventKind::SpeechStarted);
  advance(300ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 6);
  advance(200ms);
  seen.clear();
  SUBCASE("longer than confirm_interruption") {
    caller_spoke(200ms, 120ms);
    CHECK(count<FlushPlayout>() == 1);
  }
  SUBCASE("shorter than confirm_interruption") {
    caller_spoke(100ms, 120ms);
    CHECK(count<FlushPlayout>() == 0);
  }
}
