// Real files, in temporary folders.
#include <offhook/agent/erasure/erasure.hpp>
#include <offhook/agent/records/journal.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/store/file_system.hpp>
#include <offhook/agent/transcripts/day_files.hpp>
#include <offhook/agent/transcripts/transcript_reader.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/agent/records/support.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace offhook;
using namespace offhook::agent;
using store::Erasing;
using test::call_of;
using namespace std::chrono_literals;

namespace {

const std::string kGone = "k3x9f0a7c2m1p", kOther = "k3x9f0a7c2m1q";
const WallTime kNow{20000 * std::chrono::hours(24) + 9h};  // 2024-10-04

std::string ended_of(const std::string& id) {
  auto record = call_of(id);
  record.sip_call_id = id + "@pbx";
  record.from.display = R"(Eve "id":")" + kGone + R"(")";  // A peer chooses its display name, so the name must not count as a call id.
  return records::to_line(record, "run1");
}
std::string began_of(const std::string& id) { return records::to_started_line(call_of(id), "run1"); }

/// Two calls in records, transcripts with their readable copy, and recordings.
struct TwoCalls {
  TwoCalls() {
    for (const char* name : {"calls", "transcripts", "recordings"}) REQUIRE(std::filesystem::create_directory(folder.path + "/" + name));
    folder.put("calls/calls-1.20240101T000000.000Z.jsonl", began_of(kGone) + began_of(kOther) + ended_of(kOther));
    folder.put("calls/calls-1.jsonl", ended_of(kGone));
    folder.put("calls/calls-1.torn", ended_of(kGone).substr(0, 60) + "\n" + ended_of(kOther).substr(0, 60) + "\n");
    transcripts::DayFiles files(store::posix_file_system(), {folder.path + "/transcripts", 16U << 20U, 30, true});
    REQUIRE(files.append("desk", {line(kGone, "my name is Eve"), line(kOther, "call " + kGone + " again"), line(kGone, "goodbye")}, kNow));
    for (const std::string& id : {kGone, kOther}) folder.put("recordings/20241004T090000Z-" + id + ".opus", "OggS");
    folder.put("recordings/20241004T090000Z-" + kGone + ".wav.sealed", "sealed");
  }
  static transcripts::TranscriptLine line(const std::string& call, const std::string& text) {
    return {kNow, call, "desk", transcripts::Who::Caller, text, 1, false, "en", 0};
  }
  [[nodiscard]] std::string everything() const {
    std::string all;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path)) {
      all += file.path().filename().string() + "\n";
      if (file.is_regular_file()) all += folder.get(std::filesystem::relative(file.path(), folder.path).string());
    }
    return all;
  }
  test::Folder folder;
  KeptFolders kept{folder.path + "/calls", folder.path + "/transcripts", folder.path + "/recordings"};
};

}  // namespace

TEST_CASE_FIXTURE(TwoCalls, "Erasing a call removes all of its data, and keeps all data of the other call") {
  const auto before = everything();
  const auto counted = erase_call(kept, kGone, Erasing::Count);
  REQUIRE(counted);
  CHECK(counted->record_lines == 3);  // The start, the end, and the line that a crash cut.
  CHECK(counted->transcript_lines == 2);
  CHECK(counted->recordings.size() == 2);
  CHECK(everything() == before);

  const auto erased = erase_call(kept, kGone, Erasing::Overwrite);
  REQUIRE(erased);
  CHECK(erased->record_lines == 3);
  CHECK(erased->transcript_lines == 2);
  CHECK(erased->recordings == counted->recordings);
  const auto after = everything();
  CHECK(after.find("my name is Eve") == std::string::npos);
  CHECK(after.find("goodbye") == std::string::npos);
  CHECK(after.find("\"id\":\"" + kGone) == std::string::npos);
  CHECK(after.find("-" + kGone) == std::string::npos);

  std::string ids;
  const auto read = records::read_calls(kept.records, [&](const records::StoredCall& call) { ids += call.record.id + " "; });
  REQUIRE(read);
  CHECK(ids == kOther + " ");
  CHECK(read->skipped == 0);
  std::string texts;
  const auto lines = transcripts::read_transcripts(kept.transcripts, [&](const auto& line, auto) { texts += line.text + ";"; });
  REQUIRE(lines);
  CHECK(texts == "call " + kGone + " again;");
  CHECK(lines->skipped == 0);
  CHECK(after.find("call " + kGone + " again\n") != std::string::npos);  // The readable copy still has the line of the other call.
  CHECK(erase_call(kept, kGone, Erasing::Overwrite)->is_nothing());
}

