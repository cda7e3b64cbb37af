#include <offhook/agent/records/journal.hpp>
#include <offhook/agent/records/journal_names.hpp>
#include <offhook/agent/support/json_line.hpp>
#include <offhook/tests/agent/store/fake_file_system.hpp>

#include <doctest/doctest.h>

#include <set>
#include <sstream>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::records;
using namespace offhook::agent::store;
using namespace std::chrono_literals;

namespace {

std::string line(int number) {
  return seal(JsonLine().number("n", std::int64_t{number}).take());
}

struct OnFakeDisk {
  FakeFileSystem disk;
  WallTime now{std::chrono::hours(24 * 20000 + 9)};
  JournalOptions options{"/calls", 1000, true, 3};
  Journal journal{disk, options};
  const std::string live = "/calls/calls-1.jsonl";

  FileResult<void> append(int number) { return journal.append(line(number), now); }
  std::vector<std::string> rotated() {
    std::vector<std::string> names;
    for (const auto& [path, file] : disk.files) {
      const auto name = parse_journal_name(path.substr(7));
      if (name && name->rotated) names.push_back(path);
    }
    return names;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OnFakeDisk, "append() writes a line to the file and syncs it") {
  REQUIRE(append(1));
  CHECK(disk.at(live) == line(1));
  CHECK(disk.files[live]->synced == line(1).size());
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(1) + line(2));
}

TEST_CASE_FIXTURE(OnFakeDisk, "After a partial write, append() writes the rest") {
  disk.most_at_once = 3;
  REQUIRE(append(1));
  CHECK(disk.at(live) == line(1));
}

TEST_CASE_FIXTURE(OnFakeDisk, "On a full disk, append() removes the partial write, and a later append() can write the same lines") {
  REQUIRE(append(1));
  disk.room = 5;
  const auto refused = append(2);
  REQUIRE_FALSE(refused);
  CHECK(refused == base::fail(std::make_error_code(std::errc::no_space_on_device)));
  CHECK(disk.at(live) == line(1));
  disk.room = SIZE_MAX;
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(1) + line(2));
}

TEST_CASE_FIXTURE(OnFakeDisk, "A partial write that cannot be removed becomes its own line, with a wrong checksum") {
  REQUIRE(append(1));
  disk.room = 5;
  disk.truncate_fails = std::errc::io_error;
  REQUIRE_FALSE(append(2));
  disk.room = SIZE_MAX;
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(1) + line(2).substr(0, 5) + "\n" + line(2));
}

TEST_CASE_FIXTURE(OnFakeDisk,
                  "After a failed sync, append() fails and later uses a new file, because the kernel reports the error only once") {
  REQUIRE(append(1));
  disk.sync_fails = std::errc::io_error;
  REQUIRE_FALSE(append(2));
  disk.sync_fails = {};
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(2));
  REQUIRE(rotated().size() == 1);
  CHECK(disk.at(rotated()[0]) == line(1));
}

TEST_CASE_FIXTURE(OnFakeDisk, "If the folder is not writable, append() returns an error, and tries the folder again with the next lines") {
  disk.open_fails = std::errc::read_only_file_system;
  const auto refused = append(1);
  REQUIRE_FALSE(refused);
  CHECK(refused == base::fail(std::make_error_code(std::errc::read_only_file_system)));
  disk.open_fails = {};
  CHECK(append(1));
}

TEST_CASE_FIXTURE(OnFakeDisk, "append() fails at each attempt until the folder with the file's name is synced") {
  disk.folder_sync_fails = std::errc::io_error;
  for (int attempt = 0; attempt < 3; ++attempt) CHECK_FALSE(append(1));
  disk.folder_sync_fails = {};
  REQUIRE(append(1));
  CHECK(disk.at(live) == line(1));
  const std::string full(options.rotate_bytes, 'x');
  disk.folder_sync_fails = std::errc::io_error;
  for (int attempt = 0; attempt < 3; ++attempt) CHECK_FALSE(journal.append(full, now));  // The same holds after a rotation.
  disk.folder_sync_fails = {};
  REQUIRE(journal.append(full, now));
  CHECK(rotated().size() == 1);
}

