#include "live_line.hpp"

#include <doctest/doctest.h>

#include <cstddef>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace offhook::test;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(LiveLine, "LiveListener waits a limited time for the answer to Finalize, and then uses the texts that it has") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 600, "Yes");
  result(kAt + 600, kAt + 800, "please");
  listener->end();
  said();
  advance(NovaProtocol::kAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:\"Yes please\" ");
  CHECK(listener->counters().unanswered == 1);

  listener->begin(2, "");
  speak(1000);
  final_result(kAt + 1000, kAt + 1500, "No.");
  listener->end();
  said();
  advance(NovaProtocol::kShortAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "2:\"No.\" ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "If more than kNearlyAllMs of a turn have no final result, LiveListener waits longer than kShortAnswerWait") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 1000 - NovaProtocol::kNearlyAllMs - 1, "No.");
  listener->end();
  said();
  advance(NovaProtocol::kShortAnswerWait);
  CHECK(said() == "");
}

TEST_CASE_FIXTURE(LiveLine, "If the server does not respond to a turn, LiveListener fails the turn and replaces the socket") {
  hear(1);
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "1:!timeout ");
  CHECK(why == "the recogniser nova-3 sent nothing about the turn in time");
  CHECK(socket().destroyed);
  hear(2);
  CHECK(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  socket().handler.on_open();
  answer(kAt, kAt + 1000, "Here.");
  CHECK(said() == "2:\"Here.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener fails a turn if the texts of the server end more than kMaxGuessMs before the end of the turn") {
  listener->begin(1, "");
  speak(12000);
  final_result(kAt, kAt + 2000, "I want to");
  result(kAt + 2000, kAt + 12000 - NovaProtocol::kMaxGuessMs - 1, "order");
  listener->end();
  said();
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "1:!timeout ");
  CHECK(why == "the recogniser nova-3 did not send the transcript of the turn in time");
  CHECK(socket().destroyed);

  listener->begin(2, "");
  socket().handler.on_open();
  speak(12000);
  final_result(kAt, kAt + 2000, "I want to");
  result(kAt + 2000, kAt + 12000 - NovaProtocol::kMaxGuessMs, "order");
  listener->end();
  said();
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "2:\"I want to order\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener does not count an empty interim text as an answer") {
  hear(1, 400);
  result(kAt, kAt + 400, "");
  advance(NovaProtocol::kAnswerWait);
  CHECK(said() == "1:!timeout ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener uses the final texts if they cover all but kNearlyAllMs of the turn, and otherwise fails the turn") {
  for (const std::size_t missing : {NovaProtocol::kNearlyAllMs, NovaProtocol::kNearlyAllMs + 1}) {
    start();
    listener->begin(1, "");
    speak(3000);
    final_result(kAt, kAt + 3000 - missing, "Yes.");
    listener->end();
    said();
    advance(NovaProtocol::kAnswerWait);
    CHECK(said() == (missing == NovaProtocol::kNearlyAllMs ? "1:\"Yes.\" " : "1:!timeout "));
  }
}

TEST_CASE_FIXTURE(LiveLine, "The time limit for an answer begins when LiveListener's socket is open") {
  listener->tick(now);
  break_off();
  hear(1);
  advance(10s);
  CHECK(said() == "");
  socket().handler.on_open();
  advance(NovaProtocol::kAnswerWait - 1ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:!timeout ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener ignores later results of an abandoned turn") {
  listener->begin(1, "");
  speak(300);
  result(kAt, kAt + 300, "noise");
  listener->abandon();
  CHECK(sent() == "320 Finalize ");
  hear(2);
  final_result(kAt, kAt + 290, "noise");
  answer(kAt + 290, kAt + 300, "noise");
  CHECK(said() == "");
  CHECK(listener->counters().late == 1);
  answer(kAt + 300, kAt + 1300, "Yes.");
  CHECK(said() == "2:\"Yes.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener accepts the answer to a turn's Finalize, even if the answer to an earlier Finalize never came") {
  listener->begin(1, "");
  speak(300);
  listener->abandon();
  hear(2);
  answer(kAt + 300, kAt + 1300, "Yes.");
  CHECK(said() == "2:\"Yes.\" ");
  hear(3);
  answer(kAt + 1300, kAt + 2300, "No.");
  CHECK(said() == "3:\"No.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener distinguishes a late answer to the previous turn's Finalize from the answer to the current one") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 1000, "Yes.");
  listener->end();
  advance(NovaProtocol::kShortAnswerWait);
  CHECK(said() == "1:\"Yes.\"~ 1:\"Yes.\" ");
  hear(2);
  answer(kAt + 990, kAt + 1000, "");
  CHECK(said() == "");
  answer(kAt + 1000, kAt + 2000, "No.");
  CHECK(said() == "2:\"No.\" ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener gives the words of a turn only once, even if their final result comes during the next turn") {
  hear(1);
  result(kAt, kAt + 1000, "Yes please");
  advance(NovaProtocol::kAnswerWait);  // The server does not answer Finalize.
  CHECK(said() == "1:\"Yes please\"~ 1:\"Yes please\" ");
  listener->begin(2, "");  // The caller coughs.
  speak(400);
  placed_result(kAt + 400, kAt + 1200, {{"please", kAt + 800}});
  CHECK(said() == "");
  listener->end();
  answer(kAt + 1200, kAt + 1400, "");
  CHECK(said() == "2:? ");

  listener->begin(3, "");
  speak(1000);
  placed_result(kAt + 800, kAt + 1900, {{"please", kAt + 800}, {"no", kAt + 1348}, {"Not", kAt + 1352}, {"that.", kAt + 1600}});
  CHECK(said() == "3:\"Not that.\"~ ");
}

TEST_CASE_FIXTURE(LiveLine, "If a result has no word positions, LiveListener assigns it to the turn at the middle of its window") {
  for (const std::size_t early : {99U, 101U}) {
    start();
    listener->begin(1, "");
    speak(960);
    listener->abandon();
    listener->begin(2, "");
    speak(400);
    final_result(kAt + 960 - early, kAt + 1060, "Word.");
    CHECK(said() == (early == 99 ? "2:\"Word.\"~ " : ""));
  }
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener uses a socket's first window, although this begins before the turn") {
  listener->begin(1, "");
  speak(1000);
  placed_result(0, kAt + 900, {{"Good", kAt}, {"day.", kAt + 500}});
  CHECK(said() == "1:\"Good day.\"~ ");
}
