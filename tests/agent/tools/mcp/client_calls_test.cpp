#include "meeting.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::Meeting;
using test::of_era;

namespace {

std::string progress_of(std::uint64_t token) {
  return R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":)" + std::to_string(token) + R"(,"progress":1}})";
}

}  // namespace

TEST_CASE("Client sends one request for a tool call, and gives the result as the answer [MCP 2025-11-25 server/tools]") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(7, "add", R"({"a":1})");
  const auto sent = meeting.last();
  CHECK(sent.method == "tools/call");
  CHECK(sent.name == "add");
  CHECK(sent.body == R"({"jsonrpc":"2.0","id":)" + std::to_string(sent.id) + R"(,"method":"tools/call","params":{"name":"add","arguments":{"a":1},"_meta":{"progressToken":)" +
                         std::to_string(sent.id) + "}}}");
  meeting.result(sent.id, R"({"content":[{"type":"text","text":"2"}]})");
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].call == 7);
  CHECK(meeting.answers[0].answer.ok);
  CHECK(meeting.answers[0].answer.text == "2");
  CHECK(meeting.settled_ids.back() == sent.id);
  meeting.result(sent.id, "{}");
  CHECK(meeting.answers.size() == 1);
}

TEST_CASE("Client answers tool calls in the order in which their results come") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  const auto first = meeting.last().id;
  meeting.call(2);
  meeting.result(meeting.last().id, R"({"content":[{"type":"text","text":"second"}]})");
  meeting.result(first, R"({"content":[{"type":"text","text":"first"}]})");
  REQUIRE(meeting.answers.size() == 2);
  CHECK((meeting.answers[0].call == 2 && meeting.answers[0].answer.text == "second"));
  CHECK((meeting.answers[1].call == 1 && meeting.answers[1].answer.text == "first"));
}

TEST_CASE("For a server's error, the answer depends on the error code, has no text of the server, and says whether the effect is known") {
  const auto words_of = [](const NoAnswer& why) {
    Meeting meeting(of_era(ClientOptions::Era::Auto, true));
    meeting.meet_legacy();
    meeting.call(1);
    if (why.status == 0) {
      meeting.error(meeting.last().id, static_cast<int>(why.code));
    } else {
      meeting.no_answer(meeting.last().id, why);
    }
    REQUIRE(meeting.answers.size() == 1);
    CHECK_FALSE(meeting.answers[0].answer.ok);
    CHECK(meeting.answers[0].answer.text.find("secret") == std::string::npos);
    return meeting.answers[0].answer.text;
  };
  for (const std::int64_t code : {-32700, -32600, -32601, -32602, -32020, -32021, -32022}) {
    CAPTURE(code);
    CHECK(words_of({NoAnswer::What::Refused, 0, code, {}, {}}).find("not known") == std::string::npos);
  }
  for (const std::int64_t code : {-32603, -32000, -32002, 17}) {
    CAPTURE(code);
    CHECK(words_of({NoAnswer::What::Refused, 0, code, {}, {}}).find("not known") != std::string::npos);
  }
  for (const int status : {307, 400, 405, 429}) CHECK(words_of({NoAnswer::What::Refused, status, 0, {}, {}}).find("not known") == std::string::npos);
  for (const int status : {500, 502, 503, 504}) CHECK(words_of({NoAnswer::What::Refused, status, 0, {}, {}}).find("not known") != std::string::npos);
  CHECK(words_of({NoAnswer::What::Auth, 403, 0, {}, {}}).find("not known") == std::string::npos);
}