TEST_CASE_FIXTURE(OnFakeDisk, "If another program has shortened the file, the removal of a failed write does not make the file longer") {
  REQUIRE(append(1));
  disk.files[live]->bytes.clear();  // copytruncate of logrotate does this.
  disk.room = 5;
  REQUIRE_FALSE(append(2));
  CHECK(disk.at(live).empty());
  disk.room = SIZE_MAX;
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(2));
}

TEST_CASE_FIXTURE(OnFakeDisk, "If a read of the file is partial, append() fails, and no line of the file is lost") {
  disk.now = now;
  disk.put(live, line(1) + line(2));
  disk.most_read = 5;
  CHECK_FALSE(append(3));
  CHECK(disk.at(live) == line(1) + line(2));
  disk.most_read = SIZE_MAX;
  REQUIRE(append(3));
  CHECK(disk.at(live) == line(1) + line(2) + line(3));
}

TEST_CASE_FIXTURE(OnFakeDisk, "Journal skips a slot whose lock belongs to another user, and returns an error if there is no other slot") {
  disk.lock_denied.insert("/calls/calls-1.lock");
  REQUIRE(append(1));
  CHECK(journal.path() == "/calls/calls-2.jsonl");
  for (unsigned slot = 2; slot <= kMaxSlots; ++slot) disk.lock_denied.insert("/calls/" + slot_name(slot, "lock"));
  Journal other(disk, options);
  const auto refused = other.append(line(1), now);
  REQUIRE_FALSE(refused);
  CHECK(refused == base::fail(std::make_error_code(std::errc::permission_denied)));
}

TEST_CASE_FIXTURE(OnFakeDisk, "A file that another program removed or renamed is created again") {
  REQUIRE(append(1));
  disk.take_away(live);
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(2));
  REQUIRE(disk.rename(live, "/calls/elsewhere"));
  REQUIRE(append(3));
  CHECK(disk.at(live) == line(3));
  CHECK(disk.at("/calls/elsewhere") == line(2));
  CHECK(journal.counters().reopened == 2);
}

TEST_CASE_FIXTURE(OnFakeDisk, "At its start, Journal moves a line that a crash cut to a file .torn, and keeps complete lines") {
  for (std::size_t cut = 1; cut < line(3).size(); ++cut) {
    disk = {};
    disk.now = now;
    disk.put(live, line(1) + line(2) + line(3).substr(0, cut));
    Journal again(disk, options);
    REQUIRE(again.append(line(4), now));
    CHECK(disk.at(live) == line(1) + line(2) + line(4));
    CHECK(disk.at("/calls/calls-1.torn") == line(3).substr(0, cut) + "\n");
    CHECK(again.counters().torn_bytes == cut);
  }
}

TEST_CASE_FIXTURE(OnFakeDisk, "If a file has only a cut line, which is longer than one read, Journal empties the file before it appends") {
  disk.put(live, std::string(200000, '\0'));
  REQUIRE(append(1));
  CHECK(disk.at(live) == line(1));
}

TEST_CASE_FIXTURE(OnFakeDisk, "A file grows to its bound, and a line that does not fit goes to a new file") {
  const std::string fits(options.rotate_bytes - line(1).size() - 1, 'x');
  REQUIRE(append(1));
  REQUIRE(journal.append(fits + "\n", now));
  CHECK(disk.at(live).size() == options.rotate_bytes);
  CHECK(rotated().empty());
  REQUIRE(append(2));
  CHECK(disk.at(live) == line(2));
  REQUIRE(rotated().size() == 1);
  CHECK(rotated()[0] == "/calls/calls-1.20241004T090000.000Z.jsonl");
  CHECK(rotated()[0] < live);
}

TEST_CASE_FIXTURE(OnFakeDisk, "One octet over the bound causes a rotation") {
  REQUIRE(append(1));
  REQUIRE(journal.append(std::string(options.rotate_bytes - line(1).size(), 'x') + "\n", now));
  CHECK(rotated().size() == 1);
}

TEST_CASE_FIXTURE(OnFakeDisk, "At most `keep` rotated files stay, and a further rotation removes the oldest file") {
  const std::string full(options.rotate_bytes, 'x');
  for (unsigned i = 0; i <= options.keep; ++i) REQUIRE(journal.append(full, now += 1s));
  CHECK(rotated().size() == options.keep);
  const std::string oldest = rotated()[0];
  disk.put("/calls/calls-2.20200101T000000.000Z.jsonl", "another writer's");
  disk.put("/calls/calls-1.notes.jsonl", "somebody's");
  REQUIRE(journal.append(full, now += 1s));
  CHECK(rotated().size() == options.keep + 1);  // This count includes the file of the other writer.
  CHECK_FALSE(disk.files.contains(oldest));
  CHECK(disk.files.contains("/calls/calls-1.notes.jsonl"));
}

