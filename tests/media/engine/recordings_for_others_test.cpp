// Makes recordings for other programs that read them, one of each kind, in the folder OFFHOOK_RECORDINGS (tests/peers).
#include "recording_folder.hpp"

#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/engine/recording_file.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

using namespace offhook;
using media::RecordingFormat;

namespace {

constexpr std::uint64_t kSeconds = 10;

/// Records a call in which the caller is a synthetic voice, and the agent is a tone of 1 kHz. If `ended` is false, the file has no end.
void record(const std::string& path, RecordingFormat format, bool ended) {
  base::SeededRandom random(3);
  auto file = media::RecordingFile::create({.path = path, .shape = {.format = format, .rate_hz = 16000}, .key = {}}, random);
  REQUIRE(file);
  const auto voice = offhook_test::SyntheticVoice(16000, 3).speak(static_cast<double>(kSeconds));
  media::SineSource tone(1000, 16000, 8000);
  media::RecordedFrame frame;
  frame.rate_hz = 16000;
  frame.samples = 640;
  for (std::uint64_t tick = 0; tick < kSeconds * 50; ++tick) {
    frame.tick = tick;
    std::copy_n(voice.begin() + static_cast<std::ptrdiff_t>(tick * 320), 320, frame.pcm.begin());
    tone.fill(std::span(frame.pcm).subspan(320, 320));
    file->add(frame);
    if (tick % 50 == 49) REQUIRE(file->flush());
  }
  if (ended) REQUIRE(file->finish());
}

}  // namespace

TEST_CASE("RecordingFile writes recordings of each kind for other programs" * doctest::skip()) {  // This test case runs only with --no-skip.
  const char* folder = std::getenv("OFFHOOK_RECORDINGS");
  REQUIRE(folder != nullptr);
  const std::string path = folder;
  record(path + "/whole.opus", RecordingFormat::OggOpus, true);
  record(path + "/killed.opus", RecordingFormat::OggOpus, false);
  record(path + "/whole.wav", RecordingFormat::Wav, true);
  record(path + "/killed.wav", RecordingFormat::Wav, false);
}
