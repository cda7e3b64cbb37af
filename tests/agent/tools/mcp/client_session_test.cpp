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

const NoAnswer kGone{What::SessionGone, 404, 0, {}, "it answered 404", true};
const NoAnswer kGoneBefore{What::SessionGone, 404, 0, {}, "it answered 404", false};

}  // namespace

TEST_CASE(
    "If the session is lost, Client begins a new one, and repeats the unanswered tool call once [MCP 2025-11-25 basic/transports]") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.call(1);
  const auto first = meeting.last("tools/call");
  meeting.no_answer(first.id, kGone);
  CHECK(meeting.client.state() == State::Initializing);
  CHECK(meeting.answers.empty());
  meeting.initialized();
  CHECK(meeting.count("tools/call") == 1);  // The client does not know the tools of the new session yet.
  meeting.listed();
  const auto second = meeting.last("tools/call");
  CHECK(second.id != first.id);
  meeting.result(second.id, R"({"content":[{"type":"text","text":"3"}]})");
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text == "3");
}

TEST_CASE("Client sends a tool call at most twice. If the second session is lost too, Client begins a third one") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.call(1);
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  meeting.initialized();
  meeting.listed();
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  REQUIRE(meeting.answers.size() == 1);
  CHECK_FALSE(meeting.answers[0].answer.ok);
  CHECK(meeting.client.state() == State::Initializing);
  CHECK(meeting.count("initialize") == 3);
  meeting.initialized();
  meeting.listed();
  meeting.call(2);
  CHECK(meeting.count("tools/call") == 3);
  CHECK(meeting.broke.empty());
}

TEST_CASE("Client reports a server as broken if the server loses the new session before it answers tools/list") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.call(1);
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  meeting.initialized();
  meeting.no_answer(meeting.last("tools/list").id, kGone);
  CHECK(meeting.broke.size() == 1);
  CHECK(meeting.answers.size() == 1);
}

TEST_CASE("Client repeats a tool call of an older session once in the current session, and begins no new session") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.call(1);
  const auto first = meeting.last("tools/call");
  meeting.call(2);
  const auto second = meeting.last("tools/call");
  meeting.no_answer(first.id, kGone);
  meeting.initialized();
  meeting.listed();
  REQUIRE(meeting.count("tools/call") == 3);
  meeting.no_answer(second.id, kGoneBefore);
  CHECK(meeting.client.state() == State::Open);
  CHECK(meeting.count("tools/call") == 4);
  CHECK(meeting.count("initialize") == 2);
  meeting.no_answer(meeting.last("tools/call").id, kGoneBefore);
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.repeated);
}

TEST_CASE("If the session is lost, Client does not repeat a tool call that the server has accepted") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.call(1);
  meeting.no_answer(meeting.last("tools/call").id, {What::Lost, 404, 0, {}, "it answered 404", true});
  REQUIRE(meeting.answers.size() == 1);
  CHECK(meeting.answers[0].answer.text.find("not known") != std::string::npos);
  CHECK(meeting.client.state() == State::Initializing);
  meeting.initialized();
  meeting.listed();
  CHECK(meeting.count("tools/call") == 1);
}

TEST_CASE("If the session is lost during a listing, Client begins a new session and lists the tools again") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.hear(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})");
  meeting.call(1);
  meeting.advance(1s);
  const auto list = meeting.last("tools/list");
  meeting.no_answer(meeting.last("tools/call").id, kGone);
  CHECK(meeting.stopped == std::vector<std::uint64_t>{list.id});
  meeting.result(list.id, R"({"tools":[]})");
  CHECK(meeting.lists.size() == 1);
  meeting.initialized();
  meeting.listed();
  CHECK(meeting.lists.size() == 2);
  CHECK(meeting.count("tools/call") == 2);
}

TEST_CASE("During the handshake of a new session, Client sends no cancellation for calls of the old session [MCP 2025-11-25 basic/lifecycle]") {
  Meeting meeting(of_era(Era::Legacy, true));
  meeting.meet_legacy();
  meeting.call(1);
  meeting.call(2);
  const auto other = meeting.last("tools/call");
  meeting.no_answer(other.id - 1, kGone);
  REQUIRE(meeting.client.state() == State::Initializing);
  meeting.abandon(2);
  meeting.advance(30s);
  CHECK(meeting.count("notifications/cancelled") == 0);
  CHECK(meeting.stopped.front() == other.id);
}
