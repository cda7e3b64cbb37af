#include "live_line.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace offhook::test;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(LiveLine, "LiveListener does not reconnect if the turn has no attempt left") {
  budget = TurnRetries(0);
  listener->begin(1, "");
  speak(1000);
  break_off();
  CHECK(said() == "1:!network ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "If a socket breaks, LiveListener sends the audio without a final result again on a new socket, at the allowed speed") {
  listener->begin(1, "");
  speak(1000);
  final_result(kAt, kAt + 400, "One");
  result(kAt + 400, kAt + 900, "two thre");
  break_off();
  REQUIRE(sockets.all.size() == 2);
  CHECK(sockets.all[0]->destroyed);
  CHECK(sent() == "80 ");
  speak(180);
  listener->end();
  CHECK(sent() == "80 ");
  socket().handler.on_open();
  advance(96ms);  // The listener sends 120 ms of audio.
  CHECK(sent() == "200 ");
  advance(400ms);  // The listener may send 620 ms in total. It sends whole frames of 60 ms.
  CHECK(sent() == "680 ");
  advance(100ms);
  CHECK(sent() == "800 Finalize ");
  answer(kAt, kAt + 780, "two three.");
  CHECK(said() == "1:\"One\"~ 1:\"One two thre\"~ 1:\"One two three.\" ");
  CHECK(listener->counters().reconnects == 1);
  const auto retries = listener->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == kConnectsAgain);
}

TEST_CASE_FIXTURE(LiveLine, "When LiveListener has sent the delayed audio on a new socket, it sends new audio at once") {
  listener->begin(1, "");
  speak(120);
  break_off();
  socket().handler.on_open();
  CHECK(sent() == "80 ");
  advance(48ms);
  CHECK(sent() == "140 ");
  speak(900);
  CHECK(sent() == "1040 ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener opens a second socket in a turn, but not a third") {
  hear(1);
  break_off();
  socket().handler.on_open();
  break_off(1011, "NET-0000 and words");
  CHECK(said() == "1:!overloaded ");
  CHECK(why == "the recogniser nova-3 closed the connection with 1011 (NET-0000)");
  CHECK(sockets.all.size() == 2);
  hear(2);
  CHECK(sockets.all.size() == 3);
  socket().handler.on_open();
  break_off();
  CHECK(sockets.all.size() == 4);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener fails a turn if the socket breaks and it would have to send more than kMaxResendMs of audio again") {
  listener->begin(1, "");
  speak(NovaProtocol::kMaxResendMs);
  break_off();
  CHECK(said() == "");
  CHECK(sockets.all.size() == 2);
  socket().handler.on_open();
  hear(2, 200);
  answer(kAt + 60, kAt + 260, "x");
  said();

  for (const std::size_t more : {10U, 20U}) {  // With 20 ms, the audio fills whole frames, so the listener has sent all of it.
    start();
    listener->begin(3, "");
    speak(NovaProtocol::kMaxResendMs + more);
    break_off();
    CHECK(said() == "3:!network ");
    speak(60);
    listener->end();
    CHECK(said() == "");
  }

  start();
  listener->begin(4, "");
  for (int i = 0; i < 10; ++i) {
    speak(1000);
    final_result(kAt + 1000 * i, kAt + 1000 * i + 900, "w");
  }
  said();
  break_off();
  CHECK(said() == "");  // Only a short part of this long turn has no final result.
  socket().handler.on_open();
  CHECK(sent() == "80 ");
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the kind of a failure, and shows no secret") {
  struct { net::WebSocketClosed closed; std::string kind, in_why; } const cases[] = {
      {{net::NetError{net::NetError::What::Refused, "x"}, 401, "", 1006, ""}, "auth", "answered 401"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 402, "", 1006, ""}, "auth", "answered 402"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 429, "", 1006, ""}, "rate limited", "answered 429"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 400, "", 1006, ""}, "protocol", "answered 400"},
      {{net::NetError{net::NetError::What::Refused, "x"}, 503, "", 1006, ""}, "overloaded", "answered 503"},
      {{net::NetError{net::NetError::What::Timeout, "nobody"}, 0, "", 1006, ""}, "timeout", "nobody"},
      {{net::NetError{net::NetError::What::NotFound, "no host"}, 0, "", 1006, ""}, "network", "no host"},
      {{std::nullopt, 0, "", 1008, "DATA-0000 dg-canary"}, "protocol", "1008 (DATA-0000)"},
      {{std::nullopt, 0, "", 1011, "dg-canary"}, "overloaded", "1011"},
      {{std::nullopt, 0, "", 1000, "NOCODE-12a4"}, "network", "1000"},
  };
  std::uint32_t turn = 0;
  break_off();
  for (const auto& one : cases) {
    CAPTURE(one.in_why);
    hear(++turn);
    const auto held = sockets.all.back();
    held->handler.on_closed(one.closed);
    CHECK(said() == std::to_string(turn) + ":!" + one.kind + " ");
    CHECK(why.find("dg-canary") == std::string::npos);
    CHECK(why.find("nova-3") != std::string::npos);
    CHECK(why.find(one.in_why) != std::string::npos);
  }
  CHECK(sockets.all.size() == std::size(cases) + 1);  // The listener opens no second socket in a turn whose socket never opened.
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the error code and the request id of a refused handshake, and no other text of the server") {
  break_off();
  const auto refused = [&](const std::string& error) {
    hear(1);
    const auto held = sockets.all.back();
    held->handler.on_closed({std::nullopt, 402, "", 1006, "", {{"dg-error", error}, {"dg-request-id", "0a1b-2c"}}});
    CHECK(said() == "1:!auth ");
    return why;
  };
  CHECK(refused("ASR_PAYMENT_REQUIRED") ==
        "the recogniser nova-3 answered 402 (ASR_PAYMENT_REQUIRED, 0a1b-2c): check the key, and the permissions of its account");
  CHECK(refused("Project dg-canary has no credits").find("answered 402 (0a1b-2c)") != std::string::npos);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener does not reconnect after the server has refused its data") {
  hear(1);
  break_off(1008, "DATA-0000");
  CHECK(said() == "1:!protocol ");
  CHECK(sockets.all.size() == 1);
}

TEST_CASE_FIXTURE(LiveLine, "LiveListener reports the used audio duration of a broken socket once, even if the next socket does not open") {
  std::vector<base::Duration> used;
  options.report_use = [&used](const ServiceUse& use) { used.push_back(use.audio); };
  start();
  hear(1);
  break_off();
  REQUIRE(sockets.all.size() == 3);
  CHECK(used == std::vector<base::Duration>{std::chrono::milliseconds(kAt + 1000)});
  const auto held = sockets.all.back();
  held->handler.on_closed({std::nullopt, 402, "", 1006, "", {}});
  said();
  CHECK(used.size() == 1);
}
