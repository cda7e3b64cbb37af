#include "building.hpp"

#include <offhook/agent/agents/sound_cache.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace building;

namespace {

std::string music_problems(const std::string& music, const Texts& files) {
  return build(R"({"agent": {"provider": "local", "hold_music": ")" + music + R"("}})", {}, files).problems();
}

}  // namespace

TEST_CASE("The hold music is a quiet default sound, nothing, or a file beside the configuration file. Its sound exists at 8 kHz and at 16 kHz") {
  const auto usual = build(R"({"agent": {"provider": "local"}})");
  REQUIRE_MESSAGE(usual.made.directory, usual.problems());
  REQUIRE(usual.profile().hold_music);
  CHECK(usual.profile().hold_music->loops());
  CHECK(usual.profile().hold_music->frames() == 800);
  CHECK(usual.profile().hold_music->pcm(8000, 0).size() == 160);
  CHECK(usual.profile().hold_music->pcm(16000, 801).size() == 320);
  CHECK(build(R"({"agent": {"provider": "local"}})").profile().hold_music == usual.profile().hold_music);  // A reload reuses the same sound.
  CHECK(build(R"({"agent": {"provider": "local", "hold_music": "off"}})").profile().hold_music == nullptr);
  const auto own = build(R"({"agent": {"provider": "local", "hold_music": "music/a.wav"}})", {}, {{"etc/music/a.wav", wav_of(1600)}});
  REQUIRE_MESSAGE(own.made.directory, own.problems());
  CHECK(own.profile().hold_music->frames() == 10);
}

TEST_CASE("Agents that name the same hold music file share its samples, and each agent may name its own file") {
  const auto built = build(R"({"agent": {"provider": "local", "hold_music": "a.wav"}, "agents": [
      {"name": "same", "match": {"called": "1"}}, {"name": "other", "match": {"called": "2"}, "hold_music": "b.wav"}]})",
                           {}, {{"etc/a.wav", wav_of(1600)}, {"etc/b.wav", wav_of(3200)}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& entries = built.made.directory->entries();
  CHECK(entries[0].profile->hold_music == built.profile().hold_music);
  CHECK(entries[1].profile->hold_music->frames() == 20);
}

TEST_CASE("Hold music that cannot be used is refused at the start, with its place and the reason") {
  CHECK(music_problems("none.wav", {}).find("/agent/hold_music: found a file that cannot be used (it is not there); allowed: a WAV") != std::string::npos);
  CHECK(music_problems("a.wav", {{"etc/a.wav", "no sound"}}).find("(it is neither a 16-bit WAV nor Opus in Ogg)") != std::string::npos);
  CHECK(music_problems("a.wav", {{"etc/a.wav", wav_of(100, 44100)}}).find("/agent/hold_music") != std::string::npos);
  CHECK(music_problems("a.wav", {{"etc/a.wav", wav_of(0)}}).find("/agent/hold_music") != std::string::npos);
}

TEST_CASE("A sound file of 32 MiB is read, and a file with one more octet is refused") {
  using agent::SoundCache;
  std::string file = wav_of((SoundCache::kMaxFileBytes - offhook::media::kWavHeaderOctets) / 2, 24000);
  REQUIRE(file.size() == SoundCache::kMaxFileBytes);
  CHECK(music_problems("a.wav", {{"etc/a.wav", file}}).empty());
  CHECK(music_problems("a.wav", {{"etc/a.wav", file + " "}}).find("it is too large") != std::string::npos);
}

TEST_CASE("The setting /recordings decides whether calls are recorded, unless the agent sets `recordings` itself") {
  const auto built = build(R"({"recordings": {"enabled": true, "notice": "This call is recorded."}, "agent": {"provider": "local"},
      "agents": [{"name": "not", "match": {"called": "1"}, "recordings": false}]})");
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(built.profile().recordings);
  CHECK(built.profile().recording_notice == "This call is recorded.");
  CHECK_FALSE(built.made.directory->entries()[0].profile->recordings);
  CHECK_FALSE(build(R"({"agent": {"provider": "local"}})").profile().recordings);
  CHECK(build(R"({"agent": {"provider": "local", "recordings": true}})").profile().recordings);
}
