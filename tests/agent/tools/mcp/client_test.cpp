#include "meeting.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::Meeting;
using test::of_era;
using State = Client::State;
using Era = ClientOptions::Era;
using What = NoAnswer::What;

namespace {

NoAnswer status(int code, std::int64_t error = 0, std::string data = {}) { return {What::Refused, code, error, std::move(data), "it answered"}; }

}  // namespace

// --- handshake ---------------------------------------------------------------------------------------------------------------

TEST_CASE("Client first tries the modern protocol, and is open after server/discover if the server supports it [MCP 2026-07-28 basic/versioning]") {
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

TEST_CASE("If the server does not support the modern protocol, Client does the legacy handshake [MCP 2025-11-25 basic/lifecycle]") {
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

TEST_CASE("Client reports a modern server as broken if it supports no common revision, or refuses [MCP 2026-07-28 basic/versioning]") {
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

TEST_CASE("In the legacy handshake, Client sends initialize, initialized and tools/list with the agreed revision [MCP 2025-11-25 basic/lifecycle]") {
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

TEST_CASE("After a failed handshake, Client reports the connection as broken, and sends no cancellation") {
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

TEST_CASE("Client sends no tools/list to a server without tools, and gives an empty list") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.open();
  meeting.result(1, R"({"protocolVersion":"2025-11-25","capabilities":{"prompts":{}}})");
  CHECK(meeting.count("tools/list") == 0);
  REQUIRE(meeting.lists.size() == 1);
  CHECK(meeting.lists[0].tools.empty());
}

TEST_CASE("Client can be opened again after the connection broke") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.meet_legacy();
  meeting.run([&](auto& out) { meeting.client.on_closed("its output ended", out); });
  CHECK(meeting.client.state() == State::Closed);
  CHECK_FALSE(meeting.client.next_deadline());
  meeting.lists.clear();
  meeting.meet_legacy();
  CHECK(meeting.broke.size() == 1);
}

TEST_CASE("If a server refuses a revision that it lists as supported, Client sends server/discover once more [MCP 2026-07-28 basic/versioning]") {
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

TEST_CASE("If a slow modern server answers initialize with its revisions, Client sends server/discover again") {
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

TEST_CASE("If a server ends at server/discover, Client requests a restart at once, and then sends initialize first [MCP 2026-07-28 basic/versioning]") {
  for (const bool slow : {false, true}) {
    Meeting meeting;
    meeting.open();
    if (slow) meeting.advance(5s);  // The server starts slowly, reads the first request, and ends.
    const auto end = [&](auto& out) {
      meeting.client.on_closed("its output ended", out);
      REQUIRE(std::holds_alternative<Broken>(out.back()));
      CHECK(std::get<Broken>(out.back()).at_once);
    };
    meeting.run(end);
    meeting.open();
    CHECK(meeting.last().method == "initialize");
    meeting.initialized();
    meeting.listed();
    meeting.run([&](auto& out) {
      meeting.client.on_closed("its output ended", out);
      CHECK_FALSE(std::get<Broken>(out.back()).at_once);
    });
    meeting.open();
    CHECK(meeting.last().method == "initialize");
  }
}

TEST_CASE("If a server ends at every request, Client requests an immediate restart only after server/discover") {
  Meeting meeting;
  int at_once = 0;
  for (int i = 0; i < 6; ++i) {
    meeting.open();
    CHECK(meeting.last().method == (i % 2 == 0 ? "server/discover" : "initialize"));
    meeting.run([&](auto& out) {
      meeting.client.on_closed("its output ended", out);
      at_once += std::get<Broken>(out.back()).at_once ? 1 : 0;
    });
  }
  CHECK(at_once == 3);  // Client requests an immediate restart only after server/discover. After initialize, the restart waits.
}

TEST_CASE("Client takes an invalid answer to server/discover as the answer of a legacy server [MCP 2026-07-28 basic/versioning]") {
  const auto falls_back = [](auto answer, bool http) {
    Meeting meeting(http ? of_era(Era::Auto, true) : ClientOptions{});
    meeting.open();
    answer(meeting);
    CHECK(meeting.client.state() == State::Initializing);
  };
  falls_back([](Meeting& m) { m.no_answer(1, {What::Lost, 200, 0, {}, "its response contains no answer"}); }, true);
  falls_back([](Meeting& m) { m.no_answer(1, {What::Lost, 202, 0, {}, "its response contains no answer"}); }, true);
  for (const bool http : {false, true}) {
    falls_back([](Meeting& m) { m.hear(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"secret words"}})"); }, http);
    falls_back([](Meeting& m) { m.hear(R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"secret words"}})"); }, http);
  }
}

TEST_CASE("If a slow server gets both server/discover and initialize, the first answer selects the protocol generation (modern or legacy)") {
  Meeting modern;
  modern.open();
  modern.call(1);
  modern.advance(5s);
  REQUIRE(modern.client.state() == State::Initializing);
  CHECK(modern.stopped.empty());
  Meeting legacy = modern, refusing = modern;
  modern.result(1, R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})");
  CHECK(modern.client.state() == State::Open);
  CHECK(modern.revision == "2026-07-28");
  modern.error(2, -32601);  // A late answer to initialize has no effect.
  CHECK(modern.broke.empty());
  modern.listed();
  CHECK(modern.count("tools/call") == 1);

  legacy.error(1, -32601);
  legacy.initialized();
  CHECK(legacy.client.state() == State::Open);
  CHECK(legacy.revision == "2025-11-25");

  refusing.error(2, -32601);
  CHECK(refusing.client.state() == State::Probing);
  CHECK(refusing.count("server/discover") == 2);
  refusing.advance(5s);
  refusing.error(refusing.last("initialize").id, -32601);
  CHECK(refusing.broke.size() == 1);  // The client sends server/discover only once more.
}

TEST_CASE("If a server that was legacy answers initialize with modern revisions, Client sends server/discover again") {
  Meeting meeting(of_era(Era::Auto, true));
  meeting.meet_legacy();
  meeting.run([&](auto& out) { meeting.client.on_closed("its output ended", out); });
  meeting.open();
  REQUIRE(meeting.last().method == "initialize");
  meeting.no_answer(meeting.last().id, status(400, -32022, R"({"supported":["2026-07-28"]})"));
  REQUIRE(meeting.last().method == "server/discover");
  meeting.result(meeting.last().id, R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})");
  CHECK(meeting.revision == "2026-07-28");
}

TEST_CASE("Over HTTP, Client closes the connection of an unanswered server/discover, so that no late answer comes") {
  Meeting meeting(of_era(Era::Auto, true));
  meeting.open();
  meeting.advance(5s);
  CHECK(meeting.stopped == std::vector<std::uint64_t>{1});
  meeting.error(meeting.last("initialize").id, -32601);
  CHECK(meeting.broke.size() == 1);
}

// --- requests and notifications from a server --------------------------------------------------------------------------------

TEST_CASE("Client answers a ping, and refuses any other request of a server [MCP 2025-11-25 basic/utilities/ping]") {
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

TEST_CASE("Client also answers a ping during the handshake") {
  Meeting meeting(of_era(Era::Legacy));
  meeting.open();
  meeting.hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  CHECK(meeting.last().body == R"({"jsonrpc":"2.0","id":1,"result":{}})");
}

TEST_CASE("Client answers at most kMaxAnswersPerSecond requests of a server per second, and ignores the others") {
  Meeting meeting;
  meeting.meet_legacy();
  const auto before = meeting.sent.size();
  for (unsigned i = 0; i < kMaxAnswersPerSecond + 1; ++i) meeting.hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  CHECK(meeting.sent.size() == before + kMaxAnswersPerSecond);
  meeting.advance(1s);
  meeting.hear(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  CHECK(meeting.sent.size() == before + kMaxAnswersPerSecond + 1);
}

TEST_CASE("Client skips and reports invalid messages, and ignores unexpected answers") {
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
