#include "played_call.hpp"

using namespace offhook_test;

// --- the answer and the greeting --------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Call, "The conversation answers the call when the first sample of the greeting is ready, not before") {
  core.start(now, out);
  collect();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Opening);
  advance(300ms);
  CHECK(count<AnswerCall>() == 0);
  reply("Good morning.");
  CHECK(count<AnswerCall>() == 0);
  spoken();
  CHECK(count<AnswerCall>() == 1);
}

TEST_CASE_FIXTURE(Call, "The conversation answers the call after answer_at_latest, even if the greeting is not ready") {
  core.start(now, out);
  collect();
  advance(1990ms);
  CHECK(count<AnswerCall>() == 0);
  advance(10ms);
  CHECK(count<AnswerCall>() == 1);
}

TEST_CASE("The conversation answers the call only after ring_for, even if the greeting is ready earlier") {
  Call call;
  ConversationOptions options;
  options.ring_for = 3s;
  call.core = Conversation(options);
  call.core.start(call.now, call.out);
  call.collect();
  call.reply("Good morning.");
  call.spoken();
  call.advance(2990ms);
  CHECK(call.count<AnswerCall>() == 0);
  call.advance(10ms);
  CHECK(call.count<AnswerCall>() == 1);
}

// --- turns ------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Call, "A turn ends after half a second of silence, counted from the last voiced frame") {
  greet();
  media(EventKind::SpeechStarted);
  CHECK(count<BeginListening>() == 1);
  advance(1s);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);  // 200 ms of silence have passed.
  advance(290ms);
  CHECK(count<EndListening>() == 0);
  advance(10ms);
  CHECK(count<EndListening>() == 1);
}

TEST_CASE_FIXTURE(Call, "A short pause for breath does not end a turn") {
  greet();
  media(EventKind::SpeechStarted);
  advance(400ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(200ms);
  media(EventKind::SpeechStarted);
  advance(5s);
  CHECK(count<BeginListening>() == 1);
  CHECK(count<EndListening>() == 0);
}

TEST_CASE_FIXTURE(Call, "The conversation speaks a reply to the caller's words, and reports the reply as heard when the media worker has sent its audio") {
  greet();
  caller_says("when are you open");
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.text == "when are you open");
  reply("From nine to five.");
  spoken();
  CHECK(count<ReportHeard>() == 0);
  sent();
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "From nine to five.");
  CHECK_FALSE(last<ReportHeard>()->interrupted);
}

TEST_CASE_FIXTURE(Call, "The conversation ignores a short noise without words") {
  greet();
  media(EventKind::SpeechStarted);
  advance(100ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 2);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
  collect();
  CHECK(count<Respond>() == 0);
}

TEST_CASE_FIXTURE(Call, "The model gets an input even if the recogniser did not understand the caller") {
  greet();
  caller_says("");
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.rejected);
}

TEST_CASE_FIXTURE(Call, "If the model's reply is empty, the agent says the empty_reply sentence") {
  greet();
  caller_says("hello");
  think(ReplyDone{core.turns()});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.empty_reply);
}

TEST_CASE_FIXTURE(Call, "The event for the end of an utterance also ends the earlier utterances of the reply, because their own events may be lost") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Thank you."});
  spoken();
  think(ReplyText{turn, "Goodbye."});
  spoken();
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  CHECK(count<HangUpCall>() == 0);
  sent();  // The worker sent the second utterance.
  CHECK(count<HangUpCall>() == 1);
  CHECK(last<AgentSaid>()->text == "Thank you. Goodbye.");
}

TEST_CASE_FIXTURE(Call, "A model that takes audio answers a turn at once. The transcript that comes later goes into the record") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_taken(listening()->turn, now, out);
  collect();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  CHECK(last<CallerSaid>() == nullptr);
  const auto turn = core.turns();
  think(ReplyText{turn, "", true});
  core.on_listen(Transcript{listening()->turn, true, "good morning", 0.9, false}, now, out);
  collect();
  REQUIRE(last<CallerSaid>() != nullptr);
  CHECK(last<CallerSaid>()->turn == turn);
  CHECK(core.turns() == turn);
  CHECK(count<Respond>() == 1);
}

TEST_CASE_FIXTURE(Call, "If on_taken() comes from the provider before the conversation's own silence limit, the turn ends at once") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  core.on_taken(listening()->turn, now, out);
  collect();
  CHECK(count<EndListening>() == 1);
  CHECK(count<Respond>() == 1);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(2s);
  CHECK(count<EndListening>() == 1);
  CHECK(count<Respond>() == 1);
}

TEST_CASE("If the model takes audio, the conversation abandons a turn that is only a cough") {
  Call call;
  ConversationOptions options;
  options.drop_brief_turns = true;
  call.core = Conversation(options);
  call.greet();
  call.media(EventKind::SpeechStarted);
  call.advance(100ms);
  call.media(EventKind::SpeechStopped);
  call.advance(1s);
  CHECK(call.count<EndListening>() == 0);
  CHECK(call.count<AbandonListening>() == 1);
}

