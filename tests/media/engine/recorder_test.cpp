#include "recording_folder.hpp"

#include <offhook/media/engine/recorder.hpp>
#include <offhook/media/engine/recording_opener.hpp>
#include <offhook/media/files/wav.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>

using namespace offhook;
using namespace offhook_test;
using media::RecordingFormat;

namespace {

/// Collects the reports that the thread of the writer makes.
class Reports {
 public:
  void add(const media::RecordingReport& report) {
    const std::lock_guard lock(mutex_);
    reports_.push_back(report);
    added_.notify_all();
  }
  std::vector<media::RecordingReport> all() {
    const std::lock_guard lock(mutex_);
    return reports_;
  }
  std::vector<media::RecordingReport> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    static_cast<void>(added_.wait_for(lock, std::chrono::seconds(30), [&] { return reports_.size() >= count; }));
    return reports_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable added_;
  std::vector<media::RecordingReport> reports_;
};

media::RecorderOptions quick(Reports& reports) {
  media::RecorderOptions options;
  options.flush_every = options.drain_every = std::chrono::milliseconds(2);
  options.on_ended = [&reports](const media::RecordingReport& report) { reports.add(report); };
  return options;
}

}  // namespace

TEST_CASE("Recorder writes several calls at once, in both formats and encrypted, to whole files, and makes one report for each") {
  const RecordingFolder folder;
  Reports reports;
  {
    media::Recorder recorder(quick(reports));
    std::vector<std::shared_ptr<media::RecordingTap>> taps;
    for (const char* name : {"a.wav", "b.wav", "c.opus", "d.sealed"}) {
      const bool opus = std::string_view(name).ends_with("opus"), sealed = std::string_view(name).ends_with("sealed");
      const auto format = opus ? RecordingFormat::OggOpus : RecordingFormat::Wav;
      media::RecordingOrder order{.path = folder.file(name), .shape = {.format = format, .rate_hz = 8000}, .key = {}};
      if (sealed) order.key = recording_key();
      auto tap = recorder.begin(order);
      REQUIRE(tap);
      taps.push_back(*tap);
    }
    CHECK(recorder.counters().active == 4);
    for (std::uint64_t tick = 0; tick < 50; ++tick) {
      for (const auto& tap : taps) record_tick(*tap, tick);
    }
    for (const auto& tap : taps) tap->finish();
    CHECK(reports.wait_for(4).size() == 4);
    CHECK(recorder.counters().active == 0);
    CHECK(recorder.counters().ended == 4);
    CHECK(recorder.counters().failed == 0);
    CHECK(recorder.counters().frames == 200);
    for (const auto& tap : taps) CHECK(tap->kept() == 50);
  }
  for (const auto& report : reports.all()) {
    CHECK(report.error == 0);
    CHECK(report.frames == 50);
    CHECK(report.dropped == 0);
    CHECK(report.octets == std::filesystem::file_size(report.path));
  }
  CHECK(media::parse_wav(folder.read("a.wav"))->frames() == 50 * 160);
  CHECK(media::decode_ogg_opus(folder.read("c.opus"), 8000, 50 * 160)->whole);
  CHECK(media::open_recording({.from = folder.file("d.sealed"), .to = ""}, recording_key())->whole);
}

TEST_CASE("If Recorder cannot create a file, it reports the reason, the tap has failed, and the tap accepts no more frames") {
  const RecordingFolder folder;
  Reports reports;
  media::Recorder recorder(quick(reports));
  const auto tap = recorder.begin({.path = folder.file("none/call"), .shape = {}, .key = {}});
  REQUIRE(tap);
  record_tick(**tap, 0);
  const auto all = reports.wait_for(1);
  REQUIRE(all.size() == 1);
  CHECK(all[0].error == ENOENT);
  for (std::uint64_t tick = 1; tick <= 200; ++tick) record_tick(**tap, tick);
  CHECK((*tap)->has_failed());
  CHECK((*tap)->is_finished());
  CHECK((*tap)->dropped() == 0);
  CHECK(recorder.counters().failed == 1);
}

