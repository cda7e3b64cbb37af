#include "played_call.hpp"

using namespace offhook_test;

TEST_CASE_FIXTURE(Call, "A tool runs while the agent speaks, but the action in its result waits until the caller has heard the sentence") {
  greet();
  caller_says("connect me");
  const auto turn = core.turns();
  think(ReplyText{turn, "I will connect you."});
  think(ToolCall{turn, "call_1", "transfer", "{}"});
  REQUIRE(count<RunTool>() == 1);
  spoken();
  core.on_tool({turn, "call_1", "{}", ReplyAction{turn, ReplyAction::What::Transfer, "6002"}, false}, now, out);
  collect();
  CHECK(count<ReturnToolOutcome>() == 1);
  CHECK(count<TransferCall>() == 0);
  think(ReplyDone{turn});
  CHECK(count<TransferCall>() == 0);
  sent();
  REQUIRE(count<TransferCall>() == 1);
  CHECK(last<TransferCall>()->target == "6002");
}

TEST_CASE_FIXTURE(Call, "If the caller interrupts a reply, the conversation drops the action of the reply's tool, but the model gets the tool's result") {
  greet();
  caller_says("connect me");
  const auto turn = core.turns();
  think(ReplyText{turn, "I will connect you."});
  think(ToolCall{turn, "call_1", "transfer", "{}"});
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  media(EventKind::SpeechStarted);
  advance(600ms);
  REQUIRE(count<FlushPlayout>() == 1);
  core.on_tool({turn, "call_1", "{}", ReplyAction{turn, ReplyAction::What::Transfer, "6002"}, false}, now, out);
  collect();
  CHECK(count<ReturnToolOutcome>() == 1);
  advance(5s);
  CHECK(count<TransferCall>() == 0);
}

TEST_CASE_FIXTURE(Call, "The conversation stores a note of the model at once, before the end of the reply, and only once") {
  greet();
  caller_says("write that down");
  const auto turn = core.turns();
  think(ReplyText{turn, "I will."});
  think(ToolCall{turn, "call_1", "note", "{}"});
  core.on_tool({turn, "call_1", "{}", ReplyAction{turn, ReplyAction::What::Note, "Call back."}, false}, now, out);
  collect();
  REQUIRE(count<NoteLeft>() == 1);
  think(ReplyDone{turn});
  spoken();
  sent();
  CHECK(count<NoteLeft>() == 1);
}

TEST_CASE_FIXTURE(Call, "If a tool's question and the caller's speech begin at the same time, the speech does not cancel the question") {
  greet();
  caller_says("connect me");
  think(ToolCall{core.turns(), "call_1", "transfer", "{}"});
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);  // Speech before the question's first frame does not answer the question.
  collect();
  seen.clear();
  core.on_speak(SpeechAudio{2, {0, 0}, {{"Shall", 0}, {"I", 100}}}, now, out);
  media(EventKind::SpeechStarted);
  advance(100ms);
  SUBCASE("the question has begun") {
    core.set_awaits_answer(true);
    advance(300ms);
    CHECK(count<FlushPlayout>() == 0);
    CHECK(count<RisePlayout>() == 1);
  }
  SUBCASE("the question has not begun") {
    advance(600ms);
    CHECK(count<FlushPlayout>() == 0);
    CHECK(core.holds_playout());
  }
}

