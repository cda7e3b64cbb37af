#include "wire_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::kAnswer, test::kJson, test::kStream, test::Line;
using What = NoAnswer::What;

TEST_CASE("HttpWire gives the events of a stream until the answer as messages, and ignores later events") {
  Line line;
  line.send(1);
  line.http.head(0, 200, kStream);
  line.http.body(0, "id: 1\ndata:\n\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\ndata: " + kAnswer);
  CHECK(line.texts.size() == 1);
  line.http.body(0, "\n\ndata: more\n\n");
  CHECK(line.texts.size() == 2);
  CHECK(line.texts[1] == kAnswer);
  CHECK_FALSE(line.http.all[0]->aborted);
  line.http.body(0, "data: more\n\n");
  line.http.end(0);
  CHECK(line.texts.size() == 2);
  CHECK(line.missing.empty());
}

TEST_CASE(
    "If a stream cannot be resumed, HttpWire reports the accepted request as lost and not as refused [MCP 2025-11-25 basic/transports]") {
  for (const int status : {400, 404, 405, 500}) {
    CAPTURE(status);
    Line line;
    line.begin_session("s");
    line.send(1, "tools/call");
    line.http.head(1, 200, kStream);
    line.http.body(1, "id: e1\ndata:\n\n");
    line.http.break_off(1);
    line.advance(1s);
    REQUIRE(line.http.all.size() == 3);
    line.http.answer(2, status, "");
    REQUIRE(line.missing.size() == 1);
    CHECK(line.missing[0].second.what == What::Lost);
    CHECK(line.missing[0].second.session_over == (status == 404));
    line.send(2);
    CHECK(line.header(3, "mcp-session-id") == (status == 404 ? "none" : "s"));
  }
}

TEST_CASE("HttpWire limits the rate at which it resumes streams, even if the server's retry time is 0") {
  Line line;
  line.send(1);
  line.wire.on_opened("2025-11-25", false);
  for (std::size_t at = 0; at < 2; ++at) {
    line.http.head(at, 200, kStream);
    line.http.body(at, "id: 1\nretry: 0\ndata:\n\n");
    line.http.end(at);
  }
  line.advance(499ms);
  CHECK(line.http.all.size() == 2);
  line.advance(1ms);
  CHECK(line.http.all.size() == 4);
  for (int i = 0; i < 600; ++i) {
    for (std::size_t at = 2; at < line.http.all.size(); ++at) {
      line.http.head(at, 200, kStream);
      line.http.body(at, "id: 1\nretry: 0\ndata:\n\n");
      line.http.end(at);
    }
    line.advance(100ms);
  }
  // Within a minute, the wire resumes the stream of the request kMaxResumes times, and the server's own stream kMaxResumes + 1 times.
  CHECK(line.http.all.size() <= 2 + 2 * kMaxResumes + 1);
  CHECK(line.missing.size() == 1);
}

TEST_CASE("HttpWire resumes the server's own stream less often if it breaks repeatedly, even if events come in between") {
  Line line;
  line.wire.on_opened("2025-11-25", false);
  std::size_t answered = 0;
  const auto run = [&](base::Duration time, base::Duration lasting) {
    for (const auto end = line.now + time; line.now < end;) {
      if (answered < line.http.all.size()) {
        line.http.head(answered, 200, kStream);
        line.http.body(answered, "id: 1\nretry: 0\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\"}\n\n");
        line.advance(lasting);
        line.http.end(answered++);
      }
      line.advance(100ms);
    }
    return line.http.all.size();
  };
  CHECK(run(5min, 0s) <= 1 + kMaxResumes + 5);
  const std::size_t before = line.http.all.size();
  CHECK(run(5min, 10s) >= before + 20);  // The wire soon resumes a stream that lasts for some time.
}

TEST_CASE(
    "HttpWire resumes a stream that ends before the answer, after the server's retry time, at the last event [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.begin_session("s");
  line.send(1);
  line.http.head(1, 200, kStream);
  line.http.body(1, "id: e1\nretry: 500\ndata:\n\n");
  line.http.end(1);
  CHECK(line.missing.empty());
  CHECK(line.deadlines == 1);  // The wire's owner must read the new deadline at once.
  REQUIRE(line.wire.next_deadline());
  line.advance(499ms);
  CHECK(line.http.all.size() == 2);
  line.advance(1ms);
  REQUIRE(line.http.all.size() == 3);
  CHECK(line.http.all[2]->request.method == "GET");
  CHECK(line.header(2, "last-event-id") == "e1");
  CHECK(line.header(2, "accept") == "text/event-stream");
  CHECK(line.header(2, "mcp-session-id") == "s");
  line.http.head(2, 200, kStream);
  line.http.body(2, "id: e2\ndata: " + kAnswer + "\n\n");
  CHECK(line.texts == std::vector<std::string>{kAnswer});
  CHECK_FALSE(line.wire.next_deadline());
}

TEST_CASE("HttpWire resumes a stream without new events kMaxResumes times. It never resumes a stream without event ids, or a modern stream") {
  Line line;
  line.send(1);
  std::size_t at = 0;
  for (unsigned i = 0; i <= kMaxResumes; ++i) {
    line.http.head(at, 200, kStream);
    line.http.body(at, i == 0 ? "id: e1\n\n" : "");
    line.http.end(at++);
    if (i < kMaxResumes) CHECK(line.missing.empty());
    line.advance(2s);
  }
  CHECK(line.http.all.size() == kMaxResumes + 1);
  CHECK(line.missing.size() == 1);
  for (const bool modern : {false, true}) {
    Line other;
    other.send(1, "tools/list", modern);
    other.http.head(0, 200, kStream);
    other.http.body(0, modern ? "id: e1\ndata:\n\n" : "data:\n\n");
    other.http.end(0);
    CHECK(other.missing.size() == 1);
  }
}

TEST_CASE("In the legacy protocol, HttpWire opens the server's own stream if the server offers one [MCP 2025-11-25 basic/transports]") {
  Line line;
  line.wire.on_opened("2025-06-18", false);
  REQUIRE(line.http.all.size() == 1);
  CHECK(line.http.all[0]->request.method == "GET");
  CHECK(line.header(0, "mcp-protocol-version") == "2025-06-18");
  line.http.head(0, 200, kStream);
  line.http.body(0, "id: 9\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n");
  CHECK(line.texts.size() == 1);
  line.http.end(0);
  CHECK(line.deadlines == 1);
  line.advance(1s);
  REQUIRE(line.http.all.size() == 2);
  CHECK(line.header(1, "last-event-id") == "9");
  for (const int status : {409, 500, 503}) {  // After these statuses, the server may offer a stream later.
    Line other;
    other.wire.on_opened("2025-06-18", false);
    other.http.answer(0, status, "");
    other.advance(59s);
    CHECK(other.http.all.size() == 1);
    other.advance(1s);
    CHECK(other.http.all.size() == 2);
  }
  Line unreachable;
  unreachable.wire.on_opened("2025-06-18", false);
  for (std::size_t i = 0; i < 20; ++i) {
    unreachable.http.break_off(i);
    unreachable.advance(1min);
    CHECK(unreachable.http.all.size() == i + 2);
  }
  for (const int status : {400, 404, 405, 406, 200}) {
    Line other;
    other.wire.on_opened("2025-06-18", false);
    other.http.answer(0, status, "", kJson);
    other.advance(1h);
    CHECK(other.http.all.size() == 1);
    CHECK(other.missing.empty());
  }
  Line modern;
  modern.wire.on_opened("2026-07-28", true);
  CHECK(modern.http.all.empty());
}
