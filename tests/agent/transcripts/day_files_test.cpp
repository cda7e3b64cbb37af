#include <offhook/agent/transcripts/day_files.hpp>
#include <offhook/base/random.hpp>
#include <offhook/tests/agent/store/fake_file_system.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::transcripts;
using namespace std::chrono_literals;

namespace {

constexpr auto kDay = std::chrono::hours(24);

struct OnFakeDisk {
  store::FakeFileSystem disk;
  WallTime now{20000 * kDay + 9h};  // 2024-10-04
  DayFileOptions options{"/t", 600, 30, false};
  DayFiles files{disk, options};

  static TranscriptLine line(int number) {
    return {WallTime(1000s), "call", "desk", Who::Caller, "text " + std::to_string(number), 1, false, "en", 0};
  }
  FileResult<void> append(int number, const std::string& agent = "desk") { return files.append(agent, {line(number)}, now); }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& [path, file] : disk.files) {
      if (parse_day_file_name(path.substr(3))) all.push_back(path.substr(3));
    }
    return all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OnFakeDisk, "append() writes a line to its agent's file of the day and syncs it") {
  REQUIRE(append(1));
  REQUIRE(append(2));
  REQUIRE(append(3, "sales"));
  CHECK(disk.at("/t/transcripts-20241004-1-desk.jsonl") == to_json(line(1)) + to_json(line(2)));
  CHECK(disk.at("/t/transcripts-20241004-1-sales.jsonl") == to_json(line(3)));
  for (const auto& [path, file] : disk.files) CHECK(file->synced == file->bytes.size());
  now += kDay;
  REQUIRE(append(4));
  CHECK(disk.at("/t/transcripts-20241005-1-desk.jsonl") == to_json(line(4)));
}

TEST_CASE_FIXTURE(OnFakeDisk, "DayFiles does not use a slot that another process holds") {
  disk.locked_elsewhere.insert("/t/transcripts-1.lock");
  REQUIRE(append(1));
  CHECK(names() == std::vector<std::string>{"transcripts-20241004-2-desk.jsonl"});
  for (unsigned slot = 1; slot <= store::kMaxSlots; ++slot)
    disk.locked_elsewhere.insert("/t/transcripts-" + std::to_string(slot) + ".lock");
  DayFiles late(disk, options);
  CHECK_FALSE(late.append("desk", {line(1)}, now));
}

TEST_CASE_FIXTURE(OnFakeDisk, "After a full file, append() begins another file, up to kMaxFilesPerDay, and the next day begins with a new file") {
  options.rotate_bytes = 1;
  DayFiles small(disk, options);
  for (unsigned i = 1; i <= kMaxFilesPerDay; ++i) REQUIRE(small.append("desk", {line(1)}, now));
  CHECK(names().size() == kMaxFilesPerDay);
  CHECK(disk.at("/t/transcripts-20241004-1-desk.64.jsonl") == to_json(line(1)));
  for (int again = 0; again < 2; ++again) {
    const auto refused = small.append("desk", {line(2)}, now);
    REQUIRE_FALSE(refused);
    CHECK(refused == base::fail(std::make_error_code(std::errc::file_too_large)));
  }
  CHECK(small.append("desk", {line(3)}, now + kDay));
}

TEST_CASE_FIXTURE(OnFakeDisk, "After a restart the file continues, and a line that a crash cut is removed") {
  REQUIRE(append(1));
  disk.files["/t/transcripts-20241004-1-desk.jsonl"]->bytes += to_json(line(2)).substr(0, 40);
  DayFiles again(disk, options);
  REQUIRE(again.append("desk", {line(3)}, now));
  CHECK(disk.at("/t/transcripts-20241004-1-desk.jsonl") == to_json(line(1)) + to_json(line(3)));
  CHECK(again.torn_bytes() == 40);
}

TEST_CASE_FIXTURE(OnFakeDisk, "After a power failure at any moment, the reported lines are on the disk, and no line is cut") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    disk.files.clear();
    DayFiles before(disk, {"/t", 1U << 20U, 30, false});
    REQUIRE(before.append("desk", {line(1), line(2)}, now));
    disk.sync_fails = std::errc::io_error;
    disk.truncate_fails = std::errc::io_error;
    CHECK_FALSE(before.append("desk", {line(3)}, now));
    disk.sync_fails = disk.truncate_fails = {};
    base::SeededRandom random(seed);
    disk.crash(random);
    DayFiles after(disk, {"/t", 1U << 20U, 30, false});
    REQUIRE(after.append("desk", {line(4)}, now));
    const std::string& bytes = disk.at("/t/transcripts-20241004-1-desk.jsonl");
    CHECK(bytes.starts_with(to_json(line(1)) + to_json(line(2))));
    CHECK(bytes.ends_with(to_json(line(4))));
  }
}