TEST_CASE("Client writes the model's arguments as one line in one message, whatever they contain [MCP 2025-11-25 basic/transports]") {
  const auto sent_for = [](const std::string& arguments) {
    Meeting meeting;
    meeting.meet_legacy();
    meeting.call(1, "add", arguments);
    if (meeting.count("tools/call") == 0) {
      REQUIRE(meeting.answers.size() == 1);
      CHECK(meeting.answers[0].answer.text.find("Nothing was done") != std::string::npos);
      return std::string("refused");
    }
    const std::string body = meeting.last("tools/call").body;
    CHECK(body.find_first_of("\r\n") == std::string::npos);
    const auto from = body.find(R"("arguments":)") + 12;
    return body.substr(from, body.find(R"(,"_meta")") - from);
  };
  CHECK(sent_for("{\n  \"a\": 1,\r\n  \"b\": 12345678901234567.50\n}") == R"({"a":1,"b":12345678901234567.50})");
  CHECK(sent_for("{\"x\":\n{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"tools/call\"}\n}") == R"({"x":{"jsonrpc":"2.0","id":99,"method":"tools/call"}})");
  CHECK(sent_for(R"({"a":"two\nlines and  blanks"})") == R"({"a":"two\nlines and  blanks"})");
  for (const char* nothing : {"", " ", "\n", " \r\n\t "}) CHECK(sent_for(nothing) == "{}");
  for (const char* none : {"[]", "1", "\"a\"", "{", "{\"a\":}", "null", "{}\n{}"}) {
    CAPTURE(none);
    CHECK(sent_for(none) == "refused");
  }
}

TEST_CASE("Client answers with a failure if it cannot parse a result") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  meeting.result(meeting.last().id, "[]");
  REQUIRE(meeting.answers.size() == 1);
  CHECK_FALSE(meeting.answers[0].answer.ok);
}

TEST_CASE("Client cancels a tool call without progress at the soft limit, and ignores a later result [MCP 2025-11-25 basic/utilities/cancellation]") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  const auto id = meeting.last().id;
  meeting.advance(9999ms);
  CHECK(meeting.answers.empty());
  meeting.advance(1ms);
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text.find("not known") != std::string::npos);
  CHECK(meeting.last().method == "notifications/cancelled");
  CHECK(meeting.last().body.find("\"requestId\":" + std::to_string(id)) != std::string::npos);
  CHECK(meeting.stopped == std::vector<std::uint64_t>{id});
  meeting.result(id, "{}");
  CHECK(meeting.answers.size() == 1);
}

TEST_CASE("Progress extends a tool call up to the hard limit [MCP 2025-11-25 basic/utilities/progress]") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  const auto id = meeting.last().id;
  for (int i = 0; i < 3; ++i) {
    meeting.advance(9s);
    meeting.hear(progress_of(id));
    CHECK(meeting.answers.empty());
  }
  meeting.advance(2999ms);
  meeting.hear(progress_of(id));
  CHECK(meeting.answers.empty());
  meeting.advance(1ms);
  CHECK(meeting.answers.size() == 1);
}

TEST_CASE("Progress of one tool call does not extend another tool call") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  const auto id = meeting.last().id;
  meeting.advance(9s);
  meeting.hear(progress_of(id + 1));
  meeting.hear(progress_of(0));
  meeting.advance(1s);
  CHECK(meeting.answers.size() == 1);
}

TEST_CASE("Client cancels an abandoned tool call, and ignores its result") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  const auto id = meeting.last().id;
  meeting.abandon(1);
  CHECK(meeting.last().method == "notifications/cancelled");
  CHECK(meeting.stopped == std::vector<std::uint64_t>{id});
  meeting.result(id, "{}");
  meeting.advance(1min);
  CHECK(meeting.answers.empty());
  const auto before = meeting.sent.size();
  meeting.abandon(1);
  CHECK(meeting.sent.size() == before);
}

TEST_CASE("In the modern protocol, Client cancels a call by closing the stream over HTTP, by a message over stdio [MCP 2026-07-28 basic/patterns/cancellation]") {
  for (const bool http : {true, false}) {
    Meeting meeting(http ? of_era(ClientOptions::Era::Auto, true) : ClientOptions{});
    meeting.meet_modern();
    meeting.call(1);
    const auto id = meeting.last("tools/call").id;
    meeting.abandon(1);
    CHECK(meeting.count("notifications/cancelled") == (http ? 0 : 1));
    CHECK(meeting.stopped == std::vector<std::uint64_t>{id});
  }
}