TEST_CASE_FIXTURE(Call, "A tool's question plays when neither side speaks, and the caller's next speech answers it") {
  greet();
  caller_says("connect me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "transfer", "{}"});
  core.ask("Shall I?", now, out);
  collect();
  REQUIRE(last<Speak>()->text == "Shall I?");
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  CHECK(count<QuestionBegan>() == 1);
  spoken();
  sent();
  CHECK(count<QuestionHeard>() == 1);
  const auto thoughts = count<Respond>();
  caller_says("yes please");
  REQUIRE(last<AnswerWords>() != nullptr);
  CHECK(last<AnswerWords>()->transcript.text == "yes please");
  CHECK(count<Respond>() == thoughts);
  media(EventKind::Digit, 0, 0, '1');
  REQUIRE(last<AnswerDigit>() != nullptr);
  CHECK(count<Respond>() == thoughts);
  core.set_awaits_answer(false);
  core.on_tool({turn, "call_1", "{}", std::nullopt, false}, now, out);
  collect();
  reply("Done.");
  CHECK(last<Speak>()->text == "Done.");
  media(EventKind::Digit, 0, 0, '1');
  CHECK(count<Respond>() == thoughts + 1);
}

TEST_CASE_FIXTURE(Call, "If the caller answers a question in two halves, AnswerWords has both halves and the start time of the first half") {
  greet();
  caller_says("connect me");
  think(ToolCall{core.turns(), "call_1", "transfer", "{}"});
  core.ask("Shall I?", now, out);
  collect();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  spoken();
  sent();
  const auto began = now;
  media(EventKind::SpeechStarted);
  advance(300ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(400ms);
  const auto first = listening()->turn;
  media(EventKind::SpeechStarted);  // The transcript of the first half has not come yet.
  advance(200ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  bool unclear = false;
  std::string whole = "no okay";
  SUBCASE("both halves have words") { core.on_listen(Transcript{first, true, "no", 0.9, false}, now, out); }
  SUBCASE("the first half has no words: the answer is unclear") {
    core.on_listen(Transcript{first, true, "", 0, true}, now, out);
    unclear = true;
    whole = "okay";
  }
  collect();
  CHECK(count<AnswerWords>() == 0);
  advance(400ms);
  core.on_listen(Transcript{listening()->turn, true, "okay", 0.9, false}, now, out);
  collect();
  REQUIRE(count<AnswerWords>() == 1);
  CHECK(last<AnswerWords>()->transcript.text == whole);
  CHECK(last<AnswerWords>()->transcript.rejected == unclear);
  CHECK(last<AnswerWords>()->began == began);
}

TEST_CASE_FIXTURE(Call, "While a tool's question waits for an answer, think_deadline does not apply, even if the model spoke after the tool call") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "refund", "{}"});
  think(ReplyText{turn, "One moment."});
  spoken();
  sent();
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);
  advance(20ms);
  REQUIRE(last<Speak>()->text == "Shall I?");
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  spoken();
  core.set_awaits_answer(true);
  advance(7s);
  sent();
  advance(13s);
  CHECK(count<DropQuestions>() == 0);
  CHECK(count<TryAgain>() == 0);
}

TEST_CASE_FIXTURE(Call, "Frames of a withdrawn question do not count for the next question") {
  greet();
  caller_says("pay both");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "pay", "{}"});
  think(ToolCall{turn, "call_2", "pay", "{}"});
  core.ask("Shall I pay A?", now, out);
  core.set_awaits_answer(false);
  collect();
  const auto first = last<Speak>()->utterance;
  spoken();  // The worker has the audio and waits, because the caller put the agent on hold.
  advance(30s);
  SUBCASE("another question follows") {
    core.ask("Shall I pay B?", now, out);
    core.set_awaits_answer(false);
    collect();
  }
  SUBCASE("no question follows") { core.withdraw_question(); }
  media(EventKind::Sent, first, 0);
  CHECK(count<QuestionBegan>() == 0);
  media(EventKind::UtteranceSent, first);
  CHECK(count<QuestionHeard>() == 0);
}

TEST_CASE_FIXTURE(Call, "A withdrawn question does not play, and the conversation again asks a silent caller about the silence") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ReplyText{turn, "Of course."});
  think(ToolCall{turn, "call_1", "refund", "{}"});
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);
  collect();
  core.withdraw_question();
  core.on_tool({turn, "call_1", "{}", std::nullopt, true}, now, out);
  collect();
  spoken();
  think(ReplyDone{turn});
  sent();
  CHECK(last<Speak>()->text == "Of course.");
  advance(15s);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Silence);
}

TEST_CASE_FIXTURE(Call, "If the reply of a tool call ends, the conversation drops the tool's question and emits DropQuestions") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ReplyText{turn, "Of course, I will do that."});
  think(ToolCall{turn, "call_1", "refund", "{}"});
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);
  spoken();
  SUBCASE("the caller interrupts the reply") {
    media(EventKind::Sent, last<Speak>()->utterance, 0);
    media(EventKind::SpeechStarted);
    advance(600ms);
  }
  SUBCASE("the caller presses a key") { media(EventKind::Digit, 0, 0, '5'); }
  SUBCASE("the provider fails") {
    for (int i = 0; i < 4; ++i) think(ThinkFailed{turn, "broken", FailureKind::Network});
    core.on_no_other_way(Stage::Think, now, out);
    collect();
  }
  REQUIRE(last<DropQuestions>() != nullptr);
  CHECK(last<DropQuestions>()->turn == turn);
  advance(60s);
  CHECK(count<QuestionBegan>() == 0);
  CHECK(last<Speak>()->text != "Shall I?");
}