TEST_CASE_FIXTURE(OnFakeDisk, "On a full disk append() writes nothing, and a later append() can write the same lines") {
  REQUIRE(append(1));
  disk.room = 10;
  CHECK_FALSE(append(2));
  CHECK(disk.at("/t/transcripts-20241004-1-desk.jsonl") == to_json(line(1)));
  disk.room = SIZE_MAX;
  REQUIRE(append(2));
  CHECK(disk.at("/t/transcripts-20241004-1-desk.jsonl") == to_json(line(1)) + to_json(line(2)));
}

TEST_CASE_FIXTURE(OnFakeDisk, "A file that another program removed is created again") {
  REQUIRE(append(1));
  disk.take_away("/t/transcripts-20241004-1-desk.jsonl");
  REQUIRE(append(2));
  CHECK(disk.at("/t/transcripts-20241004-1-desk.jsonl") == to_json(line(2)));
}

TEST_CASE_FIXTURE(OnFakeDisk, "More agents than the limit of open files can still write") {
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 80; ++i) REQUIRE(append(i, "a" + std::to_string(i)));
  }
  CHECK(names().size() == 80);
  CHECK(disk.at("/t/transcripts-20241004-1-a7.jsonl") == to_json(line(7)) + to_json(line(7)));
}

TEST_CASE_FIXTURE(OnFakeDisk,
                  "purge() removes the files of all agents and slots from days that are more than keep_days ago, and no other files") {
  for (int day = 0; day < 40; ++day) {
    REQUIRE(append(day, day % 2 == 0 ? "desk" : "sales"));
    now += kDay;
  }
  now -= kDay;
  disk.put("/t/transcripts-20240101-9-other.txt", "x");
  disk.put("/t/transcripts-20240101-9-other.3.jsonl", "x");
  for (const char* foreign :
       {"/t/notes.txt", "/t/transcripts-2024.jsonl", "/t/calls-1.jsonl", "/t/transcripts-20240101-1-UPPER.jsonl",
        "/t/transcripts-20241399-1-a.jsonl", "/t/transcripts-20240101-99-a.jsonl", "/t/transcripts-20240101-1-a.jsonl.bak",
        "/t/transcripts-20240101-01-a.jsonl"}) {
    disk.put(foreign, "x");
  }
  const auto removed = files.purge(now);
  REQUIRE(removed);
  CHECK(*removed == 9 + 2);  // Of 40 days, today and the 30 days before it stay.
  CHECK(names().size() == 31);
  CHECK(names().front() == "transcripts-20241013-1-sales.jsonl");
  CHECK(disk.files.contains("/t/notes.txt"));
  CHECK(disk.files.contains("/t/transcripts-20240101-1-UPPER.jsonl"));
  CHECK(*files.purge(now) == 0);
  CHECK(*files.purge(now + kDay) == 1);
  REQUIRE(append(1));
}

TEST_CASE_FIXTURE(OnFakeDisk, "purge() also removes a file that is open") {
  REQUIRE(append(1));
  const auto file = disk.files.at("/t/transcripts-20241004-1-desk.jsonl");
  now += 40 * kDay;
  REQUIRE(files.purge(now));
  CHECK(file->names == 0);
  CHECK(file.use_count() == 1);  // No handle keeps the file open, so the disk space is free.
}

TEST_CASE_FIXTURE(OnFakeDisk, "A failed sync of the folder after a removal is an error, so that purge() runs again") {
  disk.put("/t/transcripts-20240101-1-a.jsonl", "x");
  disk.folder_sync_fails = std::errc::io_error;
  CHECK_FALSE(files.purge(now));
}

TEST_CASE_FIXTURE(OnFakeDisk, "With the option `readable`, DayFiles writes a text file beside the file of lines, and removes both files together") {
  options.readable = true;
  DayFiles both(disk, options);
  REQUIRE(both.append("desk", {line(1)}, now));
  CHECK(disk.at("/t/transcripts-20241004-1-desk.txt") == readable(line(1)));
  REQUIRE(both.purge(now + 40 * kDay));
  CHECK(names().empty());
}

TEST_CASE("File names are read back as written, differ for each agent, and never leave the folder") {
  const DayFileName name{20000, 3, "desk-1", 2, true};
  CHECK(name.name() == "transcripts-20241004-3-desk-1.2.txt");
  CHECK(parse_day_file_name(name.name()) == name);
  CHECK(safe_agent_name("reception_2-a") == "reception_2-a");
  std::set<std::string> seen;
  for (const char* agent : {"", "Desk", "desk", "d\xc3\xa9sk", "../../etc/passwd", "a/b", "a.b", "a b", "a\nb", "A/B"}) {
    const std::string safe = safe_agent_name(agent);
    CAPTURE(safe);
    CHECK(seen.insert(safe).second);
    CHECK(safe.find_first_of("/. \n") == std::string::npos);
    CHECK(parse_day_file_name(DayFileName{20000, 1, safe, 1, false}.name()));
  }
  CHECK(safe_agent_name(std::string(kMaxAgentName, 'a')) == std::string(kMaxAgentName, 'a'));
  CHECK(safe_agent_name(std::string(kMaxAgentName + 1, 'a')).size() == kMaxAgentName);
}
