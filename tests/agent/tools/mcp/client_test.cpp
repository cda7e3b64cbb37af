#include "meeting.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::Meeting;
using State = Client::State;
using Era = ClientOptions::Era;
using What = NoAnswer::What;

namespace {

ClientOptions over_http(Era era = Era::Auto) {
  ClientOptions options;
  options.over_http = true;
  options.era = era;
  return options;
}

ClientOptions of_era(Era era) {
  ClientOptions options;
  options.era = era;
  return options;
}

NoAnswer status(int code, std::int64_t error = 0, std::string data = {}) { return {What::Refused, code, error, std::move(data), "it answered"}; }
const NoAnswer kGone{What::SessionGone, 404, 0, {}, "it answered 404"};

}  // namespace

// --- how a server is met -----------------------------------------------------------------------------------------------------

TEST_CASE("The modern era is tried first, and a server that knows it is asked at once [MCP 2026-07-28 basic/versioning]") {
  Meeting meeting;
  meeting.open();
  CHECK(meeting.client.state() == State::Probing);
  CHECK(meeting.last().method == "server/discover");
  CHECK(meeting.last().revision == "2026-07-28");
  CHECK(meeting.last().modern);
  meeting.result(1, R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})");
  CHECK(meeting.client.state() == State::Open);
  CHECK(meeting.revision == "2026-07-28");
  CHECK(meeting.last().method == "tools/list");
  CHECK(meeting.last().body.find("io.modelcontextprotocol/protocolVersion") != std::string::npos);
  CHECK(meeting.count("initialize") == 0);
  CHECK(meeting.count("notifications/initialized") == 0);
}

TEST_CASE("A server that does not know the modern era is met by a handshake [MCP 2025-11-25 basic/lifecycle]") {
  const auto falls_back = [](auto answer) {
    Meeting meeting;
    meeting.open();
    answer(meeting);
    CHECK(meeting.client.state() == State::Initializing);
    CHECK(meeting.last().method == "initialize");
    CHECK(meeting.last().revision.empty());
    CHECK_FALSE(meeting.last().modern);
  };
  falls_back([](Meeting& m) { m.error(1, -32601); });
  falls_back([](Meeting& m) { m.error(1, -32602); });
  falls_back([](Meeting& m) { m.error(1, -32022, R"({"supported":["2025-06-18"]})"); });
  falls_back([](Meeting& m) { m.result(1, "{}"); });
  falls_back([](Meeting& m) { m.result(1, R"({"supportedVersions":["2025-06-18"],"capabilities":{}})"); });
  falls_back([](Meeting& m) { m.advance(5s); });
  falls_back([](Meeting& m) { m.no_answer(1, status(400)); });
  falls_back([](Meeting& m) { m.no_answer(1, status(404)); });
  falls_back([](Meeting& m) { m.no_answer(1, status(405)); });
  falls_back([](Meeting& m) { m.no_answer(1, status(400, -32000)); });
}

TEST_CASE("A modern server that we have no revision with, or that refuses us, is broken [MCP 2026-07-28 basic/versioning]") {
  const auto breaks = [](auto answer, Era era = Era::Auto) {
    Meeting meeting(of_era(era));
    meeting.open();
    answer(meeting);
    CHECK(meeting.client.state() == State::Closed);
    REQUIRE(meeting.broke.size() == 1);
    CHECK(meeting.broke[0].find("secret") == std::string::npos);
    CHECK(meeting.count("initialize") == 0);
  };
  breaks([](Meeting& m) { m.error(1, -32022, R"({"supported":["2030-01-01"]})"); });
  breaks([](Meeting& m) { m.error(1, -32021); });
  breaks([](Meeting& m) { m.no_answer(1, status(400, -32020)); });
  breaks([](Meeting& m) { m.result(1, R"({"supportedVersions":["2030-01-01"]})"); });
  breaks([](Meeting& m) { m.no_answer(1, {What::Lost, 0, 0, {}, "no answer came"}); });
  breaks([](Meeting& m) { m.no_answer(1, {What::Auth, 401, 0, {}, "it answered 401"}); });
  breaks([](Meeting& m) { m.error(1, -32601); }, Era::Modern);
  breaks([](Meeting& m) { m.result(1, R"({"supportedVersions":["2025-11-25"]})"); }, Era::Modern);
}