TEST_CASE_FIXTURE(OnFakeDisk, "Two rotations in one millisecond have two names") {
  const std::string full(options.rotate_bytes, 'x');
  for (int i = 0; i < 3; ++i) REQUIRE(journal.append(full, now));
  CHECK(rotated().size() == 2);
}

TEST_CASE_FIXTURE(OnFakeDisk, "Each day begins with a new file, even if the agent was restarted in the middle of the day before") {
  disk.now = now;
  REQUIRE(append(1));
  now += 14h;  // 23 o'clock
  REQUIRE(append(2));
  CHECK(rotated().empty());
  Journal again(disk, options);
  now += 2h;
  REQUIRE(again.append(line(3), now));
  REQUIRE(rotated().size() == 1);
  CHECK(disk.at(live) == line(3));
}

TEST_CASE_FIXTURE(OnFakeDisk, "If a file cannot be rotated, it grows further, so that no record is lost") {
  disk.rename_fails = std::errc::permission_denied;
  const std::string full(options.rotate_bytes, 'x');
  REQUIRE(journal.append(full, now));
  REQUIRE(append(1));
  CHECK(disk.at(live) == full + line(1));
}

TEST_CASE_FIXTURE(OnFakeDisk, "Writers in one folder have separate files, for at most kMaxSlots writers") {
  for (unsigned slot = 1; slot < kMaxSlots; ++slot) disk.locked_elsewhere.insert("/calls/" + slot_name(slot, "lock"));
  REQUIRE(append(1));
  CHECK(journal.path() == "/calls/calls-16.jsonl");
  disk.locked_elsewhere.insert("/calls/calls-16.lock");
  Journal one_more(disk, options);
  CHECK_FALSE(one_more.append(line(1), now));
}

TEST_CASE("parse_journal_name() accepts only the names of a journal's own files") {
  CHECK(parse_journal_name("calls-1.jsonl"));
  CHECK(parse_journal_name("calls-16.20241004T090000.000Z.jsonl")->rotated);
  for (const auto* name : {"calls-0.jsonl", "calls-17.jsonl", "calls-1.lock", "calls-.jsonl", "calls-1..jsonl", "calls-1.x.jsonl",
                           "calls.jsonl", "", "calls-1.20241004T090000.000Z.jsonl.bak"}) {
    CHECK_FALSE(parse_journal_name(name));
  }
}

TEST_CASE("After power failures and errors at any time, all lines that append() reported are complete on the disk") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    base::SeededRandom random(seed);
    FakeFileSystem disk;
    std::set<std::string> kept;
    WallTime now{std::chrono::hours(24 * 20000)};
    int number = 0;
    for (int life = 0; life < 5; ++life) {
      Journal journal(disk, {"/calls", 400, true, 1000});
      const auto steps = random.below(30);
      for (std::uint64_t step = 0; step < steps; ++step) {
        disk.most_at_once = 1 + random.below(60);
        disk.room = random.below(4) == 0 ? random.below(40) : SIZE_MAX;
        disk.sync_fails = random.below(10) == 0 ? std::errc::io_error : std::errc{};
        disk.truncate_fails = random.below(10) == 0 ? std::errc::io_error : std::errc{};
        disk.write_fails = random.below(20) == 0 ? std::errc::io_error : std::errc{};
        number += 2;
        const std::string lines = line(number - 1) + line(number);
        if (journal.append(lines, now += 1s)) kept.insert({line(number - 1), line(number)});
      }
      disk.write_fails = disk.sync_fails = disk.truncate_fails = {};
      disk.room = disk.most_at_once = SIZE_MAX;
      disk.crash(random);
    }
    std::set<std::string> found;
    for (const auto& [path, file] : disk.files) {
      std::istringstream lines(file->bytes);
      for (std::string each; std::getline(lines, each);) {
        if (is_sealed(each)) found.insert(each + "\n");
      }
    }
    CHECK(std::includes(found.begin(), found.end(), kept.begin(), kept.end()));
    CHECK(kept.size() > 0);
  }
}
