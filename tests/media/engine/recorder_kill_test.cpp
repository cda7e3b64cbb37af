// Kills a recording process at random moments, again and again. The parts that were in the file must stay there, in each format.
//   OFFHOOK_KILLS=N     number of kills (20)       OFFHOOK_SEED=N     seed of the moments (1)
#include "recording_folder.hpp"

#include <offhook/media/engine/recorder.hpp>
#include <offhook/media/engine/recording_opener.hpp>
#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

using namespace offhook;
using namespace offhook_test;
using media::RecordingFormat;

namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Runs in the child: records a call with a thousand ticks a second, and writes the number of frames in the file to the pipe.
[[noreturn]] void record_until_killed(const media::RecordingOrder& order, int report) {
  media::RecorderOptions options;
  options.flush_every = std::chrono::milliseconds(3);
  options.drain_every = std::chrono::milliseconds(1);
  media::Recorder recorder(options);
  const auto tap = recorder.begin(order);
  if (!tap) ::_exit(2);
  for (std::uint64_t tick = 0;; ++tick) {
    record_tick(**tap, tick);
    const std::uint64_t kept = (*tap)->kept();
    if (::write(report, &kept, sizeof kept) != static_cast<ssize_t>(sizeof kept)) ::_exit(3);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // the pace of the ticks
  }
}

/// Kills the child `microseconds` after it has reported at least `after` frames. Returns the child's last report.
std::uint64_t read_and_kill(pid_t child, int pipe, std::uint64_t after, std::uint64_t microseconds) {
  std::uint64_t kept = 0, next = 0;
  bool killed = false;
  while (::read(pipe, &next, sizeof next) == static_cast<ssize_t>(sizeof next)) {
    kept = next;
    if (killed || kept < after) continue;
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds));  // The kill comes at a random moment.
    ::kill(child, SIGKILL);
    killed = true;
  }
  return kept;
}

/// Returns the number of frames in the file. Returns 0 if any frame is neither as recorded nor silent; a dropped frame is silent.
std::size_t good_frames_of_wav(const Octets& octets) {
  const auto wav = media::parse_wav(octets);
  if (!wav) return 0;
  std::size_t good = 0;
  for (std::size_t tick = 0; tick < wav->frames() / 160; ++tick) {
    const auto caller = wav->sample(tick * 160 + 159, 0), agent = wav->sample(tick * 160 + 159, 1);
    const bool said = caller == static_cast<std::int16_t>(tick) && agent == static_cast<std::int16_t>(~tick);
    if (said || (caller == 0 && agent == 0)) ++good;
  }
  return good == wav->frames() / 160 ? good : 0;
}

}  // namespace

TEST_CASE("If a Recorder is killed at any moment, its file can be opened and contains all audio that was written") {
  const auto kills = setting("OFFHOOK_KILLS", 20);
  const auto seed = setting("OFFHOOK_SEED", 1);
  CAPTURE(seed);
  base::SeededRandom random(seed);
  for (std::uint64_t life = 0; life < kills; ++life) {
    CAPTURE(life);
    const bool opus = life % 2 == 1, sealed = life % 4 >= 2;
    const RecordingFolder folder;
    const auto format = opus ? RecordingFormat::OggOpus : RecordingFormat::Wav;
    media::RecordingOrder order{.path = folder.file("call"), .shape = {.format = format, .rate_hz = 8000}, .key = {}};
    if (sealed) order.key = recording_key();
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      record_until_killed(order, ends[1]);
    }
    ::close(ends[1]);
    const std::uint64_t kept = read_and_kill(child, ends[0], 1 + random.below(40), random.below(20000));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    Octets plain = folder.read("call");
    if (sealed) {
      const media::OpenWish wish{.from = folder.file("call"), .to = folder.file("plain"), .keep_what_is_cut = true};
      const auto opened = media::open_recording(wish, recording_key());
      REQUIRE(opened);
      CHECK_FALSE(opened->whole);
      plain = folder.read("plain");
    }
    CHECK(kept > 0);
    if (opus) {
      const auto decoded = media::decode_ogg_opus(plain, 8000, 1u << 24);
      REQUIRE(decoded);
      CHECK_FALSE(decoded->whole);
      CHECK(decoded->channels[0].size() + 160 >= kept * 160);  // At the end, the encoder's delay is missing.
    } else {
      CHECK(good_frames_of_wav(plain) >= kept);
    }
  }
}
