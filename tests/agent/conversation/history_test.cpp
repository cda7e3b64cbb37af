#include <offhook/agent/conversation/history.hpp>

#include <doctest/doctest.h>

using namespace offhook::agent;
using EntryKind = HistoryEntry::Kind;

TEST_CASE("History inserts a late transcript before the reply to the turn") {
  History history;
  history.add({EntryKind::Agent, 1, "Good morning.", {}, {}, false});
  history.add({EntryKind::Agent, 2, "We open at nine.", {}, {}, false});
  history.set_caller_text(2, "when do you open");
  REQUIRE(history.entries().size() == 3);
  CHECK(history.entries()[1].text == "when do you open");
  history.set_caller_text(2, "when do you open today");
  REQUIRE(history.entries().size() == 3);
  CHECK(history.entries()[1].text == "when do you open today");
}

TEST_CASE("A history keeps at most kMaxEntries entries and drops the oldest [kMaxEntries]") {
  History history;
  for (std::size_t i = 0; i < History::kMaxEntries; ++i) history.add({EntryKind::Caller, static_cast<std::uint32_t>(i), "x", {}, {}, false});
  CHECK(history.forgotten() == 0);
  history.add({EntryKind::Caller, 9999, "y", {}, {}, false});
  CHECK(history.entries().size() == History::kMaxEntries);
  CHECK(history.forgotten() == 1);
  CHECK(history.entries().back().text == "y");
}

TEST_CASE("A history keeps at most kMaxBytes octets [kMaxBytes]") {
  History history;
  for (int i = 0; i < 4; ++i) history.add({EntryKind::Caller, 1, std::string(History::kMaxBytes / 4, 'x'), {}, {}, false});
  CHECK(history.forgotten() == 0);
  history.add({EntryKind::Agent, 1, "z", {}, {}, false});
  CHECK(history.forgotten() == 1);
  CHECK(history.entries().size() == 4);
}

TEST_CASE("When History drops a tool call, it also drops the results of that call") {
  History history;
  history.add({EntryKind::ToolCall, 1, "{}", "transfer", "call_1", false});
  for (std::size_t i = 0; i + 1 < History::kMaxEntries; ++i) history.add({EntryKind::ToolResult, 1, "{}", {}, "call_1", false});
  CHECK(history.entries().size() == History::kMaxEntries);
  history.add({EntryKind::Caller, 2, "hello", {}, {}, false});
  REQUIRE(history.entries().size() == 1);
  CHECK(history.entries()[0].text == "hello");
}

TEST_CASE("mask() replaces the words of a turn, and supersede() replaces an input by a longer version of the input") {
  History history;
  history.add({HistoryEntry::Kind::Caller, 1, "vile", {}, {}, false});
  history.add({HistoryEntry::Kind::Agent, 1, "No.", {}, {}, false});
  history.add({HistoryEntry::Kind::Caller, 2, "book a table", {}, {}, false});
  history.mask(1, "(refused)");
  CHECK(history.entries()[0].text == "(refused)");
  CHECK(history.entries()[1].text == "No.");
  CHECK(history.supersede(2, 3, "book a table for two"));
  REQUIRE(history.entries().size() == 3);
  CHECK(history.entries()[2].turn == 3);
  CHECK(history.entries()[2].text == "book a table for two");
  CHECK(history.supersede(3, 4, "today"));
  CHECK(history.entries()[2].text == "book a table for two today");
  history.add({HistoryEntry::Kind::ToolResult, 1, "vile result", {}, "a", false});
  history.mask(1, "(refused)");
  CHECK(history.entries().back().text == "(refused)");
  CHECK_FALSE(history.supersede(2, 5, "nothing"));
}