TEST_CASE_FIXTURE(Call, "If the model speaks a reply itself, AgentSaid has the words that the caller heard") {
  greet();
  caller_says("hello");
  think(ReplyText{core.turns(), "", true});
  const auto utterance = last<Speak>()->utterance;
  CHECK(last<Speak>()->text.empty());
  core.on_speak(SpeechAudio{utterance, {0}, {{"one", 0}}}, now, out);
  core.on_speak(SpeechAudio{utterance, {0}, {{"two", 100}}}, now, out);
  core.on_speak(SpeechDone{utterance}, now, out);
  collect();
  think(ReplyDone{core.turns()});
  media(EventKind::Sent, utterance, 0);
  CHECK(core.unfinished_reply()->text == "one");
  sent();
  CHECK(last<AgentSaid>()->text == "one two");
}

// --- actions at the end of a reply ------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Call, "The conversation hangs up only after the caller has heard the whole goodbye") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Goodbye."});
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  spoken();
  advance(500ms);
  CHECK(count<HangUpCall>() == 0);
  sent();
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "goodbye");
  CHECK(core.phase() == Conversation::Phase::Ended);
}

TEST_CASE_FIXTURE(Call, "If the caller interrupts the goodbye, the conversation does not hang up") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Goodbye."});
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  media(EventKind::SpeechStarted);
  advance(600ms);
  CHECK(count<FlushPlayout>() == 1);
  media(EventKind::UtteranceSent, last<Speak>()->utterance);
  CHECK(count<HangUpCall>() == 0);
}

TEST_CASE_FIXTURE(Call, "If the goodbye ends while the caller speaks, the conversation waits for the caller's transcript before it hangs up") {
  greet();
  caller_says("goodbye");
  const auto turn = core.turns();
  think(ReplyText{turn, "Goodbye."});
  think(ReplyAction{turn, ReplyAction::What::HangUp, ""});
  think(ReplyDone{turn});
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  media(EventKind::SpeechStarted);
  advance(100ms);
  media(EventKind::UtteranceSent, last<Speak>()->utterance);
  CHECK(count<HangUpCall>() == 0);
  advance(280ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 6);
  advance(500ms);
  SUBCASE("more words") {
    core.on_listen(Transcript{listening()->turn, true, "oh", 0.9, false}, now, out);
    collect();
    CHECK(count<HangUpCall>() == 0);
    CHECK(last<Respond>()->input.text == "oh");
  }
  SUBCASE("a cough") {
    core.on_listen(Transcript{listening()->turn, true, "", 0, true}, now, out);
    collect();
    CHECK(count<HangUpCall>() == 1);
  }
}

TEST_CASE_FIXTURE(Call, "The conversation transfers the call only after the caller has heard the announcement") {
  greet();
  caller_says("sales please");
  const auto turn = core.turns();
  think(ReplyText{turn, "One moment."});
  think(ReplyAction{turn, ReplyAction::What::Transfer, "6100"});
  think(ReplyDone{turn});
  spoken();
  CHECK(count<TransferCall>() == 0);
  sent();
  REQUIRE(last<TransferCall>() != nullptr);
  CHECK(last<TransferCall>()->target == "6100");
  advance(120s);  // The target may ring for a long time, and the conversation does not ask the caller whether they are still there.
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  caller_says("sales please");
  think(ReplyText{core.turns(), "One moment."});
  think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6100"});
  think(ReplyDone{core.turns()});
  spoken();
  sent();
  CHECK(count<TransferCall>() == 1);
}

TEST_CASE_FIXTURE(Call, "A hold by the agent ends after its time, and the conversation does not ask the waiting caller about the silence") {
  greet();
  caller_says("wait");
  const auto turn = core.turns();
  think(ReplyText{turn, "One moment."});
  think(ReplyAction{turn, ReplyAction::What::Hold, "30"});
  think(ReplyDone{turn});
  spoken();
  sent();
  REQUIRE(count<HoldCall>() == 1);
  CHECK(last<HoldCall>()->on);
  const auto thoughts = count<Respond>();
  advance(29900ms);
  CHECK(count<Respond>() == thoughts);
  advance(100ms);
  REQUIRE(count<HoldCall>() == 2);
  CHECK_FALSE(last<HoldCall>()->on);
  advance(ConversationOptions{}.silence_prompt);
  CHECK(count<Respond>() == thoughts + 1);
}

TEST_CASE_FIXTURE(Call, "At most kMaxActions actions of one reply are carried out [kMaxActions]") {
  greet();
  caller_says("write");
  const auto turn = core.turns();
  for (std::size_t i = 0; i < Conversation::kMaxActions + 1; ++i) think(ReplyAction{turn, ReplyAction::What::Note, "n"});
  reply("Noted.");
  spoken();
  sent();
  CHECK(count<NoteLeft>() == Conversation::kMaxActions);
}

TEST_CASE_FIXTURE(Call, "The conversation hangs up on a fax tone from the caller") {
  greet();
  media::MediaEvent tone;
  tone.kind = EventKind::Tone;
  tone.tone = media::LineTone::FaxCalling;
  core.on_media(tone, now, out);
  collect();
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "fax");
  CHECK(count<ToneHeard>() == 1);
}
