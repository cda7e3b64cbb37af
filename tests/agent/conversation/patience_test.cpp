#include "played_call.hpp"

using namespace offhook_test;

// --- fillers ----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Call, "If the model does not respond, the agent says a filler, and at think_deadline an apology") {
  greet();
  caller_says("hello");
  advance(2490ms);
  CHECK(count<Speak>() == 0);
  advance(10ms);
  REQUIRE(count<Speak>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
  spoken();
  sent();
  CHECK(last<ReportHeard>() == nullptr);  // The filler is not part of a reply, so the model gets no report of the filler.
  advance(5490ms);
  CHECK(count<Speak>() == 1);
  advance(10ms);
  REQUIRE(count<Speak>() == 2);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "The agent says a filler for a slow recogniser too, and the reply follows the filler") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(count<Speak>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
  core.on_listen(Transcript{listening()->turn, true, "hello", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(count<FlushPlayout>() == 0);  // The filler plays to its end.
  const auto filler = last<Speak>()->utterance;
  core.on_speak(SpeechAudio{filler, {0}, {{"One", 0}}}, now, out);
  core.on_speak(SpeechDone{filler}, now, out);
  collect();
  reply("Good day.");
  spoken();
  media(EventKind::UtteranceSent, filler);
  CHECK(count<AgentSaid>() == 0);
  sent();
  REQUIRE(count<AgentSaid>() == 1);
  CHECK(last<AgentSaid>()->text == "Good day.");
  CHECK(last<ReportHeard>()->text == "Good day.");
}

TEST_CASE_FIXTURE(Call, "A cough over the filler does not lose the words that the caller said before the filler") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(last<Speak>()->text == ConversationOptions{}.filler);
  const auto first = listening()->turn;
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  media(EventKind::SpeechStarted);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 5);
  CHECK(count<AbandonListening>() == 0);
  sent();
  advance(1s);
  core.on_listen(Transcript{first, true, "please call me back", 0.9, false}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.text == "please call me back");
}

TEST_CASE_FIXTURE(Call, "If a short noise follows a long turn without words, the agent still asks the caller to repeat the turn") {
  greet();
  media(EventKind::SpeechStarted);
  advance(2s);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  media(EventKind::SpeechStarted);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 5);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.rejected);
}

TEST_CASE_FIXTURE(Call, "A filler that ends before the transcript comes does not change the deadline of the recogniser") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(count<Speak>() == 1);
  spoken();
  sent();
  CHECK(count<AgentSaid>() == 0);
  advance(ConversationOptions{}.listen_deadline - ConversationOptions{}.filler_after);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "A filler plays while the recogniser works, but not over the caller's voice") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + ConversationOptions{}.filler_after);
  REQUIRE(count<Speak>() == 1);
  CHECK_FALSE(core.holds_playout());
  media(EventKind::SpeechStarted);
  CHECK(core.holds_playout());
}

TEST_CASE_FIXTURE(Call, "If the model stops in the middle of a reply, the filler plays after the words that have come") {
  greet();
  caller_says("hello");
  think(ReplyText{core.turns(), "Well,"});
  spoken();
  sent();
  advance(ConversationOptions{}.filler_after);
  CHECK(last<Speak>()->text == ConversationOptions{}.filler);
}

TEST_CASE_FIXTURE(Call, "While the model works, fillers repeat with pauses between them") {
  others = true;
  greet();
  caller_says("hello");
  for (int i = 0; i < 3; ++i) {
    advance(i == 0 ? ConversationOptions{}.filler_after : ConversationOptions{}.filler_again);
    REQUIRE(count<Speak>() == static_cast<std::size_t>(i + 1));
    CHECK(last<Speak>()->text == ConversationOptions{}.filler);
    spoken();
    sent();
  }
}

TEST_CASE_FIXTURE(Call, "The report of a reply that follows a filler does not contain the filler") {
  greet();
  caller_says("hello");
  advance(3s);
  spoken();
  sent();
  reply("Good day.");
  spoken();
  sent();
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "Good day.");
}

// --- retries ----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Call, "If the model fails, the conversation makes another attempt, and the caller hears no apology") {
  others = true;
  greet();
  caller_says("hello");
  think(ThinkFailed{core.turns(), "down"});
  REQUIRE(count<TryAgain>() == 1);
  CHECK(last<TryAgain>()->stage == Stage::Think);
  CHECK(count<Speak>() == 0);
  reply("Good day.");
  CHECK(last<Speak>()->text == "Good day.");
}

