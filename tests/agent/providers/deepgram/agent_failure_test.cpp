#include "agent_line.hpp"

using namespace offhook::test;

namespace {

void refuse(AgentLine& line, int status) {
  const auto held = line.sockets.all.back();
  held->handler.on_closed({std::nullopt, status, "", 0, "", {}});
}

}  // namespace

TEST_CASE_FIXTURE(AgentLine, "If its socket breaks during a reply, AgentSession opens another one, sends the history, and lets the model continue the reply") {
  history.add({HistoryEntry::Kind::Caller, 1, "hello", {}, {}, false});
  history.add({HistoryEntry::Kind::Agent, 1, "Good day.", {}, {}, false});
  open_and_apply();
  turn(2, "what time is it");
  history.add({HistoryEntry::Kind::Caller, 2, "what time is it", {}, {}, false});  // Settings does not have this turn, because the session requests it again.
  agent_text("It is noon, and");
  audio(1500);
  told();
  session->speak(1, "");
  CHECK(told() == "audio:1:1500,It,is,noon, ");  // The session holds back the last word, because its audio may be incomplete.
  break_off();
  CHECK(told() == "broken:2:network said:1 ");
  CHECK(session->try_again(Stage::Think, "it broke"));
  advance(AgentProtocol::kBackOff - 10ms);
  CHECK(sockets.all.size() == 1);
  advance(10ms);
  REQUIRE(sockets.all.size() == 2);
  apply();
  CHECK(settings_sent()["agent"]["context"]["messages"].size() == 2);
  CHECK(sent() == "Settings InjectUserMessage(what time is it [A fault broke your reply off after these words: \"It is noon,\" "
                  "Go on from there; do not repeat them.]) ");
  reply("the sun shines.", 100);
  CHECK(told() == "voiced:2 ");
}

