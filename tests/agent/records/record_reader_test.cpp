// Real files, in a temporary folder.
#include <offhook/agent/store/file_system.hpp>
#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/agent/records/support.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <map>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::records;
using namespace offhook::agent::store;
using test::call_of;

namespace {

std::string ended(const std::string& id, std::string_view run = "run1") {
  return to_line(call_of(id), run);
}
std::string began(const std::string& id, std::string_view run = "run1") {
  return to_started_line(call_of(id), run);
}

struct Reading : test::Folder {
  void read() {
    calls.clear();
    const auto result = read_calls(path, [this](StoredCall stored) { calls.push_back(std::move(stored)); });
    REQUIRE(result);
    summary = *result;
  }
  std::string order() const {
    std::string ids;
    for (const auto& each : calls) ids += each.record.id + " ";
    return ids;
  }
  std::vector<StoredCall> calls;
  ReadSummary summary;
};

}  // namespace

TEST_CASE_FIXTURE(Reading, "read_calls() reads all files of all writers, and reads the rotated files first") {
  put("calls-1.20240101T000000.000Z.jsonl", ended("a"));
  put("calls-1.20240102T000000.000Z.jsonl", ended("b"));
  put("calls-1.jsonl", ended("c"));
  put("calls-3.jsonl", ended("d"));
  put("notes.txt", "mine");
  read();
  CHECK(order() == "a b c d ");
  CHECK(summary.files == 4);
  CHECK(summary.skipped == 0);
  CHECK(calls[0].line + "\n" == ended("a"));
}

TEST_CASE_FIXTURE(Reading, "read_calls() skips and counts lines that are cut, changed or unknown, and reads all other lines") {
  const std::string cut = ended("x").substr(0, 40);
  put("calls-1.jsonl", ended("a") + cut + "\n" + ended("b") + "nonsense\n\n" + ended("c") + cut);
  read();
  CHECK(order() == "a b c ");
  CHECK(summary.skipped == 4);
}

TEST_CASE_FIXTURE(Reading, "read_calls() reads a line of the maximum length, and skips a longer line without storing it") {
  const auto line_of = [](std::size_t size) {
    const auto with = [](std::size_t padding) {
      return seal(JsonLine()
                      .number("v", std::int64_t{1})
                      .text("type", "other", 9)
                      .text("run", "r", 9)
                      .text("p", std::string(padding, 'x'), SIZE_MAX)
                      .take());
    };
    return with(size - with(0).size());
  };
  put("calls-1.jsonl",
      line_of(kMaxLineBytes) + ended("a") + line_of(kMaxLineBytes + 1) + std::string(3000000, 'x') + "\n" + ended("b"));
  read();
  CHECK(order() == "a b ");
  CHECK(summary.skipped == 2);
}

TEST_CASE_FIXTURE(Reading, "A call without an end is interrupted if its agent is gone") {
  put("calls-1.jsonl", began("a") + began("b") + ended("a") + to_run_line("run2", 1, {}) + began("c", "run2"));
  read();
  CHECK(order() == "a b c ");
  CHECK(calls[0].state == StoredCall::State::Ended);
  CHECK(calls[1].state == StoredCall::State::Interrupted);
  CHECK(calls[1].record.ending.cause == "interrupted");
  CHECK(calls[2].state == StoredCall::State::Interrupted);
}

TEST_CASE_FIXTURE(Reading,
                  "While the writer lives, a call without an end is in progress if it belongs to the current run, otherwise interrupted") {
  put("calls-1.jsonl", began("b", "run1") + to_run_line("run2", 1, {}) + began("c", "run2"));
  const auto lock = posix_file_system().try_lock(path + "/" + slot_name(1, "lock"));
  REQUIRE(lock);
  REQUIRE(*lock);
  read();
  CHECK(order() == "b c ");
  CHECK(calls[0].state == StoredCall::State::Interrupted);
  CHECK(calls[1].state == StoredCall::State::InProgress);
}

TEST_CASE_FIXTURE(Reading, "A call whose end is in a later file has ended") {
  put("calls-1.20240101T000000.000Z.jsonl", began("a"));
  put("calls-1.jsonl", ended("a"));
  read();
  CHECK(order() == "a ");
  CHECK(calls[0].state == StoredCall::State::Ended);
}