TEST_CASE_FIXTURE(Call, "The conversation repeats a failed stage up to max_attempts times, and then apologises") {
  others = true;
  greet();
  caller_says("hello");
  for (unsigned i = 0; i < ConversationOptions{}.max_attempts; ++i) think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == ConversationOptions{}.max_attempts);
  CHECK(count<Speak>() == 0);
  think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == ConversationOptions{}.max_attempts);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "A request that a part of the session repeats counts as an attempt of the turn. The next turn has all attempts again") {
  others = true;
  greet();
  caller_says("hello");
  REQUIRE(core.retries().try_repeat(Stage::Think));
  for (unsigned i = 1; i < ConversationOptions{}.max_attempts; ++i) think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == ConversationOptions{}.max_attempts - 1);
  think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == ConversationOptions{}.max_attempts - 1);
  REQUIRE(last<Speak>()->text == ConversationOptions{}.apology);
  seen.clear();
  caller_says("hello again");
  think(ThinkFailed{core.turns(), "down"});
  CHECK(count<TryAgain>() == 1);
}

TEST_CASE_FIXTURE(Call, "If a reply fails although the caller said nothing, the agent apologises and does not ask the caller to repeat") {
  SUBCASE("the greeting") {
    core.start(now, out);
    core.on_connected(now, out);
  }
  SUBCASE("the question to a silent caller") {
    greet();
    advance(ConversationOptions{}.silence_prompt);
  }
  SUBCASE("the reply to a tool's result") {
    greet();
    const auto turn = speak_over_a_lookup();
    media(EventKind::SpeechStopped, 0, 0, 0, 10);
    advance(500ms);
    core.on_listen(Transcript{listening()->turn, true, "are you there", 0.9, false}, now, out);
    collect();
    core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
    reply("Yes.");
    spoken();
    sent();
    advance(2s);
    REQUIRE(last<Respond>()->input.kind == TurnInput::Kind::ToolResult);
  }
  think(ThinkFailed{core.turns(), "down"});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.mishap);
}

TEST_CASE_FIXTURE(Call, "If a stage does not respond, the conversation makes another attempt at the deadline of that stage") {
  others = true;
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  REQUIRE(last<EndListening>() != nullptr);
  advance(ConversationOptions{}.filler_after);
  spoken();
  sent();
  advance(ConversationOptions{}.listen_deadline - ConversationOptions{}.filler_after);
  REQUIRE(last<TryAgain>() != nullptr);
  CHECK(last<TryAgain>()->stage == Stage::Listen);
  CHECK(count<AbandonListening>() == 0);
  core.on_listen(Transcript{listening()->turn, true, "hello", 0.9, false}, now, out);
  collect();
  think(ReplyText{core.turns(), "Good"});
  advance(ConversationOptions{}.speak_deadline);
  CHECK(last<TryAgain>()->stage == Stage::Speak);
  spoken();
  advance(ConversationOptions{}.think_deadline);
  CHECK(last<TryAgain>()->stage == Stage::Think);
}

TEST_CASE_FIXTURE(Call, "Further text does not extend speak_deadline while the synthesis of the first text has not begun") {
  others = true;
  greet();
  caller_says("hello");
  const base::Duration half = ConversationOptions{}.speak_deadline / 2;
  think(ReplyText{core.turns(), "We are open."});
  advance(half);
  think(ReplyText{core.turns(), "Until six."});
  advance(half - 1ms);
  CHECK(last<TryAgain>() == nullptr);
  think(ReplyDone{core.turns()});
  advance(1ms);
  REQUIRE(last<TryAgain>() != nullptr);
  CHECK(last<TryAgain>()->stage == Stage::Speak);
}

TEST_CASE_FIXTURE(Call, "After each finished utterance, the synthesis of the next utterance has the whole speak_deadline") {
  others = true;
  greet();
  caller_says("hello");
  const base::Duration deadline = ConversationOptions{}.speak_deadline;
  think(ReplyText{core.turns(), "We are open."});
  const auto first = last<Speak>()->utterance;
  think(ReplyText{core.turns(), "Until six."});
  think(ReplyDone{core.turns()});
  advance(deadline - 1ms);
  core.on_speak(SpeechDone{first}, now, out);
  collect();
  advance(deadline - 1ms);
  CHECK(count<TryAgain>() == 0);
  advance(1ms);
  REQUIRE(count<TryAgain>() == 1);
  CHECK(last<TryAgain>()->stage == Stage::Speak);
  advance(deadline);
  REQUIRE(count<TryAgain>() == 2);
  CHECK(last<TryAgain>()->stage == Stage::Speak);
}