TEST_CASE_FIXTURE(TwoCalls, "An agent can continue to write to the files from which a call was erased") {
  records::Journal journal(store::posix_file_system(), {.folder = kept.records});
  REQUIRE(journal.append(ended_of("later"), kNow));
  REQUIRE(erase_call(kept, kGone, Erasing::Overwrite));
  REQUIRE(journal.append(ended_of("latest"), kNow));
  std::string ids;
  const auto read = records::read_calls(kept.records, [&](const records::StoredCall& call) { ids += call.record.id + " "; });
  CHECK(ids == kOther + " later latest ");
  CHECK(read->skipped == 0);
}

TEST_CASE_FIXTURE(TwoCalls, "find_calls() finds a call by the beginning of its id or by its Call-ID, even if the call has only a recording") {
  CHECK(find_calls(kept, "k3x9")->ids.size() == 2);
  CHECK(find_calls(kept, kGone)->ids == std::vector{kGone});
  CHECK(find_calls(kept, kGone + "@pbx")->ids == std::vector{kGone});
  CHECK(find_calls(kept, "k3x")->ids.empty());
  CHECK(find_calls(kept, "nobody")->ids.empty());
  CHECK(find_calls({"", folder.path + "/none", kept.recordings}, kOther)->ids == std::vector{kOther});
  CHECK(find_calls({}, kOther)->ids.empty());
  for (int i = 0; i < 12; ++i) folder.put("recordings/20241004T090000Z-many" + std::to_string(i) + ".wav", "");
  CHECK(find_calls(kept, "many")->ids.size() == NamedCalls::kMost);
}

TEST_CASE_FIXTURE(TwoCalls, "A call without an end record is in progress while its journal is open, and is interrupted after the journal closes") {
  {
    records::Journal journal(store::posix_file_system(), {.folder = kept.records});
    REQUIRE(journal.append(began_of("still"), kNow));
    CHECK(find_calls(kept, "still")->is_up);
    CHECK(!find_calls(kept, kOther)->is_up);
  }
  CHECK(!find_calls(kept, "still")->is_up);
}

TEST_CASE_FIXTURE(TwoCalls, "If one file causes an error, find_calls() still finds the call, and a second run erases the remaining data") {
  for (const char* name : {"calls/calls-2.torn", "transcripts/transcripts-20241003-1-desk.txt", "transcripts/transcripts-20241003-1-desk.jsonl"}) {
    CAPTURE(name);
    const std::string link = folder.path + "/" + name;
    REQUIRE(::symlink("/nowhere", link.c_str()) == 0);
    const auto erased = erase_call(kept, kGone, Erasing::Overwrite);
    REQUIRE(!erased);
    CHECK(erased.error().detail.find(link) != std::string::npos);
    CHECK(find_calls(kept, kGone)->ids == std::vector{kGone});
    REQUIRE(::unlink(link.c_str()) == 0);
  }
  REQUIRE(erase_call(kept, kGone, Erasing::Overwrite));
  CHECK(everything().find("my name is Eve") == std::string::npos);
  CHECK(find_calls(kept, kGone)->ids.empty());
}

TEST_CASE_FIXTURE(TwoCalls, "A folder that cannot be read is an error, not a folder without the call") {
  if (::geteuid() == 0) {  // Root can read every folder, but not a link that refers to itself.
    const std::string circle = folder.path + "/circle";
    REQUIRE(::symlink(circle.c_str(), circle.c_str()) == 0);
    CHECK_FALSE(find_calls({kept.records, circle, kept.recordings}, kGone));
    CHECK_FALSE(erase_call({kept.records, circle, kept.recordings}, kGone, Erasing::Overwrite));
    return;
  }
  REQUIRE(::chmod(folder.path.c_str(), 0600) == 0);
  CHECK_FALSE(find_calls(kept, kGone));
  CHECK_FALSE(erase_call(kept, kGone, Erasing::Overwrite));
  REQUIRE(::chmod(folder.path.c_str(), 0700) == 0);
}

TEST_CASE_FIXTURE(TwoCalls, "Without a record, a call may be in progress if its young transcript has no end, or if its recording has grown a moment ago") {
  const KeptFolders no_records{"", kept.transcripts, ""};
  CHECK(find_calls(no_records, kGone, kNow + 23h)->is_up);
  CHECK_FALSE(find_calls(no_records, kGone, kNow + NamedCalls::kMayBeUp)->is_up);
  CHECK_FALSE(find_calls({kept.records, kept.transcripts, ""}, kGone, kNow + 1h)->is_up);  // The record has the end of the call.
  CHECK(find_calls({"", "", kept.recordings}, kGone)->is_up);
  CHECK_FALSE(find_calls({kept.records, "", kept.recordings}, kGone)->is_up);
  transcripts::DayFiles files(store::posix_file_system(), {kept.transcripts, 16U << 20U, 30, false});
  auto end = line(kGone, "ended: hung up");
  end.speaker = transcripts::Who::System;
  REQUIRE(files.append("desk", {end}, kNow));
  CHECK_FALSE(find_calls(no_records, kGone, kNow + 1h)->is_up);
}