TEST_CASE("The handshake: initialize, initialized, then the list; its revision is in all that follows [MCP 2025-11-25 basic/lifecycle]") {
  for (const char* revision : {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"}) {
    Meeting meeting(of_era(Era::Legacy));
    meeting.open();
    REQUIRE(meeting.sent.size() == 1);
    CHECK(meeting.last().method == "initialize");
    meeting.result(1, R"({"protocolVersion":")" + std::string(revision) + R"(","capabilities":{"tools":{}}})");
    REQUIRE(meeting.sent.size() == 3);
    CHECK(meeting.sent[1].method == "notifications/initialized");
    CHECK(meeting.sent[1].id == 0);
    CHECK(meeting.sent[1].revision == revision);
    CHECK(meeting.sent[2].method == "tools/list");
    CHECK(meeting.sent[2].revision == revision);
    CHECK(meeting.revision == revision);
  }
}

TEST_CASE("A handshake that comes to nothing breaks, and is never cancelled") {
  const auto breaks = [](auto answer) {
    Meeting meeting(of_era(Era::Legacy));
    meeting.open();
    answer(meeting);
    CHECK(meeting.broke.size() == 1);
    CHECK(meeting.count("notifications/cancelled") == 0);
  };
  breaks([](Meeting& m) { m.result(1, R"({"protocolVersion":"1999-01-01"})"); });
  breaks([](Meeting& m) { m.result(1, "{}"); });
  breaks([](Meeting& m) { m.error(1, -32603); });
  breaks([](Meeting& m) { m.advance(30s); });
  breaks([](Meeting& m) { m.no_answer(1, status(500)); });
  breaks([](Meeting& m) { m.run([&](auto& out) { m.client.on_closed("its output ended", out); }); });
}

TEST_CASE("A server without tools is open and lists nothing") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.open();
  meeting.result(1, R"({"protocolVersion":"2025-11-25","capabilities":{"prompts":{}}})");
  CHECK(meeting.count("tools/list") == 0);
  REQUIRE(meeting.lists.size() == 1);
  CHECK(meeting.lists[0].tools.empty());
}

TEST_CASE("A client that broke can be opened again") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.meet_legacy();
  meeting.run([&](auto& out) { meeting.client.on_closed("its output ended", out); });
  CHECK(meeting.client.state() == State::Closed);
  CHECK_FALSE(meeting.client.next_deadline());
  meeting.lists.clear();
  meeting.meet_legacy();
  CHECK(meeting.broke.size() == 1);
}

TEST_CASE("A server that refuses a revision and names it all the same is asked once more [MCP 2026-07-28 basic/versioning]") {
  Meeting meeting;
  meeting.open();
  meeting.error(1, -32022, R"({"supported":["2026-07-28"]})");
  CHECK(meeting.client.state() == State::Probing);
  REQUIRE(meeting.count("server/discover") == 2);
  Meeting again = meeting;
  meeting.result(2, R"({"supportedVersions":["2026-07-28"],"capabilities":{}})");
  CHECK(meeting.client.state() == State::Open);
  again.error(2, -32022, R"({"supported":["2026-07-28"]})");
  CHECK(again.broke.size() == 1);
}

TEST_CASE("A modern server that was too slow for the first question says so to the handshake, and is asked again") {
  Meeting meeting;
  meeting.open();
  meeting.advance(5s);
  REQUIRE(meeting.last().method == "initialize");
  meeting.error(meeting.last().id, -32022, R"({"supported":["2026-07-28"]})");
  REQUIRE(meeting.client.state() == State::Probing);
  CHECK(meeting.last().modern);
  Meeting again = meeting;
  meeting.result(meeting.last().id, R"({"supportedVersions":["2026-07-28"],"capabilities":{}})");
  CHECK(meeting.revision == "2026-07-28");
  again.advance(5s);
  again.error(again.last("initialize").id, -32022, R"({"supported":["2026-07-28"]})");
  CHECK(again.broke.size() == 1);
}