TEST_CASE_FIXTURE(Call, "Speech audio without samples shows that the synthesis works, so the conversation waits, and does not request the speech again") {
  others = true;
  greet();
  caller_says("hello");
  const base::Duration deadline = ConversationOptions{}.speak_deadline;
  think(ReplyText{core.turns(), "We are open."});
  think(ReplyDone{core.turns()});
  for (int i = 0; i < 3; ++i) {
    advance(deadline - 1ms);
    core.on_speak(SpeechAudio{last<Speak>()->utterance, {}, {}}, now, out);
    collect();
  }
  CHECK(count<TryAgain>() == 0);
  advance(deadline);
  CHECK(count<TryAgain>() == 1);
}

TEST_CASE_FIXTURE(Call, "After an empty reply, the conversation first asks the model again, and only then asks the caller to repeat") {
  others = true;
  greet();
  caller_says("hello");
  think(ReplyDone{core.turns()});
  CHECK(count<TryAgain>() == 1);
  CHECK(count<Speak>() == 0);
  others = false;
  think(ReplyDone{core.turns()});
  CHECK(last<Speak>()->text == ConversationOptions{}.empty_reply);
}

// --- three failures in a row ------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Call, "Three failures in a row end the call with an apology") {
  greet();
  for (int i = 0; i < 2; ++i) {
    caller_says("hello");
    think(ThinkFailed{core.turns(), "down"});
    CHECK(last<Speak>()->text == ConversationOptions{}.apology);
    spoken();
    sent();
  }
  caller_says("hello");
  think(ThinkFailed{core.turns(), "down"});
  CHECK(last<Speak>()->text == ConversationOptions{}.failure_goodbye);
  spoken();
  sent();
  CHECK(last<HangUpCall>()->why == "failure");
}

TEST_CASE("After three failures, the conversation transfers the call to a person, but only once") {
  Call call;
  ConversationOptions options;
  options.transfer_when_lost = "6000";
  call.core = Conversation(options);
  call.greet();
  const auto fail = [&call] {
    call.caller_says("hello");
    call.think(ThinkFailed{call.core.turns(), "down"});
    call.spoken();
    call.sent();
  };
  fail();
  fail();
  CHECK(call.count<TransferCall>() == 0);
  fail();
  REQUIRE(call.count<TransferCall>() == 1);
  CHECK(call.last<TransferCall>()->target == "6000");
  call.core.on_transfer_failed(AfterTransfer::Stays, call.now, call.out);
  call.collect();
  call.think(ThinkFailed{call.core.turns(), "down"});
  CHECK(call.last<Speak>()->text == options.failure_goodbye);
}

TEST_CASE_FIXTURE(Call, "If the speech synthesis keeps failing, the conversation ends the call, because the caller would hear only silence") {
  greet();
  caller_says("hello");
  reply("Yes?");
  for (int i = 0; i < 5 && last<HangUpCall>() == nullptr; ++i) {
    core.on_speak(SpeakFailed{last<Speak>()->utterance, "no voice"}, now, out);
    collect();
  }
  CHECK(last<HangUpCall>() != nullptr);
}

