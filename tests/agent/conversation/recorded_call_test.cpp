#include "played_call.hpp"

using namespace offhook_test;

namespace {

/// A call that starts with the notice that it is recorded.
struct RecordedCall : Call {
  RecordedCall() {
    ConversationOptions options;
    options.notice = "This call is recorded.";
    core = Conversation(options);
  }
  /// Connects the call. The notice and then the greeting have their audio, but the worker has not sent any of it.
  void begin() {
    core.start(now, out);
    collect();
    REQUIRE(count<Speak>() == 1);
    notice = last<Speak>()->utterance;
    CHECK(last<Speak>()->text == "This call is recorded.");
    spoken();
    reply("Good morning.");
    spoken();
    core.on_connected(now, out);
    collect();
  }
  std::uint32_t notice = 0;
};

}  // namespace

TEST_CASE_FIXTURE(RecordedCall, "The recording notice comes before the greeting, its first audio answers the call, and ReportHeard does not contain the notice") {
  begin();
  CHECK(count<AnswerCall>() == 1);
  REQUIRE(count<Speak>() == 2);
  CHECK(last<Speak>()->utterance > notice);
  media(EventKind::UtteranceSent, notice);
  sent();
  REQUIRE(last<ReportHeard>() != nullptr);
  CHECK(last<ReportHeard>()->text == "Good morning.");
  CHECK(count<StopRecording>() == 0);
}

TEST_CASE_FIXTURE(RecordedCall, "The caller cannot interrupt the recording notice. Speech and keys count only after the last frame of the notice") {
  begin();
  media(EventKind::Sent, notice, 0);
  media(EventKind::SpeechStarted);
  CHECK(count<RisePlayout>() == 1);
  advance(1s);
  media(EventKind::Digit, 0, 0, '1');
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(100ms);
  CHECK(count<BeginListening>() == 0);
  CHECK(count<FlushPlayout>() == 0);
  CHECK(count<Respond>() == 1);
  media(EventKind::UtteranceSent, notice);
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  media(EventKind::SpeechStarted);
  CHECK(count<BeginListening>() == 1);
  advance(600ms);
  CHECK(count<FlushPlayout>() == 1);  // The caller may interrupt the greeting.
  CHECK(count<StopRecording>() == 0);
}

TEST_CASE_FIXTURE(RecordedCall, "If the recording notice does not play to its end, the conversation stops the recording") {
  SUBCASE("the speech synthesis fails, and the call continues") {
    core.start(now, out);
    collect();
    core.on_speak(SpeakFailed{last<Speak>()->utterance, "no voice"}, now, out);
    collect();
    REQUIRE(count<StopRecording>() == 1);
    CHECK(last<Speak>()->text == ConversationOptions{}.mishap);
    CHECK(count<HangUpCall>() == 0);
  }
  SUBCASE("close() ends the call during the notice") {
    begin();
    core.close("shutdown", "We close now.", now, out);
    collect();
    CHECK(count<StopRecording>() == 1);
    CHECK(last<Speak>()->text == "We close now.");
  }
}

TEST_CASE_FIXTURE(Call, "Without a notice, the greeting is the first speech of the agent") {
  greet();
  CHECK(last<Speak>() == nullptr);
  caller_says("hello");
  CHECK(count<StopRecording>() == 0);
}

TEST_CASE_FIXTURE(Call, "caller_waits() is true only during a hold or a transfer") {
  greet();
  CHECK_FALSE(core.caller_waits());
  caller_says("one moment");
  const auto turn = core.turns();
  SUBCASE("a hold") {
    think(ReplyAction{turn, ReplyAction::What::Hold, "5"});
    think(ReplyDone{turn});
    CHECK(core.caller_waits());
    advance(4s + 990ms);
    CHECK(core.caller_waits());
    advance(10ms);
    CHECK_FALSE(core.caller_waits());
  }
  SUBCASE("a transfer to a person who does not answer") {
    think(ReplyAction{turn, ReplyAction::What::Transfer, "6002"});
    think(ReplyDone{turn});
    CHECK(core.caller_waits());
    core.on_transfer_failed(AfterTransfer::Stays, now, out);
    collect();
    CHECK_FALSE(core.caller_waits());
  }
  SUBCASE("until the end of the call") {
    think(ReplyAction{turn, ReplyAction::What::Hold, "5"});
    think(ReplyDone{turn});
    core.on_ended();
    CHECK_FALSE(core.caller_waits());
  }
}
