#include "listening.hpp"

using namespace offhook;
using namespace offhook::test;

TEST_CASE_FIXTURE(Listening, "If a socket breaks during a turn, RecognitionListener sends the audio without a result again on a new socket") {
  listener->begin(1, "");
  feed_ms(800);
  phrase("Good day.", 500);
  hypothesis("I");
  CHECK(said() == "1:\"Good day.\"~ 1:\"Good day. I\"~ ");
  socket().close(1006);
  CHECK(client.sockets.size() == 1);  // The listener does not open the new socket within the handler.
  feed_ms(50);
  advance(10ms);
  REQUIRE(client.sockets.size() == 2);
  CHECK(sent() == "S");
  feed_ms(50);
  CHECK(sent() == "S");
  socket().open();
  CHECK(sent() == "STHAAAA");  // The 300 ms after the phrase, and the 100 ms of audio after the break.
  listener->end();
  phrase("I am here.");
  turn_end();
  CHECK(said() == "1:\"Good day. I am here.\"~ 1:\"Good day. I am here.\" ");
  CHECK(listener->counters().reconnects == 1);
  const auto retries = listener->take_retries();
  REQUIRE(retries.size() == 1);
  CHECK(retries[0].then == agent::kConnectsAgain);
}

TEST_CASE_FIXTURE(Listening, "If the socket breaks after the end of a turn, RecognitionListener sends the audio and its end again on a new socket") {
  hear(1, 250);
  socket().close(1011);
  advance(10ms);
  socket().open();
  CHECK(sent() == "STHAAAE");
  CHECK(octets_sent() == 250 * 16);
  phrase("Yes.");
  turn_end();
  CHECK(said() == "1:\"Yes.\"~ 1:\"Yes.\" ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener reconnects twice in a turn, the second time after a pause, and then fails the turn") {
  listener->begin(1, "");
  feed_ms(200);
  socket().close(1006);
  advance(10ms);
  CHECK(client.sockets.size() == 2);
  socket().close(1006);
  advance(10ms);
  CHECK(client.sockets.size() == 2);
  advance(490ms);
  CHECK(client.sockets.size() == 3);
  socket().close(1006);
  CHECK(said() == "1:!network ");
  advance(10s);
  CHECK(client.sockets.size() == 3);
  hear(2);
  CHECK(client.sockets.size() == 4);
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener reconnects only when the Retry-After time has passed, even if the next turn begins earlier") {
  listener->begin(1, "");
  feed_ms(200);
  socket().refuse(429, "1");
  advance(1s - 1ms);
  CHECK(client.sockets.size() == 1);
  listener->abandon();
  listener->begin(2, "");
  CHECK(client.sockets.size() == 1);
  advance(1ms);
  REQUIRE(client.sockets.size() == 2);
  socket().refuse(503);
  advance(249ms);
  CHECK(client.sockets.size() == 2);
  advance(1ms);
  REQUIRE(client.sockets.size() == 3);
  socket().refuse(503);
  advance(499ms);  // The second attempt in a turn has its own pause.
  CHECK(client.sockets.size() == 3);
  advance(1ms);
  CHECK(client.sockets.size() == 4);
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener immediately replaces a socket that closes between turns. If the second socket closes, the next turn opens a third") {
  socket().close(1000);
  CHECK(client.sockets.size() == 1);
  advance(10ms);
  REQUIRE(client.sockets.size() == 2);
  socket().open();
  socket().close(1000);
  advance(10s);
  CHECK(client.sockets.size() == 2);
  CHECK(said() == "");
  hear(1);
  REQUIRE(client.sockets.size() == 3);
  socket().open();
  CHECK(sent() == "STHAAAAAE");
}

TEST_CASE_FIXTURE(Listening, "The time limit for an answer of the service begins when RecognitionListener can send the audio") {
  socket().close(1000);
  hear(1);
  advance(2900ms);
  CHECK(said() == "");
  socket().open();
  advance(1999ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:!timeout ");
}

TEST_CASE_FIXTURE(Listening, "If the socket breaks while RecognitionListener waits for an answer, the time limit begins again on the next socket") {
  hear(1);
  hypothesis("yes please");
  advance(1900ms);
  socket().refuse(429, "1");
  said();
  advance(900ms);
  CHECK(said() == "");
  CHECK(client.sockets.size() == 1);
  advance(100ms);
  REQUIRE(client.sockets.size() == 2);
  socket().open();
  advance(1999ms);
  CHECK(said() == "");
  advance(1ms);
  CHECK(said() == "1:!timeout ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener sends delayed audio no faster than the official client does") {
  socket().close(1000);
  hear(1, 8000);
  socket().open();
  CHECK(octets_sent() == RecognitionProtocol::kFreeMs * 16);
  advance(500ms);
  CHECK(octets_sent() == 6000 * 16);
  CHECK_FALSE(sent().ends_with("E"));
  advance(1000ms);
  CHECK(octets_sent() == 8000 * 16);
  CHECK(sent().ends_with("AE"));
  phrase("All of it.");
  turn_end();
  CHECK(said() == "1:\"All of it.\"~ 1:\"All of it.\" ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener immediately fails an ended turn if it cannot send the delayed audio in time") {
  socket().close(1000);
  SUBCASE("the delayed audio has the greatest allowed length") {
    hear(1, RecognitionProtocol::kFreeMs + RecognitionProtocol::kMaxBehindMs);
    socket().open();
    CHECK(said() == "");
  }
  SUBCASE("the delayed audio is one piece longer than allowed") {
    hear(1, RecognitionProtocol::kFreeMs + RecognitionProtocol::kMaxBehindMs + RecognitionProtocol::kPieceMs);
    socket().open();
    CHECK(said() == "1:!local ");
    hear(2);
    CHECK(said() == "");  // The failure does not affect the next turn.
  }
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener reports the kind of a failure, and shows no secret") {
  const auto close = [&](int code, const std::string& reason) {
    hear(1);
    socket().close(code, reason);
    return said();
  };
  CHECK(close(1007, "Quota exceeded. key-canary") == "1:!rate limited ");
  CHECK(why.find("key-canary") == std::string::npos);
  CHECK(close(1007, "") == "1:!rate limited ");
  CHECK(close(4429, "") == "1:!rate limited ");
  CHECK(close(1007, "Could not deserialize speech context.") == "1:!protocol ");
  CHECK(close(1002, "") == "1:!protocol ");
  CHECK(close(4000, "") == "1:!protocol ");
  const auto refuse = [&](int status) {
    hear(2);
    socket().refuse(status);
    return said();
  };
  CHECK(refuse(401) == "2:!auth ");
  CHECK(refuse(403) == "2:!auth ");
  CHECK(refuse(429) == "2:!rate limited ");
  CHECK(refuse(400) == "2:!protocol ");
  CHECK(why.find("400") != std::string::npos);
  hear(3);
  socket().handler.on_closed({net::NetError{net::NetError::What::Timeout, "x"}, 0, {}, 1006, {}});
  CHECK(said() == "3:!timeout ");
}

TEST_CASE_FIXTURE(Listening, "RecognitionListener derives the kind of a failure from the RecognitionStatus of a phrase") {
  const auto say = [&](const std::string& name) {
    hear(1);
    socket().open();
    status(name);
    return said();
  };
  socket().close(1000);
  CHECK(say("TooManyRequests") == "1:!rate limited ");
  CHECK(say("BadRequest") == "1:!protocol ");
  CHECK(say("Forbidden") == "1:!auth ");
  CHECK(say("Error") == "1:!overloaded ");
}