TEST_CASE_FIXTURE(Call, "If a question still waits after the end of the model's reply, the next turn drops the question") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "refund", "{}"});
  think(ReplyText{turn, "One moment."});
  think(ReplyDone{turn});
  spoken();
  sent();
  CHECK(count<DropQuestions>() == 0);
  caller_says("what are your hours");
  REQUIRE(last<DropQuestions>() != nullptr);
  CHECK(last<DropQuestions>()->turn == turn);
}

TEST_CASE_FIXTURE(Call, "If the model speaks during an open question, the conversation emits QuestionSpoilt once. A new question plays after that speech") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "refund", "{}"});
  core.ask("Shall I?", now, out);
  collect();
  REQUIRE(last<Speak>()->text == "Shall I?");
  const auto asked = last<Speak>()->utterance;
  spoken();
  SUBCASE("before the first frame of the question") {}
  SUBCASE("while the question plays") { media(EventKind::Sent, asked, 0); }
  SUBCASE("after the question") {
    media(EventKind::Sent, asked, 0);
    sent();
  }
  CHECK(count<QuestionSpoilt>() == 0);
  think(ReplyText{turn, "Would you like to hear our opening hours?"});
  CHECK(count<QuestionSpoilt>() == 1);
  think(ReplyText{turn, "We have new ones."});
  CHECK(count<QuestionSpoilt>() == 1);
  const auto began = count<QuestionBegan>();
  media(EventKind::Sent, asked, 0);
  CHECK(count<QuestionBegan>() == began);  // Further frames of the spoilt question do not count.
  CHECK(count<DropQuestions>() == 0);
  core.ask("Shall I really?", now, out);
  core.set_awaits_answer(false);
  collect();
  CHECK(last<Speak>()->text == "We have new ones.");
  for (std::uint32_t words = asked + 1; words <= asked + 2; ++words) {
    core.on_speak(SpeechAudio{words, {0, 0}, {{"one", 0}}}, now, out);
    core.on_speak(SpeechDone{words}, now, out);
    media(EventKind::UtteranceSent, words);
  }
  advance(20ms);
  CHECK(last<Speak>()->text == "Shall I really?");
}

TEST_CASE_FIXTURE(Call, "If the model speaks after its tool call, the tool's question plays when that speech ends") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ReplyText{turn, "Of course."});
  think(ToolCall{turn, "call_1", "refund", "{}"});
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);
  think(ReplyText{turn, "One moment."});
  CHECK(count<QuestionSpoilt>() == 0);
  for (std::uint32_t words = last<Speak>()->utterance - 1; words <= last<Speak>()->utterance; ++words) {
    core.on_speak(SpeechAudio{words, {0, 0}, {{"one", 0}}}, now, out);
    core.on_speak(SpeechDone{words}, now, out);
  }
  sent();
  advance(20ms);
  CHECK(last<Speak>()->text == "Shall I?");
}

TEST_CASE_FIXTURE(Call, "If a question waits for the end of a reply, the session prepares the speech of the question meanwhile") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ReplyText{turn, "Of course."});
  think(ToolCall{turn, "call_1", "refund", "{}"});
  core.ask("Shall I?", now, out);
  collect();
  REQUIRE(count<PrepareSpeech>() == 1);
  CHECK(last<PrepareSpeech>()->text == "Shall I?");
  spoken();
  sent();
  advance(20ms);
  CHECK(last<Speak>()->text == "Shall I?");
  CHECK(count<PrepareSpeech>() == 1);
}

TEST_CASE_FIXTURE(Call, "If the model fails, the conversation drops the question before the next attempt, because that attempt may call the same tool") {
  others = true;
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "refund", "{}"});
  core.ask("Shall I?", now, out);
  collect();
  seen.clear();
  think(ThinkFailed{turn, "broken", FailureKind::Network});
  REQUIRE(seen.size() == 2);
  CHECK(std::holds_alternative<DropQuestions>(seen[0]));
  CHECK(std::holds_alternative<TryAgain>(seen[1]));
}

