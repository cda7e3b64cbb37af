#include "../../media/engine/recording_folder.hpp"
#include "../ops/logged.hpp"

#include <offhook/agent/recordings/recording_store.hpp>
#include <offhook/agent/recordings/recording_folder.hpp>
#include <offhook/media/engine/recording_opener.hpp>
#include <offhook/media/files/wav.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::recordings;
using namespace offhook_test;
using media::RecordingFormat;

namespace {

RecordingOptions quick(const RecordingFolder& folder) {
  RecordingOptions options;
  options.enabled = true;
  options.folder = folder.path;
  options.format = RecordingFormat::Wav;
  options.look_every = std::chrono::milliseconds(5);
  options.room = {.least_free = 0, .most_used = 0};
  return options;
}

std::unique_ptr<RecordingStore> open(RecordingOptions options) {
  auto store = RecordingStore::open(std::move(options));
  REQUIRE(store);
  return std::move(*store);
}

WallTime now() { return std::chrono::system_clock::now(); }
std::string name_of_age(std::chrono::hours age, const std::string& call) {
  return name_recording(call, now() - age, RecordingFormat::Wav, false)->text();
}

}  // namespace

TEST_CASE("A disabled store touches no folder, records no call and counts nothing") {
  RecordingOptions options;
  options.folder = "/nowhere/at/all";
  const auto store = open(options);
  CHECK(store->begin({"call"}, 8000, now()) == nullptr);
  CHECK(store->state() == RecordingStore::State::Off);
  CHECK(store->counters().not_begun == 0);
}

