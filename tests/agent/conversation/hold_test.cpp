#include "played_call.hpp"

#include <offhook/agent/conversation/key_filter.hpp>

using namespace offhook_test;

namespace {

struct HeldCall : Call {
  void peer_holds(bool holds) {
    core.on_peer_hold(holds, now, out);
    collect();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Call, "When another person comes to the line, the model gets one OtherCaller input, as soon as neither side speaks") {
  greet();
  SUBCASE("at once") { core.on_other_caller("Bea, 1002", now, out); }
  SUBCASE("after the caller has heard the reply") {
    caller_says("hello");
    core.on_other_caller("Bea, 1002", now, out);
    collect();
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
    reply("Good day.");
    spoken();
    sent();
    advance(20ms);
  }
  SUBCASE("at the end of a hold, in place of the input that the caller is back") {
    core.on_peer_hold(true, now, out);
    advance(3s);
    core.on_other_caller("Bea, 1002", now, out);
    collect();
    CHECK(count<Respond>() == 0);
    core.on_peer_hold(false, now, out);
  }
  collect();
  REQUIRE(last<Respond>() != nullptr);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::OtherCaller);
  CHECK(last<Respond>()->input.text == "Bea, 1002");
  const auto thoughts = count<Respond>();
  reply("Good day, Bea.");
  spoken();
  sent();
  advance(1s);
  CHECK(count<Respond>() == thoughts);
}

TEST_CASE_FIXTURE(HeldCall, "During a hold by the peer, the conversation does not take music for a turn of the caller, and does not ask about the silence") {
  greet();
  peer_holds(true);
  CHECK(core.is_held_by_peer());
  CHECK(core.caller_waits());
  media(EventKind::SpeechStarted);
  advance(3s);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  media(EventKind::Digit, 0, 0, '5');
  advance(60s);
  CHECK(count<BeginListening>() == 0);
  CHECK(count<Respond>() == 0);
}

TEST_CASE_FIXTURE(HeldCall, "When the caller comes back from a hold, the agent speaks to the caller") {
  greet();
  peer_holds(true);
  SUBCASE("not after a hold of less than two seconds") {
    advance(1900ms);
    peer_holds(false);
    advance(1s);
    CHECK(count<Respond>() == 0);
    return;
  }
  advance(30s);
  SUBCASE("only once") {
    peer_holds(false);
    peer_holds(false);
    REQUIRE(count<Respond>() == 1);
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Back);
    reply("I am here.");
    spoken();
    sent();
    advance(1s);
    CHECK(count<Respond>() == 1);
  }
  SUBCASE("a caller who speaks at once gets only a reply to these words") {
    peer_holds(false);
    reply("I am");
    caller_says("hello");
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
    reply("Yes?");
    spoken();
    sent();
    advance(1s);
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
  }
}

TEST_CASE_FIXTURE(HeldCall, "Words that the caller said before a hold get a reply, although their transcript comes during the hold") {
  greet();
  media(EventKind::SpeechStarted);
  advance(800ms);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  peer_holds(true);
  core.on_listen(Transcript{listening()->turn, true, "when do you open", 0.9, false}, now, out);
  collect();
  CHECK(last<Respond>()->input.text == "when do you open");
}

TEST_CASE_FIXTURE(HeldCall, "When a hold reaches hold_limit, the conversation hangs up, or transfers the call to transfer_when_lost") {
  ConversationOptions options;
  SUBCASE("transfer_when_lost is empty") {}
  SUBCASE("transfer_when_lost has a number") { options.transfer_when_lost = "6000"; }
  core = Conversation(options);
  greet();
  peer_holds(true);
  advance(options.hold_limit - 10ms);
  CHECK(count<HangUpCall>() + count<TransferCall>() == 0);
  advance(10ms);
  if (options.transfer_when_lost.empty()) {
    REQUIRE(count<HangUpCall>() == 1);
    CHECK(last<HangUpCall>()->why == "hold limit");
  } else {
    CHECK(count<HangUpCall>() == 0);
    REQUIRE(count<TransferCall>() == 1);
    CHECK(last<TransferCall>()->target == "6000");
  }
}

TEST_CASE_FIXTURE(HeldCall, "During a hold by the peer, lost media does not end the call. After the hold, lost media ends the call") {
  greet();
  SUBCASE("lost before the hold") {
    media(EventKind::MediaLost);
    peer_holds(true);
  }
  SUBCASE("lost during the hold") {
    peer_holds(true);
    media(EventKind::MediaLost);
  }
  advance(60s);
  CHECK(count<HangUpCall>() == 0);
  peer_holds(false);
  reply("I am here.");
  spoken();
  sent();
  advance(ConversationOptions{}.media_lost_limit);
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "no media");
}

