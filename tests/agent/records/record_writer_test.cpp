#include <offhook/agent/records/call_record_store.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/records/record_writer.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tests/agent/store/fake_file_system.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/agent/records/support.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

using namespace offhook;
using namespace offhook::agent::records;
using namespace offhook::agent::store;
using namespace std::chrono_literals;
using test::call_of;

namespace {

/// A disk on which all operations wait until open_gate().
class GatedDisk final : public FileSystem {
 public:
  FakeFileSystem disk;
  void open_gate() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void wait_for_somebody() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waits_; });
  }
  FileResult<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    std::unique_lock lock(mutex_);
    waits_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    return disk.open_append(path);
  }
  FileResult<void> make_folder(const std::string& path) override { return disk.make_folder(path); }
  FileResult<void> rename(const std::string& from, const std::string& to) override { return disk.rename(from, to); }
  FileResult<void> remove(const std::string& path) override { return disk.remove(path); }
  FileResult<void> sync_folder(const std::string& path) override { return disk.sync_folder(path); }
  FileResult<std::vector<std::string>> list(const std::string& folder) override { return disk.list(folder); }
  FileResult<std::string> peek(const std::string& path, std::size_t most) override { return disk.peek(path, most); }
  FileResult<std::shared_ptr<void>> try_lock(const std::string& path) override { return disk.try_lock(path); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false, waits_ = false;
};

WriterOptions in(const std::string& folder) {
  WriterOptions options;
  options.journal.folder = folder;
  return options;
}

struct Quiet {
  Quiet() { agent::log::configure({agent::log::Level::Off, agent::log::Format::Text, false}); }
};

}  // namespace

TEST_CASE("A record is on the disk when the writer reports it, and after the destructor all records are on the disk") {
  const test::Folder folder;
  std::string reported;
  bool was_there = true;
  {
    RecordWriter writer(posix_file_system(), in(folder.path), [&](const CallRecord& record) {
      reported += record.id;
      was_there = was_there && folder.get("calls-1.jsonl").find("\"id\":\"" + record.id + "\"") != std::string::npos;
    });
    for (const auto* id : {"a", "b", "c"}) {
      CHECK(writer.began(call_of(id)));
      CHECK(writer.ended(call_of(id)));
    }
  }
  CHECK(reported == "abc");
  CHECK(was_there);
  std::string read;
  const auto summary = read_calls(folder.path, [&](const StoredCall& stored) { read += stored.record.id; });
  REQUIRE(summary);
  CHECK(read == "abc");
  CHECK(summary->skipped == 0);
}

TEST_CASE_FIXTURE(Quiet,
                  "While the disk hangs, ended() does not block, and the writer refuses and counts a record that exceeds the memory bound") {
  GatedDisk gated;
  WriterOptions options = in("/calls");
  options.backlog.items = 3;
  options.slow_after = 1h;
  std::atomic<int> reported{0};
  {
    RecordWriter writer(gated, options, [&](const CallRecord&) { ++reported; });
    gated.wait_for_somebody();
    CHECK(writer.state() == RecordWriter::State::Writing);
    for (int i = 0; i < 3; ++i) CHECK(writer.ended(call_of("x")));
    CHECK_FALSE(writer.ended(call_of("x")));
    CHECK(writer.state() == RecordWriter::State::Losing);
    CHECK(writer.counters().refused == 1);
    CHECK(reported == 0);
    gated.open_gate();
  }
  CHECK(reported == 3);
}

TEST_CASE_FIXTURE(Quiet, "A disk that does not answer counts as failing, although no operation has failed yet") {
  GatedDisk gated;
  WriterOptions options = in("/calls");
  options.slow_after = 0ms;
  RecordWriter writer(gated, options, {});
  gated.wait_for_somebody();
  CHECK(writer.state() == RecordWriter::State::Failing);
  gated.open_gate();
}

TEST_CASE_FIXTURE(Quiet, "If the disk fails until the end, the writer drops the waiting records at the closing limit and does not report them") {
  FakeFileSystem disk;
  disk.write_fails = std::errc::no_space_on_device;
  WriterOptions options = in("/calls");
  options.closing_limit = 0ms;
  bool reported = false;
  {
    RecordWriter writer(disk, options, [&](const CallRecord&) { reported = true; });
    CHECK(writer.ended(call_of("a")));
  }
  CHECK_FALSE(reported);
}

TEST_CASE_FIXTURE(Quiet, "Two agents write to separate files of one folder, and read_calls() reads both files") {
  const test::Folder folder;
  {
    RecordWriter first(posix_file_system(), in(folder.path), {});
    REQUIRE(offhook_test::wait_until(
        [&] { return first.state() != RecordWriter::State::Writing || std::filesystem::exists(folder.path + "/calls-1.jsonl"); }));
    RecordWriter second(posix_file_system(), in(folder.path), {});
    CHECK(first.ended(call_of("a")));
    CHECK(second.ended(call_of("b")));
  }
  std::string read;
  REQUIRE(read_calls(folder.path, [&](const StoredCall& stored) { read += stored.record.id; }));
  CHECK(read == "ab");
  CHECK(std::filesystem::exists(folder.path + "/calls-2.jsonl"));
}

TEST_CASE("Only the owner can read the records") {
  const test::Folder folder;
  { RecordWriter writer(posix_file_system(), in(folder.path + "/a/b"), {}); }
  using std::filesystem::perms;
  const auto others = perms::group_all | perms::others_all;
  CHECK((std::filesystem::status(folder.path + "/a/b/calls-1.jsonl").permissions() & others) == perms::none);
  CHECK((std::filesystem::status(folder.path + "/a/b").permissions() & others) == perms::none);
}

TEST_CASE_FIXTURE(Quiet, "At the start, a folder that the operator configured must be writable, and the default folder need not be writable") {
  const test::Folder folder;
  folder.put("file", "");
  CallRecordOptions options;
  options.writer = in(folder.path + "/file");
  options.writer.closing_limit = 0ms;
  CHECK(CallRecordStore::open(options, {}));
  options.must_write = true;
  CHECK_FALSE(CallRecordStore::open(options, {}));
  CHECK((*CallRecordStore::open({}, {}))->state() == "off");
}

TEST_CASE("The writer collects the starts and ends of calls for 10 ms and takes them together") {
  Backlog<RecordEntry> backlog({}, RecordWriter::kGather);
  const base::TimePoint start{100s};
  REQUIRE(backlog.try_add({call_of("a"), false}, start));
  REQUIRE(backlog.try_add({call_of("a"), true}, start + 5ms));
  CHECK_FALSE(backlog.is_due(start + 9ms));
  CHECK(backlog.is_due(start + 10ms));
  CHECK(backlog.take().size() == 2);
}

TEST_CASE("weight_of() counts the texts of a record") {
  RecordEntry entry{call_of("x"), true};
  const std::size_t before = weight_of(entry);
  CHECK(before > sizeof(CallRecord));
  entry.record.turns = {{}};
  entry.record.turns[0].said = std::string(1000, 'x');
  CHECK(weight_of(entry) == before + sizeof(Turn) + 1000);
}