TEST_CASE_FIXTURE(Call, "No question plays while the caller enters a number, and the next key belongs to the number") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "refund", "{}"});
  think(ReplyExpects{turn, "", 6});
  think(ReplyText{turn, "Your number, please."});
  think(ReplyDone{turn});
  spoken();
  sent();
  media(EventKind::Digit, 0, 0, '4');
  core.ask("Shall I?", now, out);
  core.set_awaits_answer(false);
  advance(1s);
  CHECK(last<Speak>()->text == "Your number, please.");
  media(EventKind::Digit, 0, 0, '1');
  CHECK(count<AnswerDigit>() == 0);
  advance(5s);
  CHECK(last<Respond>()->input.text == "41");
  CHECK(last<DropQuestions>()->turn == turn);
}

TEST_CASE_FIXTURE(Call, "After a question, the caller has time to answer before the conversation asks about the silence") {
  greet();
  caller_says("refund me");
  const auto turn = core.turns();
  think(ToolCall{turn, "call_1", "refund", "{}"});
  think(ReplyText{turn, "One moment."});
  think(ReplyDone{turn});
  spoken();
  sent();
  advance(6s);
  core.ask("Shall I?", now, out);
  collect();
  REQUIRE(last<Speak>()->text == "Shall I?");
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  spoken();
  const auto thoughts = count<Respond>();
  advance(3s);
  sent();
  CHECK(count<QuestionHeard>() == 1);
  advance(14s);
  CHECK(count<Respond>() == thoughts);
  core.set_awaits_answer(false);
  core.on_tool({turn, "call_1", "{}", std::nullopt, true}, now, out);
  collect();
  advance(9s);
  CHECK(count<Respond>() == thoughts + 1);  // Now the conversation asks about the silence.
}

TEST_CASE_FIXTURE(Call, "If a tool's result comes after the caller interrupted its reply, the agent speaks of the result as soon as neither side speaks") {
  greet();
  const auto turn = speak_over_a_lookup();
  REQUIRE(count<FlushPlayout>() == 1);
  ToolOutcome outcome{turn, "call_1", "{}", std::nullopt, false};
  SUBCASE("the result comes before the next turn: the model gets the result with that turn") {
    core.on_tool(outcome, now, out);
    media(EventKind::SpeechStopped, 0, 0, 0, 10);
    advance(500ms);
    core.on_listen(Transcript{listening()->turn, true, "are you there", 0.9, false}, now, out);
    collect();
    reply("It is on its way.");
    spoken();
    sent();
    advance(2s);
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  }
  SUBCASE("the result comes during the answer to the next turn: the agent speaks of the result after that answer") {
    media(EventKind::SpeechStopped, 0, 0, 0, 10);
    advance(500ms);
    core.on_listen(Transcript{listening()->turn, true, "are you there", 0.9, false}, now, out);
    collect();
    SUBCASE("the result is new, and the tool was accepted") {}
    SUBCASE("not if a call of the next turn has the same result") { outcome.repeated = true; }
    SUBCASE("not if the tool was refused") { outcome.refused = true; }
    core.on_tool(outcome, now, out);
    collect();
    CHECK(last<ReturnToolOutcome>()->outcome.call_id == "call_1");
    reply("Yes, one moment.");
    spoken();
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
    sent();
    advance(20ms);
    const bool told = last<Respond>()->input.kind == TurnInput::Kind::ToolResult;
    CHECK(told == (!outcome.repeated && !outcome.refused));
    if (told) CHECK(last<Respond>()->input.text == "look_up");
  }
}

TEST_CASE_FIXTURE(Call, "If more than kMaxTools tools run, the result of the last tool goes only to the model and causes no turn") {
  greet();
  caller_says("look up all of it");
  const auto turn = core.turns();
  for (std::size_t i = 0; i <= AgentFloor::kMaxTools; ++i) think(ToolCall{turn, "call_" + std::to_string(i), "look_up", "{}"});
  CHECK(count<RunTool>() == AgentFloor::kMaxTools + 1);
  caller_says("wait");
  reply("Yes?");
  spoken();
  sent();
  const auto emit = [&](std::size_t number) {
    core.on_tool({turn, "call_" + std::to_string(number), "{}", std::nullopt, false}, now, out);
    collect();
  };
  emit(AgentFloor::kMaxTools);
  CHECK(last<ReturnToolOutcome>()->outcome.call_id == "call_64");
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  emit(AgentFloor::kMaxTools - 1);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::ToolResult);
}