TEST_CASE_FIXTURE(AgentLine, "If two sockets in a row break, AgentSession fails the waiting reply at once") {
  open_and_apply();
  turn(1, "hello");
  break_off();
  CHECK(told() == "broken:1:network ");
  CHECK(session->try_again(Stage::Think, "it broke"));
  advance(1s);
  REQUIRE(sockets.all.size() == 2);
  break_off();
  CHECK(told() == "broken:1:network ");
  CHECK(retries == "think: connects again; think: asks again; think: connects again when it is needed; ");
  CHECK_FALSE(session->try_again(Stage::Think, "it broke"));
  advance(10s);
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(AgentLine, "If a socket works for kSettled before it breaks, AgentSession replaces it, even if earlier sockets broke") {
  open_and_apply();
  for (std::size_t sockets_so_far = 1; sockets_so_far < 4; ++sockets_so_far) {
    advance(AgentProtocol::kSettled);
    break_off();
    advance(1s);
    REQUIRE(sockets.all.size() == sockets_so_far + 1);
    apply();
  }
  advance(AgentProtocol::kSettled - 10ms);
  break_off();
  advance(1s);
  CHECK(sockets.all.size() == 4);
}

TEST_CASE_FIXTURE(AgentLine, "If the socket breaks during a turn, AgentSession sends the whole turn on the next socket") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  break_off();
  speak_for(200);
  session->end_turn();
  advance(1s);
  apply();
  CHECK(sent() == "Settings 800ms ForceEndTurn ");
  user_text("hello");
  CHECK(told() == "taken:1 words:1=hello ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession keeps 30 s of a turn for another socket. If the turn is longer, it drops the oldest second") {
  open_and_apply();
  session->begin_turn(1, "");
  break_off();
  for (std::size_t ms = 0; ms < CallerAudio::kMostMs; ms += 100) speak_for(100);
  speak_for(20);
  session->end_turn();
  advance(1s);
  apply();
  CHECK(sent() == "Settings 29020ms ForceEndTurn ");
  CHECK(session->counters().early_audio_dropped == 8000);
}

TEST_CASE_FIXTURE(AgentLine, "If the server refuses the key, AgentSession fails the reply and the turn at once, and does not connect again") {
  open();
  refuse(*this, 401);
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  CHECK(told() == "broken:1:auth ");
  CHECK_FALSE(session->try_again(Stage::Think, ""));
  session->begin_turn(1, "");
  speak_for(500);
  session->end_turn();
  CHECK(told() == "deaf:1:auth ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(AgentLine, "If a busy server refuses the connection, AgentSession connects again at the next request") {
  open();
  refuse(*this, 503);
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  REQUIRE(sockets.all.size() == 2);
  refuse(*this, 503);
  CHECK(told() == "broken:1:overloaded ");
}

TEST_CASE_FIXTURE(AgentLine, "If the server reports an Error in Offhook's message, AgentSession fails and does not connect again") {
  open();
  say_type("Welcome");
  say({{"type", "Error"}, {"code", "INVALID_SETTINGS"}, {"description", "a sentence"}});
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  CHECK(told() == "broken:1:protocol ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(AgentLine, "If the server reports an Error of its own, AgentSession connects again, and does not report the text of the Error") {
  open_and_apply();
  turn(1, "hello");
  say({{"type", "Error"}, {"code", "FAILED_TO_THINK"}, {"description", "dg-canary"}});
  const auto event = session->poll();
  REQUIRE(event);
  CHECK(std::get<ThinkFailed>(*event).why == "the voice agent says: FAILED_TO_THINK");
  CHECK(std::get<ThinkFailed>(*event).kind == FailureKind::Overloaded);
  reply("Last words.", 100);
  CHECK(told().empty());
  advance(1s);
  CHECK(sockets.all.size() == 2);
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession opens another socket if Welcome or SettingsApplied does not come in time") {
  open();
  advance(AgentProtocol::kOpenWithin - 10ms);
  CHECK(sockets.all.size() == 1);
  advance(10ms + AgentProtocol::kBackOff);
  REQUIRE(sockets.all.size() == 2);
  say_type("Welcome");
  advance(AgentProtocol::kConfigureWithin);
  session->respond({1, TurnInput::Kind::Opening, {}, 1, false});
  CHECK(sockets.all.size() == 3);  // The session has closed the second socket, so the request opens a third one.
}

TEST_CASE_FIXTURE(AgentLine, "If the server sends no words for a turn shorter than kNoiseMs, AgentSession reports a noise") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(AgentCaller::kNoiseMs - 20);
  session->end_turn();
  advance(AgentCaller::kTextWait - 10ms);
  CHECK(told().empty());
  advance(10ms);
  CHECK(told() == "words:1? ");
}

TEST_CASE_FIXTURE(AgentLine, "If the server sends no words for a longer turn, AgentSession sends the turn once more on another socket, and then reports an empty turn") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(AgentCaller::kNoiseMs);
  session->end_turn();
  advance(AgentCaller::kTextWait);
  CHECK(told() == "deaf:1:timeout ");
  CHECK(session->try_again(Stage::Listen, ""));
  advance(AgentProtocol::kBackOff);
  REQUIRE(sockets.all.size() == 2);
  apply();
  CHECK(sent() == "Settings 2000ms ForceEndTurn ");
  advance(AgentCaller::kTextWait);
  CHECK(told() == "words:1? ");
  CHECK_FALSE(session->try_again(Stage::Listen, ""));
}

TEST_CASE_FIXTURE(AgentLine, "If the model detects ends of turns itself, AgentSession sends silence after a turn until the words come") {
  settings.listen_model = "nova-3";
  open_and_apply();
  sent();
  session->begin_turn(1, "");
  speak_for(200);
  session->end_turn();
  advance(500ms);
  CHECK(sent() == "700ms ");
  user_text("hello");
  advance(500ms);
  CHECK(sent().empty());
  CHECK(told() == "taken:1 words:1=hello ");
}

TEST_CASE_FIXTURE(AgentLine, "If the model ends the turn while the caller still speaks, AgentSession takes the turn at once, and sends no silence after it") {
  settings.listen_model = "nova-3";
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(600);
  user_text("hello");
  CHECK(told() == "taken:1 words:1=hello ");
  session->end_turn();
  sent();
  advance(4s);
  CHECK(told().empty());
  CHECK(sent().empty());
}

TEST_CASE_FIXTURE(AgentLine, "AgentSession repeats ForceEndTurn until the words come. If the server refuses ForceEndTurn, the session sends only silence") {
  open_and_apply();
  session->begin_turn(1, "");
  speak_for(200);
  session->end_turn();
  sent();
  advance(600ms);
  CHECK(sent() == "500ms ForceEndTurn 100ms ");
  say({{"type", "Warning"}, {"code", "FORCE_END_TURN_UNSUPPORTED"}, {"description", ""}});
  advance(600ms);
  CHECK(sent() == "600ms ");
}

TEST_CASE_FIXTURE(AgentLine, "AgentAudioDone before the first words or audio of a reply does not end the reply") {
  open_and_apply();
  turn(1, "hello");
  audio_done();
  advance(1s);
  CHECK(told().empty());
  reply("Good day.", 100);
  advance(1s);
  CHECK(told() == "voiced:1 done:1 ");
}

TEST_CASE_FIXTURE(AgentLine, "After kMaxGarbageInARow invalid messages in a row, AgentSession closes the socket and fails the reply") {
  open_and_apply();
  for (unsigned i = 0; i + 1 < AgentProtocol::kMaxGarbageInARow; ++i) socket().handler.on_text("{");
  say_type("Surprise");
  for (unsigned i = 0; i + 1 < AgentProtocol::kMaxGarbageInARow; ++i) socket().handler.on_text("{");
  turn(1, "hello");
  for (unsigned i = 0; i < AgentProtocol::kMaxGarbageInARow; ++i) socket().handler.on_text("{");
  CHECK(told() == "broken:1:protocol ");
}
