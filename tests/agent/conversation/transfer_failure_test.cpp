#include "played_call.hpp"

using namespace offhook_test;

namespace {

struct Transferring : Call {
  Transferring() {
    ConversationOptions options;
    options.silence_prompt = 1h;
    core = Conversation(options);
    greet();
    caller_says("sales please");
    think(ReplyText{core.turns(), "One moment."});
    think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6100"});
    think(ReplyDone{core.turns()});
    spoken();
    sent();
    REQUIRE(count<TransferCall>() == 1);
    seen.clear();
  }
  void fail(AfterTransfer caller = AfterTransfer::Stays) {
    core.on_transfer_failed(caller, now, out);
    collect();
  }
  void fail_and_say_so(AfterTransfer caller = AfterTransfer::MayBeGone) {
    fail(caller);
    reply("Nobody is there.");
    spoken();
    sent();
  }
  /// Reports, as the media worker does, that the last packet came 10 s ago.
  void lose_audio() {
    media::MediaEvent event;
    event.kind = EventKind::MediaLost;
    event.duration_ms = 10'000;
    core.on_media(event, now, out);
    collect();
  }
  [[nodiscard]] bool ended_without_media() const { return last<HangUpCall>() != nullptr && last<HangUpCall>()->why == "no media"; }
};

}  // namespace

TEST_CASE_FIXTURE(Transferring, "After a failed transfer, the model gets a Failure input, the call continues, and another transfer is possible") {
  advance(20s);
  fail();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
  CHECK(last<Respond>()->input.text == kTransferFailed);
  reply("Nobody is there. What else can I do for you?");
  spoken();
  sent();
  CHECK(count<HangUpCall>() == 0);
  caller_says("the workshop then");
  think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6200"});
  think(ReplyDone{core.turns()});
  REQUIRE(last<TransferCall>() != nullptr);
  CHECK(last<TransferCall>()->target == "6200");
}

TEST_CASE_FIXTURE(Transferring, "If the model has no words for a failed transfer, the conversation speaks transfer_apology") {
  fail();
  think(ReplyDone{core.turns()});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.transfer_apology);
}

TEST_CASE_FIXTURE(Transferring, "The turn for a failed transfer waits until the caller has finished speaking and has heard the reply to that speech") {
  media(EventKind::SpeechStarted);
  fail();
  CHECK(count<Respond>() == 0);
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "hello", 0.9, false}, now, out);
  collect();
  REQUIRE(count<Respond>() == 1);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  reply("Hello.");
  spoken();
  advance(1s);
  CHECK(count<Respond>() == 1);
  sent();
  advance(10ms);
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
}

TEST_CASE_FIXTURE(Transferring, "If the caller interrupts the turn for a failed transfer before its first word, the conversation repeats the turn once") {
  fail();
  SUBCASE("while the model works") {}
  SUBCASE("before the synthesised reply plays") {
    reply("Nobody is there.");
    spoken();
  }
  caller_says("hello");
  REQUIRE(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  reply("Hello.");
  spoken();
  sent();
  advance(10ms);
  REQUIRE(count<Respond>() == 3);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
  reply("Nobody is there.");
  spoken();
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  caller_says("I see");
  reply("Anything else?");
  spoken();
  sent();
  advance(10ms);
  CHECK(count<Respond>() == 4);
}

TEST_CASE_FIXTURE(Transferring, "If the caller presses a key during the turn for a failed transfer, the turn follows the reply to the key") {
  fail();
  media(EventKind::Digit, 0, 0, '3');
  REQUIRE(last<Respond>()->input.kind == TurnInput::Kind::Digits);
  reply("Three.");
  spoken();
  sent();
  advance(10ms);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Failure);
}

TEST_CASE_FIXTURE(Transferring, "The turn for a failed transfer waits until the caller has entered a number") {
  caller_says("another number then");
  think(ReplyExpects{core.turns(), "", 4});
  reply("Which one?");
  spoken();
  sent();
  for (const char digit : {'1', '2'}) media(EventKind::Digit, 0, 0, digit);
  fail();
  advance(1s);
  CHECK(count<Respond>() == 1);
  for (const char digit : {'3', '4'}) media(EventKind::Digit, 0, 0, digit);
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.text == "1234");
}

