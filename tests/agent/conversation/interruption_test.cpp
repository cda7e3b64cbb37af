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
  REQUIRE(count<Respond>() == 2);
  CHECK(last<Respond>()->input.text == "i would like to be called back");
  CHECK_FALSE(last<Respond>()->input.rejected);
}

TEST_CASE_FIXTURE(Call, "A call that ends while we speak can still tell what was heard of it") {
  connect_with_greeting();
  CHECK_FALSE(core.unfinished_reply());
  media(EventKind::Sent, 1, 0);
  media(EventKind::Sent, 1, 1);
  REQUIRE(core.unfinished_reply());
  CHECK(core.unfinished_reply()->text == "one two");
  CHECK(core.unfinished_reply()->interrupted);
  core.on_ended();
  CHECK_FALSE(core.unfinished_reply());
}

TEST_CASE_FIXTURE(Call, "An interruption stops us and the dialogue learns which words were heard") {
  connect_with_greeting();
  seen.clear();
  media(EventKind::Sent, 1, 0);
  media(EventKind::Sent, 1, 1);
  media(EventKind::SpeechStarted);
  advance(230ms);
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