TEST_CASE("KeyFilter takes a key once if INFO reports the key after its tone, and remembers up to kMostBehind such keys [RFC 6086]") {
  const base::TimePoint now = base::Clock::now();
  KeyFilter filter;
  for (const char key : {'5', '6', '6'}) CHECK(filter.takes(key, KeyFilter::By::Audio, now));
  for (const char key : {'5', '6', '6'}) CHECK_FALSE(filter.takes(key, KeyFilter::By::Info, now + 900ms));
  CHECK(filter.takes('6', KeyFilter::By::Info, now + 950ms));  // The caller has pressed 6 a third time.

  KeyFilter behind;
  for (std::size_t i = 0; i <= KeyFilter::kMostBehind; ++i) CHECK(behind.takes(static_cast<char>('0' + i), KeyFilter::By::Audio, now));
  CHECK(behind.takes('0', KeyFilter::By::Info, now));  // The filter does not remember this key any more.
  CHECK_FALSE(behind.takes('1', KeyFilter::By::Info, now));
  CHECK_FALSE(behind.takes('3', KeyFilter::By::Info, now));
  CHECK(behind.takes('2', KeyFilter::By::Info, now));  // INFO has already reported a later key, so this is another press.
}

TEST_CASE("KeyFilter takes a key that both INFO and the audio report as one key, and two presses as two keys") {
  KeyFilter filter;
  base::TimePoint now{10s};
  CHECK(filter.takes('1', KeyFilter::By::Audio, now));
  CHECK_FALSE(filter.takes('1', KeyFilter::By::Info, now + 200ms));
  CHECK(filter.takes('1', KeyFilter::By::Info, now + 400ms));
  CHECK_FALSE(filter.takes('1', KeyFilter::By::Audio, now + 500ms));
  CHECK(filter.takes('1', KeyFilter::By::Audio, now + 3s));
  CHECK(filter.takes('1', KeyFilter::By::Audio, now + 3200ms));
  CHECK(filter.takes('2', KeyFilter::By::Info, now + 3300ms));
  CHECK(filter.takes('1', KeyFilter::By::Info, now + 3200ms + KeyFilter::kSameKey));
}

TEST_CASE_FIXTURE(HeldCall, "During a brief hold, for example while the media address changes, no word of the caller is lost") {
  greet();
  media(EventKind::SpeechStarted);
  advance(600ms);
  peer_holds(true);
  advance(100ms);
  SUBCASE("the caller's voice ends after the hold") {}
  SUBCASE("the caller's voice ends during the hold") { media(EventKind::SpeechStopped, 0, 0, 0, 10); }
  advance(200ms);
  peer_holds(false);
  media(EventKind::SpeechStopped, 0, 0, 0, 10);
  advance(500ms);
  CHECK(count<AbandonListening>() == 0);
  REQUIRE(count<EndListening>() == 1);
  core.on_listen(Transcript{listening()->turn, true, "when do you open", 0.9, false}, now, out);
  collect();
  CHECK(last<Respond>()->input.text == "when do you open");
}

TEST_CASE_FIXTURE(HeldCall, "A hold that re-INVITEs repeat ends with a transfer at hold_limit. If that transfer fails, the conversation hangs up") {
  ConversationOptions options;
  options.transfer_when_lost = "6000";
  core = Conversation(options);
  greet();
  for (int i = 0; i < 10; ++i) {
    peer_holds(true);
    advance(options.hold_limit / 10);
  }
  REQUIRE(count<TransferCall>() == 1);
  CHECK(core.is_held_by_peer());
  core.on_transfer_failed(AfterTransfer::Stays, now, out);
  collect();
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "hold limit");
}

TEST_CASE_FIXTURE(HeldCall, "If a caller comes back from a hold and hears the rest of a reply, the agent makes no extra reply to the return") {
  greet();
  caller_says("when do you open");
  reply("At nine.");
  spoken();
  peer_holds(true);
  advance(30s);
  peer_holds(false);
  media(EventKind::Sent, last<Speak>()->utterance, 0);
  sent();
  advance(1s);
  CHECK(last<Respond>()->input.kind == TurnInput::Kind::Speech);
}

TEST_CASE_FIXTURE(HeldCall, "A hold that begins before the call is connected continues when the call is connected") {
  core.start(now, out);
  collect();
  reply("Good morning.");
  spoken();
  peer_holds(true);
  core.on_connected(now, out);
  collect();
  CHECK(core.is_held_by_peer());
  media(EventKind::SpeechStarted);
  CHECK(count<BeginListening>() == 0);
}

TEST_CASE_FIXTURE(HeldCall, "After the caller has heard the goodbye, the conversation hangs up even if a hold turns the caller's audio into music") {
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
  sent();
  peer_holds(true);
  advance(3s);
  CHECK(count<HangUpCall>() == 1);
}
