#include <offhook/agent/recordings/recording_name.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent::recordings;
using media::RecordingFormat;

namespace {

const WallTime kBegan = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)) + std::chrono::hours(10) + std::chrono::minutes(15);

}  // namespace

TEST_CASE("The name of a recording has the time and the call's id, and parse_recording_name() reads both") {
  const auto name = name_recording("k3x9f0a7c2m1p", kBegan + std::chrono::milliseconds(999), RecordingFormat::OggOpus, false);
  REQUIRE(name);
  CHECK(name->text() == "20261122T101500Z-k3x9f0a7c2m1p.opus");
  CHECK(name_recording("a-b_1", kBegan, RecordingFormat::Wav, true)->text() == "20261122T101500Z-a-b_1.wav.sealed");
  for (const char* file : {"20261122T101500Z-k3x9f0a7c2m1p.opus", "20261122T101500Z-a-b_1.wav.sealed", "19700101T000000Z-x.wav"}) {
    const auto parsed = parse_recording_name(file);
    REQUIRE(parsed);
    CHECK(parsed->text() == file);
  }
  CHECK(parse_recording_name("20261122T101500Z-x.wav")->began == kBegan);
}

TEST_CASE("A call id that would lead out of the folder, or hide the file, is refused") {
  for (const char* call : {"", "../../etc/passwd", "a/b", "..", ".x", "A", "a b", "a%2f", "caf\xc3\xa9", "a\n", "x.wav"}) {
    CAPTURE(call);
    CHECK_FALSE(name_recording(call, kBegan, RecordingFormat::Wav, false));
  }
  CHECK_FALSE(name_recording(std::string_view("a\0b", 3), kBegan, RecordingFormat::Wav, false));
}

TEST_CASE("A call id of 64 octets fits into the name of a file, and an id of 65 octets does not fit") {
  CHECK(name_recording(std::string(64, 'x'), kBegan, RecordingFormat::Wav, false));
  CHECK_FALSE(name_recording(std::string(65, 'x'), kBegan, RecordingFormat::Wav, false));
  CHECK(parse_recording_name("20261122T101500Z-" + std::string(64, 'x') + ".wav"));
  CHECK_FALSE(parse_recording_name("20261122T101500Z-" + std::string(65, 'x') + ".wav"));
}

TEST_CASE("parse_recording_name() refuses any other file name, so that the store never removes such a file") {
  for (const char* file : {"", ".wav", "x.wav", "20261122T101500Z.wav", "20261122T101500Z-.wav", "20261122T101500Z-x", "20261122T101500Z-x.mp3",
                           "20261122T101500Z-x.wav.bak", "20261322T101500Z-x.wav", "20261122T251500Z-x.wav", "2026112 T101500Z-x.wav", "20261122T101500Z_x.wav",
                           "20261122T101500Z-X.wav", "20261122T101500Z-x.sealed", "19691231T235959Z-x.wav", "20261122T101500Z-x.wav.sealed.sealed", ".sealed"}) {
    CAPTURE(file);
    CHECK_FALSE(parse_recording_name(file));
  }
}