// --- what a server asks and tells --------------------------------------------------------------------------------------------

TEST_CASE("A ping is answered, and any other request refused [MCP 2025-11-25 basic/utilities/ping]") {
  Meeting meeting;
  meeting.meet_legacy();
  meeting.hear(R"({"jsonrpc":"2.0","id":"p1","method":"ping"})");
  CHECK(meeting.last().body == R"({"jsonrpc":"2.0","id":"p1","result":{}})");
  CHECK(meeting.last().id == 0);
  CHECK(meeting.last().revision == "2025-11-25");
  for (const char* method : {"roots/list", "sampling/createMessage", "elicitation/create", "nonsense"}) {
    meeting.hear(R"({"jsonrpc":"2.0","id":9,"method":")" + std::string(method) + "\"}");
    CHECK(meeting.last().body.find("\"code\":-32601") != std::string::npos);
    CHECK(meeting.last().body.find("\"id\":9") != std::string::npos);
  }
}

TEST_CASE("A ping within the handshake is answered, too") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.open();
  meeting.hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  CHECK(meeting.last().body == R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_CASE("Requests of a server beyond a bound in a second are passed over") {
  Meeting meeting;
  meeting.meet_legacy();
  const auto before = meeting.sent.size();
  for (unsigned i = 0; i < kMaxAnswersPerSecond + 1; ++i) meeting.hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  CHECK(meeting.sent.size() == before + kMaxAnswersPerSecond);
  meeting.advance(1s);
  meeting.hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  CHECK(meeting.sent.size() == before + kMaxAnswersPerSecond + 1);
}

TEST_CASE("What is no message is passed over and told; messages that nobody asked for change nothing") {
  Meeting meeting;
  meeting.meet_legacy();
  const auto before = meeting.sent.size();
  meeting.hear("Server running on stdio");
  CHECK(meeting.notes.size() == 1);
  CHECK(meeting.notes[0].find("running") == std::string::npos);
  meeting.result(999, "{}");
  meeting.error(999, 1);
  meeting.hear(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}})");
  meeting.hear(R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}})");
  meeting.hear(R"({"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}})");
  meeting.hear(R"({"jsonrpc":"2.0","method":"notifications/progress","params":[]})");
  CHECK(meeting.sent.size() == before);
  CHECK(meeting.answers.empty());
}

// --- the list of tools -------------------------------------------------------------------------------------------------------

TEST_CASE("All pages of a list are asked for [MCP 2025-11-25 server/utilities/pagination]") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.open();
  meeting.result(1, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})");
  meeting.result(2, R"({"tools":[{"name":"a","inputSchema":{}}],"nextCursor":"n"})");
  CHECK(meeting.last().body.find(R"("cursor":"n")") != std::string::npos);
  CHECK(meeting.lists.empty());
  meeting.result(3, R"({"tools":[{"name":"b","inputSchema":{}}]})");
  REQUIRE(meeting.lists.size() == 1);
  CHECK(meeting.lists[0].tools.size() == 2);
}

TEST_CASE("A change of the list is looked at, but no more than once in a second [MCP 2025-11-25 server/tools]") {
  Meeting meeting;
  meeting.meet_legacy();
  const std::string changed = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";
  for (int i = 0; i < 50; ++i) meeting.hear(changed);
  meeting.advance(0s);
  CHECK(meeting.count("tools/list") == 1);
  meeting.advance(1s);
  CHECK(meeting.count("tools/list") == 2);
  meeting.hear(changed);  // While it is listed: once more, afterwards.
  meeting.advance(5s);
  CHECK(meeting.count("tools/list") == 2);
  meeting.result(meeting.last("tools/list").id, R"({"tools":[]})");
  CHECK(meeting.lists.back().tools.empty());
  meeting.advance(0s);
  CHECK(meeting.count("tools/list") == 3);
}