TEST_CASE("Client puts marked arguments into headers only in the modern protocol over HTTP") {
  const auto headers_of = [](Meeting meeting, bool modern) {
    if (modern) {
      meeting.meet_modern();
    } else {
      meeting.meet_legacy();
    }
    meeting.run([&](auto& out) { meeting.client.call({1, "add", meeting.hash_of("add"), R"({"region":"eu"})", false, {{"Mcp-Param-Region", {"region"}}}}, meeting.now, out); });
    return meeting.last("tools/call").headers.size();
  };
  CHECK(headers_of(Meeting(of_era(ClientOptions::Era::Auto, true)), true) == 1);
  CHECK(headers_of(Meeting(of_era(ClientOptions::Era::Auto, true)), false) == 0);
  CHECK(headers_of(Meeting(), true) == 0);
}

TEST_CASE("After a header mismatch, Client lists the tools again [MCP 2026-07-28 basic/transports/streamable-http]") {
  Meeting meeting(of_era(ClientOptions::Era::Auto, true));
  meeting.meet_modern();
  meeting.call(1);
  meeting.no_answer(meeting.last("tools/call").id, {NoAnswer::What::Refused, 400, kHeaderMismatch, {}, "it answered 400"});
  CHECK(meeting.answers.size() == 1);
  meeting.advance(0s);
  CHECK(meeting.count("tools/list") == 2);
}

TEST_CASE("During the handshake, a tool call waits for the list of tools. If Client has no connection, the call fails at once") {
  Meeting meeting;
  meeting.call(1);
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text.find("Nothing was done") != std::string::npos);
  meeting.open();
  meeting.call(2);
  CHECK(meeting.count("tools/call") == 0);
  meeting.result(1, R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})");
  CHECK(meeting.count("tools/call") == 0);
  meeting.listed();
  CHECK(meeting.count("tools/call") == 1);
}

TEST_CASE("If a tool call waits too long for the handshake, it fails, and the answer says that nothing was done") {
  ClientOptions options;
  options.call_limit = 8s;
  Meeting meeting(options);
  meeting.open();
  meeting.call(1);
  meeting.advance(5s);
  meeting.advance(2999ms);
  CHECK(meeting.answers.empty());
  meeting.advance(1ms);
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text.find("Nothing was done") != std::string::npos);
  CHECK(meeting.count("notifications/cancelled") == 0);
}

TEST_CASE("If the server closes, the answer to a running tool call says that the effect is not known") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.call(1);
  meeting.run([&](auto& out) { meeting.client.on_closed("its output ended", out); });
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text.find("not known") != std::string::npos);
  REQUIRE(meeting.broke.size() == 1);
}

TEST_CASE("A lost or refused answer ends only its own tool call, and not the connection") {
  Meeting meeting(of_era(ClientOptions::Era::Auto, true));
  meeting.meet_legacy();
  meeting.call(1);
  meeting.no_answer(meeting.last().id, {NoAnswer::What::Lost, 0, 0, {}, "no answer came"});
  meeting.call(2);
  meeting.no_answer(meeting.last().id, {NoAnswer::What::Auth, 401, 0, {}, "it answered 401"});
  CHECK(meeting.answers.size() == 2);
  CHECK(meeting.broke.empty());
  meeting.call(3);
  meeting.result(meeting.last().id, "{}");
  CHECK(meeting.answers.size() == 3);
}

TEST_CASE("Client runs at most kMaxCalls tool calls at the same time") {
  Meeting meeting;
  meeting.meet_legacy();
  for (std::uint64_t i = 1; i <= kMaxCalls; ++i) meeting.call(i);
  CHECK(meeting.answers.empty());
  meeting.call(kMaxCalls + 1);
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].call == kMaxCalls + 1);
  meeting.abandon(1);
  meeting.call(kMaxCalls + 2);
  CHECK(meeting.answers.size() == 1);
}