TEST_CASE("The file of a recording has the name that file() returns, only its owner can read it, and it is complete at the end of the call") {
  const RecordingFolder folder;
  const auto store = open(quick(folder));
  auto recording = store->begin({"k3x9"}, 8000, now());
  REQUIRE(recording);
  CHECK_FALSE(recording->has_begun());
  CHECK(recording->state() == RecordingState::Recording);
  CHECK(store->counters().active == 1);
  for (std::uint64_t tick = 0; tick < 20; ++tick) record_tick(*recording->tap(), tick);
  CHECK(wait_until([&] { return recording->has_begun(); }));
  const std::string file = recording->file();
  recording->stop();
  CHECK(wait_until([&] { return store->counters().ended == 1; }));
  CHECK(media::parse_wav(folder.read(file))->frames() == 20 * 160);
  struct stat about{};
  REQUIRE(::stat(folder.file(file).c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600U);
  CHECK(store->counters().octets == static_cast<std::uint64_t>(about.st_size));
  CHECK(store->counters().failed == 0);
}

TEST_CASE("A call that never connects leaves no file, and the store does not count it") {
  const RecordingFolder folder;
  {
    const auto store = open(quick(folder));
    (void)store->begin({"k3x9"}, 8000, now());
    CHECK(wait_until([&] { return store->counters().active == 0; }));
    CHECK(store->counters().ended == 0);
  }
  CHECK(std::filesystem::is_empty(folder.path));
}

TEST_CASE("If the store closes during a call, the file has all audio so far. With a key, the whole file is encrypted") {
  const RecordingFolder folder;
  auto options = quick(folder);
  options.key = recording_key();
  std::shared_ptr<CallRecording> recording;
  {
    const auto store = open(options);
    recording = store->begin({"k3x9"}, 8000, now());
    REQUIRE(recording);
    for (std::uint64_t tick = 0; tick < 30; ++tick) record_tick(*recording->tap(), tick);
  }
  CHECK(recording->file().ends_with(".wav.sealed"));
  const auto opened = media::open_recording({.from = folder.file(recording->file()), .to = folder.file("plain")}, recording_key());
  REQUIRE(opened);
  CHECK(opened->whole);
  CHECK(media::parse_wav(folder.read("plain"))->frames() == 30 * 160);
}

TEST_CASE("A pause is silence in the file, and the audio after it has its true position") {
  const RecordingFolder folder;
  const auto store = open(quick(folder));
  auto recording = store->begin({"k3x9"}, 8000, now());
  REQUIRE(recording);
  for (std::uint64_t tick = 1; tick <= 30; ++tick) {
    recording->pause(Pauser::Model, tick > 10 && tick <= 20);
    if (tick == 15) CHECK(recording->state() == RecordingState::Paused);
    record_tick(*recording->tap(), tick);
  }
  CHECK(recording->state() == RecordingState::Recording);
  const std::string file = recording->file();
  recording.reset();
  CHECK(wait_until([&] { return store->counters().ended == 1; }));
  const auto octets = folder.read(file);
  const auto wav = media::parse_wav(octets);
  REQUIRE(wav);
  REQUIRE(wav->frames() == 30 * 160);
  for (std::size_t tick = 1; tick <= 30; ++tick) CHECK(wav->sample((tick - 1) * 160, 0) == (tick > 10 && tick <= 20 ? 0 : static_cast<int>(tick)));
}

TEST_CASE("A recording that is stopped while the call rings does not begin, and leaves no file") {
  const RecordingFolder folder;
  const auto store = open(quick(folder));
  const auto recording = store->begin({"k3x9"}, 8000, now());
  REQUIRE(recording);
  CHECK(recording->leaves_file(true));
  recording->stop();
  CHECK(wait_until([&] { return store->counters().active == 0; }));
  record_tick(*recording->tap(), 1);
  CHECK_FALSE(recording->leaves_file(true));
  CHECK(recording->state() == RecordingState::Stopped);
  CHECK_FALSE(std::filesystem::exists(folder.file(recording->file())));
}

TEST_CASE("The log names the call whose recording ends, fails to begin, or stops for lack of disk space") {
  const RecordingFolder folder;
  std::atomic<std::uint64_t> free{2000};
  auto options = quick(folder);
  options.room.least_free = 1000;
  options.free_octets = [&free](const std::string&) { return std::optional(free.load()); };
  const std::string log = logged_by([&] {
    const auto store = open(options);
    const auto recording = store->begin("k3x9f0a", 8000, now());
    REQUIRE(recording);
    record_tick(*recording->tap(), 0);
    CHECK(wait_until([&] { return recording->has_begun(); }));
    free = 999;
    CHECK(wait_until([&] { return store->counters().ended == 1; }));
    CHECK(wait_until([&] { return store->counters().stopped == 1; }));
    CHECK(store->begin("m4y2g1b", 8000, now()) == nullptr);
  });
  CHECK(log.find("recording.stopped call=k3x9f0a detail=\"the free space is less") != std::string::npos);
  CHECK(log.find("recording.ended call=k3x9f0a file=2") != std::string::npos);
  CHECK(log.find("recording.not_begun call=m4y2g1b detail=") != std::string::npos);
}

TEST_CASE("If disk space is short, current recordings end with intact files. New recordings begin only when there is enough space again") {
  const RecordingFolder folder;
  std::atomic<std::uint64_t> free{2000};
  auto options = quick(folder);
  options.room.least_free = 1000;
  options.free_octets = [&free](const std::string&) { return std::optional(free.load()); };
  const auto store = open(options);
  auto recording = store->begin({"k3x9"}, 8000, now());
  REQUIRE(recording);
  for (std::uint64_t tick = 0; tick < 20; ++tick) record_tick(*recording->tap(), tick);
  CHECK(wait_until([&] { return recording->has_begun(); }));
  CHECK(store->state() == RecordingStore::State::Writing);
  free = 999;
  CHECK(wait_until([&] { return store->state() == RecordingStore::State::Full; }));
  CHECK(wait_until([&] { return store->counters().stopped == 1; }));
  CHECK(recording->state() == RecordingState::Stopped);
  for (std::uint64_t tick = 20; tick < 200; ++tick) record_tick(*recording->tap(), tick);  // The call continues.
  CHECK(wait_until([&] { return store->counters().ended == 1; }));
  CHECK(media::parse_wav(folder.read(recording->file()))->frames() == 20 * 160);
  CHECK(store->begin({"next"}, 8000, now()) == nullptr);
  CHECK(store->counters().not_begun == 1);
  CHECK(store->counters().dropped == 0);
  free = 1100;
  CHECK(wait_until([&] { return store->state() == RecordingStore::State::Writing; }));
  CHECK(store->begin({"another"}, 8000, now()));
}

TEST_CASE("The size limit counts old and new recordings together, and does not count other files") {
  const RecordingFolder folder;
  folder.write(name_of_age(std::chrono::hours(1), "old"), Octets(5000));
  folder.write("somebody-elses.wav", Octets(50000));
  auto options = quick(folder);
  options.room.most_used = 5000 + 44 + 640 * 30;  // The WAV header, and 30 frames of both sides.
  const auto store = open(options);
  const auto recording = store->begin({"k3x9"}, 8000, now());
  REQUIRE(recording);
  for (std::uint64_t tick = 0; tick < 29; ++tick) record_tick(*recording->tap(), tick);
  CHECK(wait_until([&] { return recording->tap()->kept() == 29; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // The store looks at the folder ten times, and must not change its state.
  CHECK(store->state() == RecordingStore::State::Writing);
  record_tick(*recording->tap(), 29);
  CHECK(wait_until([&] { return store->state() == RecordingStore::State::Full; }));
}

TEST_CASE("At most RecordingOptions::calls recordings run at once, and a further call continues without a recording") {
  const RecordingFolder folder;
  auto options = quick(folder);
  options.calls = 2;
  const auto store = open(options);
  const auto first = store->begin({"a"}, 8000, now()), second = store->begin({"b"}, 8000, now());
  REQUIRE(first);
  REQUIRE(second);
  CHECK(store->begin({"c"}, 8000, now()) == nullptr);
  CHECK(store->counters().not_begun == 1);
  second->stop();
  CHECK(wait_until([&] { return store->counters().active == 1; }));
  CHECK(store->begin({"c"}, 8000, now()));
}

TEST_CASE("If another program removes the folder, the recording has failed, and the call continues") {
  const RecordingFolder folder;
  auto options = quick(folder);
  options.folder = folder.file("inner");
  const auto store = open(options);
  std::filesystem::remove_all(options.folder);
  const auto recording = store->begin({"k3x9"}, 8000, now());
  REQUIRE(recording);
  for (std::uint64_t tick = 0; tick < 100; ++tick) record_tick(*recording->tap(), tick);
  CHECK(wait_until([&] { return store->counters().failed == 1; }));
  CHECK(wait_until([&] { return store->state() == RecordingStore::State::Failing; }));
  CHECK(store->counters().ended == 0);
  CHECK(recording->state() == RecordingState::Failed);
  CHECK_FALSE(recording->leaves_file(true));
}

TEST_CASE("A configured folder that is not writable is an error at the start") {
  RecordingOptions options;
  options.enabled = true;
  options.folder = "/proc/none";
  const auto store = RecordingStore::open(options);
  REQUIRE_FALSE(store);
  CHECK(store.error().detail.find("/recordings/folder") != std::string::npos);
}

TEST_CASE("store_after_reload() opens a store if an agent now records and the store was off, and keeps an open store unchanged") {
  const RecordingFolder folder;
  const std::shared_ptr<RecordingStore> off = open({});
  RecordingOptions unwanted = quick(folder);
  unwanted.enabled = false;
  CHECK(store_after_reload(off, unwanted) == off);
  RecordingOptions unusable = quick(folder);
  unusable.folder = "/proc/none";
  CHECK_FALSE(store_after_reload(off, unusable));
  const auto on = store_after_reload(off, quick(folder));
  REQUIRE(on);
  CHECK(*on != off);
  CHECK((*on)->state() == RecordingStore::State::Writing);
  CHECK((*on)->begin({"k3x9"}, 8000, now()));
  CHECK(store_after_reload(*on, unusable) == *on);
  CHECK(store_after_reload(*on, unwanted) == *on);
}

TEST_CASE("remove_recordings_before() removes recordings older than the limit, to the second. It keeps other files and follows no links") {
  const RecordingFolder folder;
  const auto limit = now() - std::chrono::days(30);
  const auto named = [](WallTime began, const char* call) { return name_recording(call, began, RecordingFormat::OggOpus, true)->text(); };
  const std::string too_old = named(limit - std::chrono::seconds(2), "old"), young = named(limit + std::chrono::seconds(2), "young");
  const std::string link = name_of_age(std::chrono::hours(24 * 100), "link");
  for (const auto& file : {too_old, young, std::string("20200101-other.wav")}) folder.write(file, Octets(100));
  REQUIRE(::symlink(folder.file("20200101-other.wav").c_str(), folder.file(link).c_str()) == 0);
  CHECK(used_octets(folder.path) == 200);
  CHECK(remove_recordings_before(folder.path, limit) == 1);
  CHECK_FALSE(std::filesystem::exists(folder.file(too_old)));
  for (const auto& file : {young, link, std::string("20200101-other.wav")}) CHECK(std::filesystem::exists(folder.file(file)));
  CHECK_FALSE(used_octets(folder.file("none")));
  CHECK_FALSE(remove_recordings_before(folder.file("none"), limit));
}

TEST_CASE("The store removes old recordings when it is opened") {
  const RecordingFolder folder;
  const std::string old = name_of_age(std::chrono::hours(24 * 3 + 1), "old"), kept = name_of_age(std::chrono::hours(24 * 3 - 1), "kept");
  for (const auto& file : {old, kept}) folder.write(file, Octets(10));
  auto options = quick(folder);
  options.keep_days = 3;
  const auto store = open(options);
  CHECK_FALSE(std::filesystem::exists(folder.file(old)));
  CHECK(std::filesystem::exists(folder.file(kept)));
}

TEST_CASE("free_octets() returns the free space of a file system") {
  const RecordingFolder folder;
  CHECK(free_octets(folder.path).value_or(0) > 0);
  CHECK_FALSE(free_octets(folder.file("none")));
}

TEST_CASE("The metrics name each count once, with its type") {
  const auto text = offhook::agent::text_of(figures_of({.active = 2, .ended = 7, .failed = 1, .octets = 12345, .dropped = 3, .not_begun = 4, .stopped = 5}, RecordingStore::State::Full));
  for (const char* line : {"# TYPE offhook_recordings gauge\noffhook_recordings 2\n", "offhook_recordings_room 0\n", "offhook_recordings_ended_total 7\n",
                           "offhook_recordings_failed_total 1\n", "offhook_recordings_not_begun_total 4\n", "offhook_recordings_stopped_total 5\n",
                           "offhook_recordings_octets_total 12345\n", "offhook_recordings_frames_dropped_total 3\n"})
    CHECK(text.find(line) != std::string::npos);
  CHECK(offhook::agent::text_of(figures_of({}, RecordingStore::State::Writing)).find("offhook_recordings_room 1\n") != std::string::npos);
}