TEST_CASE("A list that fails is told and asked for again later; the one before stays") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.open();
  meeting.result(1, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})");
  meeting.advance(20s);
  CHECK(meeting.stopped == std::vector<std::uint64_t>{2});
  CHECK(meeting.notes.size() == 1);
  meeting.advance(30s);
  CHECK(meeting.count("tools/list") == 2);
  meeting.error(meeting.last().id, -32603);
  meeting.advance(30s);
  CHECK(meeting.count("tools/list") == 3);
  meeting.result(meeting.last().id, "{}");
  CHECK(meeting.lists.empty());
  CHECK(meeting.broke.empty());
}

TEST_CASE("A modern list is good for as long as it says, and changes are listened for [MCP 2026-07-28 basic/patterns/subscriptions]") {
  Meeting meeting(over_http());
  meeting.meet_modern();
  meeting.advance(0s);
  const auto listen = meeting.last("subscriptions/listen");
  CHECK(listen.long_lived);
  meeting.result(meeting.last("tools/list").id, R"({"tools":[],"ttlMs":120000})");
  meeting.advance(119s);
  CHECK(meeting.count("tools/list") == 1);
  meeting.advance(1s);
  CHECK(meeting.count("tools/list") == 2);
  meeting.result(meeting.last("tools/list").id, R"({"tools":[]})");
  meeting.hear(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":2}}})");
  meeting.advance(1s);
  CHECK(meeting.count("tools/list") == 3);
  meeting.no_answer(listen.id, {What::Lost, 0, 0, {}, "it broke off"});
  meeting.advance(29s);
  CHECK(meeting.count("subscriptions/listen") == 1);
  meeting.advance(1s);
  CHECK(meeting.count("subscriptions/listen") == 2);
  meeting.error(meeting.last("subscriptions/listen").id, -32601);
  meeting.advance(1h);
  CHECK(meeting.count("subscriptions/listen") == 2);
}

TEST_CASE("A list that says it is good for no time is not asked for again and again") {
  Meeting meeting(over_http());
  meeting.meet_modern();
  meeting.result(meeting.last("tools/list").id, R"({"tools":[],"ttlMs":1})");
  meeting.advance(59s);
  CHECK(meeting.count("tools/list") == 1);
  meeting.advance(1s);
  CHECK(meeting.count("tools/list") == 2);
}

// --- a session that is gone --------------------------------------------------------------------------------------------------

TEST_CASE("A session that is gone is begun anew, and a call that it swallowed is made once more [MCP 2025-11-25 basic/transports]") {
  Meeting meeting(over_http(Era::Legacy));
  meeting.meet_legacy();
  meeting.call(1);
  const auto first = meeting.last("tools/call");
  meeting.no_answer(first.id, kGone);
  CHECK(meeting.client.state() == State::Initializing);
  CHECK(meeting.answers.empty());
  meeting.result(meeting.last("initialize").id, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})");
  const auto second = meeting.last("tools/call");
  CHECK(second.id != first.id);
  meeting.result(second.id, R"({"content":[{"type":"text","text":"3"}]})");
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text == "3");
}

TEST_CASE("A server that forgets the new session, too, is broken") {
  Meeting meeting(over_http(Era::Legacy));
  meeting.meet_legacy();
  meeting.call(1);
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  meeting.result(meeting.last("initialize").id, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})");
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  REQUIRE(meeting.answers.size() == 1);  // A call is made twice, and no more.
  CHECK_FALSE(meeting.answers[0].answer.ok);
  CHECK(meeting.broke.empty());
  meeting.call(2);
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  CHECK(meeting.answers.size() == 2);
  CHECK(meeting.broke.size() == 1);
}

TEST_CASE("A session that is gone while its tools are listed is begun anew, and they are listed again") {
  Meeting meeting(over_http(Era::Legacy));
  meeting.open();
  meeting.result(1, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})");
  meeting.call(1);  // Beside the list that is asked for.
  const auto list = meeting.last("tools/list");
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  CHECK(meeting.stopped == std::vector<std::uint64_t>{list.id});
  meeting.result(list.id, R"({"tools":[]})");
  CHECK(meeting.lists.empty());
  meeting.result(meeting.last("initialize").id, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{}}})");
  meeting.result(meeting.last("tools/list").id, R"({"tools":[]})");
  CHECK(meeting.lists.size() == 1);
}