TEST_CASE_FIXTURE(Call, "If the recogniser never finishes, the conversation abandons the turn and asks the caller to repeat") {
  greet();
  media(EventKind::SpeechStarted);
  advance(500ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(300ms + 4s);
  CHECK(count<AbandonListening>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.apology);
}

TEST_CASE_FIXTURE(Call, "If the model stalls in mid-reply, the conversation makes another attempt after two seconds of silence for the caller") {
  ConversationOptions options;
  options.filler.clear();
  core = Conversation(options);
  others = true;
  greet();
  caller_says("tell me all");
  think(ReplyText{core.turns(), "First of all,"});
  spoken();
  SUBCASE("the caller has heard all words of the model") {
    sent();
    advance(2s);
  }
  SUBCASE("the caller still hears the words: the attempt follows think_deadline after the last text") {
    advance(7s);
    CHECK(count<TryAgain>() == 0);
    advance(1s);
  }
  SUBCASE("the model reports progress, so it has not stalled") {
    sent();
    for (int i = 0; i < 5; ++i) {
      advance(1500ms);
      think(ReplyGrows{core.turns()});
    }
    CHECK(count<TryAgain>() == 0);
    advance(500ms);  // The attempt follows think_deadline after the last text.
  }
  REQUIRE(count<TryAgain>() == 1);
  CHECK(last<TryAgain>()->stage == Stage::Think);
}

TEST_CASE_FIXTURE(Call, "If the synthesis stalls, another attempt follows when its audio has run out, two to five seconds after the last audio") {
  others = true;
  greet();
  caller_says("tell me all");
  think(ReplyText{core.turns(), "First of all, welcome."});
  const auto give = [&](base::Duration length) {
    const auto samples = static_cast<std::size_t>(length / 1ms * 16);
    core.on_speak(SpeechAudio{last<Speak>()->utterance, std::vector<std::int16_t>(samples), {}, 16000}, now, out);
    collect();
  };
  base::Duration until{};
  SUBCASE("0.5 s of audio") { give(500ms), until = 2s; }
  SUBCASE("three seconds of audio") { give(3s), until = 3s; }
  SUBCASE("more audio than the longest wait") { give(20s), until = 5s; }
  advance(until - 10ms);
  CHECK(count<TryAgain>() == 0);
  advance(10ms);
  REQUIRE(count<TryAgain>() == 1);
  CHECK(last<TryAgain>()->stage == Stage::Speak);
}

TEST_CASE_FIXTURE(Call, "If the provider's content filter refuses a turn, the agent says the refusal sentence, makes no other attempt, and continues the call") {
  others = true;
  greet();
  caller_says("something vile");
  think(ThinkFailed{core.turns(), "refused", FailureKind::Filtered});
  CHECK(count<TryAgain>() == 0);
  REQUIRE(count<TurnRefused>() == 1);
  CHECK(last<Speak>()->text == ConversationOptions{}.refusal);
  spoken();
  sent();
  caller_says("when do you open");
  reply("At nine.");
  spoken();
  sent();
  CHECK(last<AgentSaid>()->text == "At nine.");
  for (int i = 0; i < 3; ++i) {
    CHECK(count<HangUpCall>() == 0);
    caller_says("something vile");
    think(ThinkFailed{core.turns(), "refused", FailureKind::Filtered});
    spoken();
    sent();
  }
  CHECK(count<HangUpCall>() == 1);  // The third refusal in a row ends the call.
}

TEST_CASE_FIXTURE(Call, "A hang-up after the question to a silent caller has the reason \"silence\"") {
  greet();
  advance(9s);
  REQUIRE(last<Respond>()->input.kind == TurnInput::Kind::Silence);
  const auto turn = core.turns();
  think(ReplyText{turn, "Goodbye."});
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  spoken();
  sent();
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "silence");
}

TEST_CASE_FIXTURE(Call, "If a model that speaks itself has completed its reply, the conversation does not wait for more audio") {
  others = true;
  greet();
  caller_says("tell me all");
  think(ReplyText{core.turns(), "", true});
  think(ReplyDone{core.turns()});
  core.on_speak(SpeechAudio{last<Speak>()->utterance, std::vector<std::int16_t>(16000 * 30), {}, 16000}, now, out);
  core.on_speak(SpeechDone{last<Speak>()->utterance}, now, out);
  collect();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  advance(29s);
  CHECK(count<TryAgain>() == 0);
}

TEST_CASE_FIXTURE(Call, "After a tool's result or a repeated request, the model has the whole think_deadline again, even if its reply has begun before") {
  ConversationOptions options;
  options.filler.clear();
  core = Conversation(options);
  others = true;
  greet();
  caller_says("tell me all");
  const auto turn = core.turns();
  think(ReplyText{turn, "Let me see."});
  spoken();
  sent();
  SUBCASE("a tool's result") {
    think(ToolCall{turn, "call_1", "look_up", "{}"});
    advance(20s);
    core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
    collect();
  }
  SUBCASE("a failure") {
    think(ThinkFailed{turn, "broken", FailureKind::Network});
    REQUIRE(count<TryAgain>() == 1);
    seen.clear();
  }
  think(ReplyGrows{turn});
  advance(options.think_deadline - 10ms);
  CHECK(count<TryAgain>() == 0);
  advance(10ms);
  CHECK(count<TryAgain>() == 1);
}

TEST_CASE_FIXTURE(Call, "A running tool has the whole tool_deadline, even if the model spoke after the tool call") {
  others = true;
  ConversationOptions options;
  options.filler.clear();
  core = Conversation(options);
  greet();
  caller_says("tell me all");
  think(ToolCall{core.turns(), "call_1", "look_up", "{}"});
  think(ReplyText{core.turns(), "Let me see."});
  spoken();
  sent();
  think(ReplyGrows{core.turns()});
  advance(options.tool_deadline - 10ms);
  CHECK(count<TryAgain>() == 0);
  advance(10ms);
  CHECK(count<TryAgain>() == 1);
}