TEST_CASE_FIXTURE(Transferring, "If the model starts another transfer, the conversation drops the turn for the failed transfer") {
  media(EventKind::SpeechStarted);
  fail();
  advance(600ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  core.on_listen(Transcript{listening()->turn, true, "the workshop then", 0.9, false}, now, out);
  collect();
  think(ReplyAction{core.turns(), ReplyAction::What::Transfer, "6200"});
  think(ReplyDone{core.turns()});
  REQUIRE(count<TransferCall>() == 1);
  advance(60s);
  CHECK(count<Respond>() == 1);
}

TEST_CASE_FIXTURE(Transferring, "If the model fails in the turn for a failed transfer, the conversation speaks transfer_apology") {
  fail();
  think(ThinkFailed{core.turns(), "no answer"});
  REQUIRE(last<Speak>() != nullptr);
  CHECK(last<Speak>()->text == ConversationOptions{}.transfer_apology);
}

TEST_CASE_FIXTURE(Transferring, "If the audio stops at most 5 s after the failure of a blind transfer, the call ends as soon as the loss of the audio is known") {
  fail_and_say_so();
  SUBCASE("before the report of the failure") { advance(9s); }
  SUBCASE("5 s after the report of the failure") { advance(15s); }
  SUBCASE("after a tone that the PBX plays to the agent") {
    media(EventKind::MediaBack);
    advance(13s);
  }
  lose_audio();
  advance(10ms);
  CHECK(ended_without_media());
}

TEST_CASE_FIXTURE(Transferring, "If the audio stops later than 5 s after a failed transfer, it has the usual 20 s to come back") {
  fail_and_say_so();
  SUBCASE("5 s and 1 ms after the failure") { advance(15s + 1ms); }
  SUBCASE("after minutes in which the caller only listened") { advance(5min); }
  lose_audio();
  advance(ConversationOptions{}.media_lost_limit - 10ms);
  CHECK(count<HangUpCall>() == 0);
  advance(10ms);
  CHECK(ended_without_media());
}

TEST_CASE_FIXTURE(Transferring, "During a transfer, the call needs no audio. After the failure of the transfer, lost audio has 10 s to come back") {
  lose_audio();
  SUBCASE("5 s after the loss") { advance(5s); }
  SUBCASE("170 s after the loss") { advance(170s); }
  SUBCASE("170 s after the loss, with a hold") {
    core.on_peer_hold(true, now, out);
    core.on_peer_hold(false, now, out);
    advance(170s);
  }
  CHECK(count<HangUpCall>() == 0);
  fail_and_say_so();
  advance(10s - 10ms);
  CHECK(count<HangUpCall>() == 0);
  SUBCASE("the audio does not come back") {
    advance(10ms);
    CHECK(ended_without_media());
  }
  SUBCASE("the audio comes back") {
    media(EventKind::MediaBack);
    advance(1min);
    CHECK(count<HangUpCall>() == 0);
  }
}

TEST_CASE_FIXTURE(Transferring, "If the caller's side did not accept a transfer, lost audio has the usual 20 s to come back") {
  SUBCASE("lost before the failure") {
    lose_audio();
    advance(15s);
    fail_and_say_so(AfterTransfer::Stays);
  }
  SUBCASE("lost after the failure") {
    fail_and_say_so(AfterTransfer::Stays);
    advance(9s);
    lose_audio();
  }
  advance(ConversationOptions{}.media_lost_limit - 10ms);
  CHECK(count<HangUpCall>() == 0);
  advance(10ms);
  CHECK(ended_without_media());
}

TEST_CASE_FIXTURE(Transferring, "If the caller shows presence after a failed transfer, lost audio has the usual time to come back") {
  fail_and_say_so();
  SUBCASE("by words") { caller_says("hello"); }
  SUBCASE("by a key") { media(EventKind::Digit, 0, 0, '3'); }
  SUBCASE("by a hold") {
    core.on_peer_hold(true, now, out);
    core.on_peer_hold(false, now, out);
  }
  lose_audio();
  advance(1s);
  CHECK(count<HangUpCall>() == 0);
}

TEST_CASE_FIXTURE(Call, "on_transfer_failed() without a transfer causes no turn") {
  greet();
  core.on_transfer_failed(AfterTransfer::Stays, now, out);
  collect();
  CHECK(count<Respond>() == 0);
}
