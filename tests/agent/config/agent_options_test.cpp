#include "parsed_config.hpp"

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/report.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace config = offhook::agent::config;
using namespace offhook::agent;
using namespace offhook::test;

TEST_CASE("By default conversation_threads is 0, which means one thread for each core. The configuration may set up to 256 threads") {
  CHECK(offhook::agent::to_agent_options(*parse(""), "d.json").conversation_threads == 0);
  const auto loaded = parse(R"({"limits": {"conversation_threads": 256}})");
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(offhook::agent::to_agent_options(*loaded, "d.json").conversation_threads == 256);
}

TEST_CASE("Recordings are off by default, their settings reach the agent's options, and the problem about an invalid key does not show the key") {
  const auto usual = offhook::agent::to_agent_options(*parse(""), "d.json");
  CHECK_FALSE(parse("")->recordings.enabled);
  CHECK_FALSE(usual.recordings.enabled);  // At the start, the agent enables recordings if any of its agent profiles does.
  CHECK_FALSE(usual.recordings.key);
  CHECK(usual.recordings.format == offhook::media::RecordingFormat::OggOpus);
  CHECK(usual.recordings.keep_days == 30);
  CHECK(usual.recordings.room.least_free == 512U << 20U);
  CHECK(usual.recordings.room.most_used == 0);
  const std::string key(64, '7');
  const auto loaded = parse(R"({"recordings": {"enabled": true, "folder": "/srv/calls", "format": "wav", "sides": "caller", "keep_days": 7,
                                "least_free_mb": 0, "most_mb": 3, "notice": "This call is recorded."}, "limits": {"calls": 9}})",
                            {{"OFFHOOK_RECORDING_KEY", key}});
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->recordings.enabled);
  const auto options = offhook::agent::to_agent_options(*loaded, "d.json");
  CHECK(options.recordings.folder == "/srv/calls");
  CHECK(options.recordings.format == offhook::media::RecordingFormat::Wav);
  CHECK(options.recordings.sides == offhook::media::RecordedSides::Caller);
  REQUIRE(options.recordings.key);
  CHECK(options.recordings.key->front() == 0x77);
  CHECK(options.recordings.keep_days == 7);
  CHECK(options.recordings.room.least_free == 0);
  CHECK(options.recordings.room.most_used == 3U << 20U);
  CHECK(options.recordings.calls == 9);
  CHECK(loaded->recordings.notice == "This call is recorded.");
  for (const std::string& bad : {std::string(63, '7'), std::string(65, '7'), std::string(64, 'x')}) {
    const auto told = problems_in(R"({"recordings": {"key": ")" + bad + R"("}})");
    CHECK(contains(told, "/recordings/key: found text that is not a key; allowed: 64 hexadecimal digits"));
    CHECK_FALSE(contains(told, bad));
  }
  const auto shown = config::effective_table(config::read_text("", "x", {std::nullopt, environment(with({{"OFFHOOK_RECORDING_KEY", key}})), {}, {}}));
  CHECK(contains(shown, "/recordings/key"));
  CHECK_FALSE(contains(shown, key));
}

TEST_CASE("Nothing is captured by default, the settings of captures reach the agent's options, and settings without effect get a warning") {
  CHECK_FALSE(offhook::agent::to_agent_options(*parse(""), "d.json").capture.is_on());
  auto loaded = parse(R"({"capture": {"file": "/srv/calls.pcapng", "file_mb": 4096, "media": true, "hep_host": "192.0.2.5", "hep_port": 9063, "hep_id": 4294967295,
                          "hep_key": "k3y", "trace": "sip"}})");
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  const auto options = offhook::agent::to_agent_options(*loaded, "d.json").capture;
  CHECK(options.file == "/srv/calls.pcapng");
  CHECK(options.file_octets == 4096ULL << 20U);
  CHECK(options.media);
  REQUIRE(options.hep);
  CHECK(options.hep->host == "192.0.2.5");
  CHECK(options.hep->port == 9063);
  CHECK(options.hep->capture_id == 4294967295);
  CHECK(options.hep->key == Secret("k3y"));
  CHECK(options.trace);
  offhook::agent::stand_beside_another(*loaded);
  CHECK(loaded->capture.file.empty());  // The file belongs to the process that takes the calls.
  CHECK(loaded->capture.hep_host == "192.0.2.5");

  const auto warned = [](const char* capture) {
    std::string where;
    for (const auto& warning : config::read_text(R"({"capture": )" + std::string(capture) + "}", "x", {std::nullopt, environment(with({})), {}, {}}).warnings) where += warning.where + " ";
    return where;
  };
  CHECK(warned(R"({"media": true, "hep_key": "k3y"})") == "/capture/media /capture/hep_key ");
  CHECK(warned(R"({"media": true, "hep_key": "k3y", "file": "a", "hep_host": "b"})").empty());
}

TEST_CASE("All settings of transcripts reach the transcript options, and a pattern that cannot be used is refused") {
  const auto loaded = parse(R"({"transcripts": {"enabled": true, "folder": "/srv/said", "keep_days": 7, "redact_digits": 0,
                                "patterns": ["KD-######", {"pattern": "case *"}], "readable": true}})");
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  const auto options = offhook::agent::transcript_options(*loaded);
  CHECK(options.enabled);
  CHECK(options.folder == "/srv/said");
  CHECK(options.keep_days == 7);
  CHECK(options.redact_digits == 0);
  CHECK(options.patterns == std::vector<std::string>{"KD-######", "case *"});
  CHECK(options.readable);
  CHECK(offhook::agent::transcript_options(*parse("")).keep_days == 30);
  CHECK(offhook::agent::transcript_options(*parse("")).patterns.empty());
  CHECK(contains(problems_in(R"({"transcripts": {"patterns": ["KD-#", "***"]}})"), "/transcripts/patterns/1"));
  CHECK(contains(problems_in(R"({"transcripts": true})"), "/transcripts: found true or false; allowed: an object with enabled, folder"));
}