TEST_CASE("A call without a frame leaves no file, and a call with one frame leaves a file") {
  const RecordingFolder folder;
  Reports reports;
  media::Recorder recorder(quick(reports));
  const auto never = recorder.begin({.path = folder.file("never"), .shape = {}, .key = {}});
  const auto once = recorder.begin({.path = folder.file("once"), .shape = {}, .key = {}});
  REQUIRE(never);
  REQUIRE(once);
  record_tick(**once, 0);
  (*once)->finish();
  (*never)->finish();
  REQUIRE(reports.wait_for(2).size() == 2);
  for (const auto& report : reports.all()) {
    CHECK(report.error == 0);
    CHECK(report.frames == (report.path == folder.file("once") ? 1 : 0));
    CHECK(std::filesystem::exists(report.path) == (report.octets > 0));
  }
  CHECK((*never)->has_ended());
  CHECK((*never)->kept() == 0);
  CHECK_FALSE((*never)->has_failed());
  CHECK_FALSE(std::filesystem::exists(folder.file("never")));
}

TEST_CASE("Recorder counts the frames in its files while the calls continue, and keeps the counts afterwards") {
  const RecordingFolder folder;
  Reports reports;
  media::Recorder recorder(quick(reports));
  const auto tap = recorder.begin({.path = folder.file("call"), .shape = {.rate_hz = 8000}, .key = {}});
  REQUIRE(tap);
  for (std::uint64_t tick = 0; tick < 10; ++tick) record_tick(**tap, tick);
  REQUIRE(wait_until([&] { return recorder.counters().frames >= 10; }));
  const auto under_way = recorder.counters();
  CHECK(under_way.active == 1);
  CHECK(under_way.frames == 10);
  CHECK(under_way.octets == std::filesystem::file_size(folder.file("call")));
  (*tap)->finish();
  REQUIRE(reports.wait_for(1).size() == 1);
  CHECK(recorder.counters().active == 0);
  CHECK(recorder.counters().frames == 10);
  CHECK(recorder.counters().octets == under_way.octets);
}

TEST_CASE("Recorder accepts as many recordings as its limit, refuses a further one, and accepts it after another recording has ended") {
  const RecordingFolder folder;
  Reports reports;
  auto options = quick(reports);
  options.most = 2;
  media::Recorder recorder(options);
  const auto first = recorder.begin({.path = folder.file("1"), .shape = {}, .key = {}});
  const auto second = recorder.begin({.path = folder.file("2"), .shape = {}, .key = {}});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(recorder.begin({.path = folder.file("3"), .shape = {}, .key = {}}) == base::fail(media::RecorderError::Busy));
  (*first)->finish();
  REQUIRE(reports.wait_for(1).size() == 1);
  CHECK(recorder.begin({.path = folder.file("3"), .shape = {}, .key = {}}));
}

TEST_CASE("If a Recorder is destroyed, it ends the files of current calls with all their audio") {
  const RecordingFolder folder;
  Reports reports;
  std::shared_ptr<media::RecordingTap> tap;
  {
    auto options = quick(reports);
    options.drain_every = options.flush_every = std::chrono::hours(1);
    media::Recorder recorder(options);
    const auto begun = recorder.begin({.path = folder.file("call"), .shape = {.rate_hz = 8000}, .key = {}});
    REQUIRE(begun);
    tap = *begun;
    for (std::uint64_t tick = 0; tick < 30; ++tick) record_tick(*tap, tick);
  }
  CHECK(tap->has_ended());
  CHECK(tap->is_finished());
  CHECK_FALSE(tap->has_failed());
  REQUIRE(reports.all().size() == 1);
  CHECK(reports.all()[0].frames == 30);
  CHECK(media::parse_wav(folder.read("call"))->frames() == 30 * 160);
}