TEST_CASE_FIXTURE(Reading, "If a call was written twice, read_calls() reports the call once") {
  put("calls-1.jsonl", ended("a") + ended("b") + ended("a"));
  read();
  CHECK(order() == "a b ");
  CHECK(summary.repeated == 1);
}

TEST_CASE_FIXTURE(Reading, "If a group of lines was written twice, read_calls() reports each call of the group once, even a call without an end") {
  const std::string group = began("a") + ended("a") + began("b");
  put("calls-1.jsonl", group + group);
  read();
  CHECK(order() == "a b ");
  CHECK(calls[0].state == StoredCall::State::Ended);
  CHECK(calls[1].state == StoredCall::State::Interrupted);
}

TEST_CASE_FIXTURE(Reading, "read_calls() reports a long call once, even if more than kMaxOpenCalls calls begin and end during the long call") {
  std::string lines = began("long");
  for (std::size_t i = 0; i < 3 * kMaxOpenCalls; ++i) lines += began("c" + std::to_string(i)) + ended("c" + std::to_string(i));
  put("calls-1.jsonl", lines + ended("long"));
  read();
  CHECK(calls.size() == 3 * kMaxOpenCalls + 1);
  CHECK(calls.back().record.id == "long");
  CHECK(calls.back().state == StoredCall::State::Ended);
}

TEST_CASE_FIXTURE(Reading, "A link or a pipe is not read and counts as unreadable") {
  put("calls-1.jsonl", ended("a"));
  std::filesystem::create_symlink("/dev/null", path + "/calls-2.jsonl");
  read();
  CHECK(order() == "a ");
  CHECK(summary.files == 1);
  CHECK(summary.unreadable == 1);
  std::filesystem::remove(path + "/calls-2.jsonl");
  REQUIRE(::mkfifo((path + "/calls-2.jsonl").c_str(), 0600) == 0);  // No program ever writes to the pipe.
  read();
  CHECK(summary.unreadable == 1);
}

TEST_CASE_FIXTURE(Reading, "A line of a newer version is counted as newer_schema") {
  put("calls-1.jsonl", seal(JsonLine().number("v", std::int64_t{2}).text("type", "call", 9).take()) + ended("a"));
  read();
  CHECK(order() == "a ");
  CHECK(summary.newer_schema == 1);
  CHECK(summary.skipped == 0);
}

TEST_CASE_FIXTURE(Reading, "read_calls() remembers at most kMaxOpenCalls calls without an end. If there are more, the oldest counts as interrupted") {
  std::string lines;
  for (std::size_t i = 0; i < kMaxOpenCalls; ++i) lines += began("c" + std::to_string(i));
  put("calls-1.jsonl", lines + ended("c0"));
  read();
  CHECK(calls.front().state == StoredCall::State::Ended);
  put("calls-1.jsonl", lines + began("more") + ended("c0"));
  read();
  CHECK(calls.front().record.id == "c0");
  CHECK(calls.front().state == StoredCall::State::Interrupted);
}

TEST_CASE("The error about a missing folder names the folder and the remedy") {
  const auto result = read_calls("/nowhere/at/all", [](const StoredCall&) {});
  REQUIRE_FALSE(result);
  CHECK(result.error().detail.find("/nowhere/at/all") != std::string::npos);
  CHECK(result.error().detail.find("--folder") != std::string::npos);
}

TEST_CASE("parse_record() leaves out missing members and members of a wrong type, and refuses a line that is not a record") {
  CHECK_FALSE(parse_record("{\"v\":1,\"type\":\"run\"}"));
  CHECK_FALSE(parse_record("[1,2"));
  CHECK_FALSE(parse_record("7"));
  const auto record =
      parse_record(R"({"type":"call","id":7,"from":"x","times":[],"turns":{"a":1},"media":3,"duration_ms":"long"})");
  REQUIRE(record);
  CHECK(record->id.empty());
  CHECK(record->turns.empty());
  CHECK_FALSE(record->media);
}
