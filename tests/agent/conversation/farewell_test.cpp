#include "played_call.hpp"

using namespace offhook_test;

TEST_CASE_FIXTURE(Call, "The conversation asks a silent caller three times, then says goodbye and hangs up") {
  greet();
  for (unsigned i = 1; i <= 3; ++i) {
    advance(8s);
    REQUIRE(count<Respond>() == i);
    CHECK(last<Respond>()->input.kind == TurnInput::Kind::Silence);
    reply("Are you still there?");
    spoken();
    sent();
  }
  advance(8s);
  CHECK(count<Respond>() == 3);
  CHECK(last<Speak>()->text == ConversationOptions{}.silence_goodbye);
  spoken();
  sent();
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "silence");
}

TEST_CASE_FIXTURE(Call, "The call limit ends the call with a sentence, even in the middle of a reply") {
  greet();
  for (int i = 0; i < 400 && last<HangUpCall>() == nullptr; ++i) {
    caller_says("tell me more");
    reply("There is more.");
    spoken();
    advance(4s);
    if (last<Speak>()->text == ConversationOptions{}.limit_goodbye) {
      spoken();
      sent();
    } else {
      sent();
    }
  }
  REQUIRE(last<HangUpCall>() != nullptr);
  CHECK(last<HangUpCall>()->why == "time limit");
  CHECK(now.time_since_epoch() < 31min);
}

TEST_CASE_FIXTURE(Call, "If the caller's audio stops, the conversation hangs up after media_lost_limit, unless the audio comes back") {
  greet();
  SUBCASE("the audio does not come back") {
    media(EventKind::MediaLost);
    advance(20s);
    CHECK(last<HangUpCall>() != nullptr);
    CHECK(last<HangUpCall>()->why == "no media");
  }
  SUBCASE("the audio comes back in time") {
    media(EventKind::MediaLost);
    advance(5s);
    media(EventKind::MediaBack);
    advance(20s);
    CHECK(last<HangUpCall>() == nullptr);
  }
}

TEST_CASE_FIXTURE(Call, "Missing audio does not end a call before the answer. From the answer on, the audio has the whole media_lost_limit to begin") {
  core.start(now, out);
  collect();
  reply("Good morning.");
  spoken();
  advance(10s);
  media(EventKind::MediaLost);
  advance(1min);
  CHECK(count<HangUpCall>() == 0);
  core.on_connected(now, out);
  collect();
  advance(ConversationOptions{}.media_lost_limit - 10ms);
  CHECK(count<HangUpCall>() == 0);
  SUBCASE("no audio comes") {
    advance(10ms);
    REQUIRE(count<HangUpCall>() == 1);
    CHECK(last<HangUpCall>()->why == "no media");
  }
  SUBCASE("audio comes") {
    media(EventKind::MediaBack);
    advance(1min);
    CHECK(count<HangUpCall>() == 0);
  }
}

TEST_CASE_FIXTURE(Call, "close() plays the farewell and ignores the caller's speech. Before the answer, close() hangs up at once") {
  SUBCASE("connected") {
    greet();
    core.close("shutdown", "We close now.", now, out);
    collect();
    CHECK(last<Speak>()->text == "We close now.");
    media(EventKind::SpeechStarted);
    CHECK(count<BeginListening>() == 0);
    spoken();
    sent();
    CHECK(last<HangUpCall>()->why == "shutdown");
  }
  SUBCASE("ringing") {
    core.start(now, out);
    core.close("shutdown", "We close now.", now, out);
    collect();
    CHECK(last<HangUpCall>()->why == "shutdown");
    CHECK(count<Speak>() == 0);
  }
}

TEST_CASE_FIXTURE(Call, "If the farewell cannot be played, for example during a hold, the call ends after farewell_limit") {
  greet();
  core.close("shutdown", "We close now.", now, out);
  collect();
  spoken();  // The farewell is synthesised, but no UtteranceSent comes.
  advance(ConversationOptions{}.farewell_limit - 10ms);
  CHECK(count<HangUpCall>() == 0);
  advance(10ms);
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "shutdown");
}

TEST_CASE_FIXTURE(Call, "close() starts no second farewell. close() without a farewell also ends a running farewell, and hangs up at once") {
  greet();
  core.close("time limit", "Goodbye.", now, out);
  collect();
  core.close("shutdown", "We close now.", now, out);
  collect();
  CHECK(count<Speak>() == 1);
  CHECK(count<HangUpCall>() == 0);
  core.close("shutdown", {}, now, out);
  collect();
  REQUIRE(count<HangUpCall>() == 1);
  CHECK(last<HangUpCall>()->why == "time limit");
}

TEST_CASE_FIXTURE(Call, "If the caller speaks during the farewell, the farewell returns to full volume") {
  greet();
  core.close("shutdown", "We close now.", now, out);
  collect();
  media(EventKind::SpeechStarted);
  CHECK(count<RisePlayout>() == 1);
  CHECK(count<BeginListening>() == 0);
}
