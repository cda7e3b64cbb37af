#include "flux_line.hpp"

#include <offhook/agent/providers/deepgram/flux_end.hpp>
#include <offhook/agent/providers/deepgram/flux_protocol.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace offhook::test;
using namespace std::chrono_literals;

namespace {

struct OwnEndLine : FluxLine {
  OwnEndLine() {
    options.own_end.emplace();
    start();
  }
};

}  // namespace

TEST_CASE_FIXTURE(OwnEndLine, "If Flux ends turns, FluxListener requests thresholds, and limits them to the range of the service") {
  const auto asked = [this] {
    start();
    const std::string& url = socket().request.url;
    return url.substr(url.find("eot_threshold"));
  };
  CHECK(asked() == "eot_threshold=0.70&eot_timeout_ms=2500");
  options.own_end = FluxEnd{0.9, 0.3, 60'000ms};
  CHECK(asked() == "eot_threshold=0.90&eager_eot_threshold=0.30&eot_timeout_ms=60000");
  options.own_end = FluxEnd{0.91, 0.29, 60'001ms};
  CHECK(asked() == "eot_threshold=0.90&eager_eot_threshold=0.30&eot_timeout_ms=60000");
  options.own_end = FluxEnd{0.5, 0.5, 500ms};
  CHECK(asked() == "eot_threshold=0.50&eager_eot_threshold=0.50&eot_timeout_ms=500");
  options.own_end = FluxEnd{0.49, 0.51, 499ms};
  CHECK(asked() == "eot_threshold=0.50&eager_eot_threshold=0.50&eot_timeout_ms=500");
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener ends a turn when Flux ends it, even if Offhook still detects a voice") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 480, "yes");
  info("EndOfTurn", 0, 900, "Yes.", "model");
  CHECK(said() == "1:\"yes\"~ 1:\"Yes.\" ");
  CHECK(listener->counters().ended_there == 1);
  speak(200);  // This is only noise.
  listener->end();
  CHECK(said() == "");
  CHECK(sent() == "960 ");
  // The next turn contains nothing of this turn.
  listener->begin(2, "");
  speak(800);
  info("Update", 1, 1000, "");
  info("EndOfTurn", 1, 1500, "", "model");
  CHECK(said() == "");
  info("EndOfTurn", 2, 1700, "No.", "timeout");
  CHECK(said() == "2:\"No.\" ");
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener waits until Flux ends the turn, and the caller may continue the turn before that") {
  listener->begin(1, "");
  speak(1000);
  info("StartOfTurn", 0, 900, "I want a");
  listener->end();
  CHECK(sent() == "1000 ");  // The listener sends no ForceEndTurn, and does not add silence yet.
  advance(79ms);
  CHECK(sent() == "1000 ");
  advance(1ms);
  CHECK(sent() == "1080 ");
  info("Update", 0, 1080, "I want a");
  CHECK(said() == "1:\"I want a\"~ ");
  advance(720ms);
  CHECK(sent() == "1800 ");
  listener->begin(2, "");
  speak(400);
  CHECK(sent() == "2200 ");
  info("Update", 0, 2100, "I want a table");
  listener->end();
  info("EndOfTurn", 0, 2200, "I want a table.", "model");
  CHECK(said() == "2:\"I want a table\"~ 2:\"I want a table.\" ");
  CHECK(sent() == "2200 ");
}

TEST_CASE_FIXTURE(OwnEndLine, "If Flux does not end a turn in time, FluxListener sends ForceEndTurn") {
  listener->begin(1, "");
  speak(960);
  info("StartOfTurn", 0, 900, "yes");
  listener->end();
  said();
  advance(2500ms + kOwnEndWait - 1ms);
  CHECK(sent().find("ForceEndTurn") == std::string::npos);
  advance(1ms);
  CHECK(sent().ends_with("ForceEndTurn "));
  SUBCASE("the caller does not continue") {
    info("EndOfTurn", 0, 3000, "Yes.", "manual");
    CHECK(said() == "1:\"Yes.\" ");
  }
  SUBCASE("the caller continues") {
    listener->begin(2, "");
    speak(800);
    info("EndOfTurn", 0, 3000, "Yes", "manual");
    CHECK(said() == "2:\"Yes\"~ ");
    info("EndOfTurn", 1, 4500, "please.", "model");
    CHECK(said() == "2:\"Yes please.\" ");
  }
  SUBCASE("no answer comes") {
    advance(FluxProtocol::kAnswerWait);
    CHECK(said() == "1:\"yes\" ");
  }
}

TEST_CASE_FIXTURE(OwnEndLine, "If the server recognises no words in a turn, FluxListener gives a rejected transcript, and does not wait for an end from Flux") {
  listener->begin(1, "");
  speak(400);
  listener->end();
  info("Update", 0, 400, "");
  CHECK(said() == "1:? ");
  CHECK(sent() == "400 ");
}

TEST_CASE_FIXTURE(OwnEndLine, "If Flux ends its turn more than kSettledMs before the end of Offhook's turn, FluxListener waits for more words") {
  for (const std::size_t left : {FluxProtocol::kSettledMs, FluxProtocol::kSettledMs + 1}) {
    start();
    listener->begin(1, "");
    speak(2000);
    listener->end();
    info("EndOfTurn", 0, 2000 - left, "One", "model");
    if (left == FluxProtocol::kSettledMs) {
      CHECK(said() == "1:\"One\" ");
      continue;
    }
    info("StartOfTurn", 1, 1900, "two");
    CHECK(said() == "1:\"One\"~ 1:\"One two\"~ ");
    info("EndOfTurn", 1, 2000, "two.", "model");
    CHECK(said() == "1:\"One two.\" ");
  }
}

TEST_CASE_FIXTURE(OwnEndLine, "FluxListener ends a turn at EagerEndOfTurn, and gives only new words if the server continues this turn") {
  options.own_end->eager_threshold = 0.4;
  start();
  listener->begin(1, "");
  speak(960);
  info("EagerEndOfTurn", 0, 900, "I want a table");
  CHECK(said() == "1:\"I want a table\" ");
  SUBCASE("EndOfTurn confirms the eager end") {
    info("EndOfTurn", 0, 960, "I want a table.", "model");
    listener->begin(2, "");
    speak(960);
    info("EndOfTurn", 1, 1900, "For two.", "model");
    CHECK(said() == "2:\"For two.\" ");
  }
  SUBCASE("the caller continues") {
    listener->begin(2, "");
    speak(960);
    info("TurnResumed", 0, 1500, "I want a table for");
    info("EndOfTurn", 0, 1900, "I want a table, for two.", "model");
    CHECK(said() == "2:\"for\"~ 2:\"for two.\" ");
  }
  SUBCASE("the caller continues in a language without blanks") {
    listener->begin(2, "");
    speak(960);
    info("TurnResumed", 0, 1500, "I want a tableabcd");
    CHECK(said() == "");
    info("TurnResumed", 0, 1500, "I want a tableabcde");
    CHECK(said() == "2:\"abcde\"~ ");
  }
  SUBCASE("EndOfTurn comes after the start of the next turn") {
    listener->begin(2, "");
    speak(960);
    info("EndOfTurn", 0, 1000, "I want a table.", "model");
    CHECK(said() == "");
    info("EndOfTurn", 1, 1900, "Yes.", "model");
    CHECK(said() == "2:\"Yes.\" ");
  }
}

TEST_CASE_FIXTURE(OwnEndLine, "If the socket breaks while FluxListener waits for an end from Flux, it waits for Flux on another socket") {
  listener->begin(1, "");
  speak(1040);
  info("StartOfTurn", 0, 900, "two");
  listener->end();
  advance(160ms);
  CHECK(sent() == "1200 ");
  break_off();
  socket().handler.on_open();
  advance(1s);
  said();
  info("EndOfTurn", 0, 1200, "Two.", "model");
  CHECK(said() == "1:\"Two.\" ");
  CHECK(sent().find("ForceEndTurn") == std::string::npos);
}
