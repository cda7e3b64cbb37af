#include <offhook/agent/config/changes.hpp>

#include <doctest/doctest.h>

namespace config = offhook::agent::config;
using namespace offhook::agent;

TEST_CASE("A reload applies agents, prompts and the log level; the account, ports and health server change only at a restart") {
  config::Config running;
  running.recordings.enabled = true;
  config::Config fresh = running;
  fresh.agent.prompt = "new";
  fresh.agent.voice = "rms";
  fresh.agents = json_list({"x"});
  fresh.log.level = "debug";
  fresh.limits.silence = std::chrono::seconds(9);
  CHECK(config::waiting_for_restart(running, fresh).empty());
  fresh.sip.password = Secret("new");
  fresh.sip.extension = "7";
  fresh.sip.caller_secrets = {{"anna", Secret("new")}};
  fresh.health.port = 1;
  fresh.health.token = Secret("new");
  fresh.media.first_port = 2000;
  fresh.limits.calls = 3;
  fresh.transcripts.enabled = true;
  fresh.recordings.key = Secret("new");
  fresh.network.proxy = Secret("http://new:1");
  fresh.nat.entries = {{"turn:t", "u", Secret("new"), {}}};
  CHECK(config::waiting_for_restart(running, fresh) ==
        std::vector<std::string>{"/sip/extension", "/sip/password", "/sip/callers", "/network/proxy", "/nat/servers", "/media/first_port", "/limits/calls", "/health/port", "/health/token", "/transcripts/enabled",
                                 "/recordings/key"});
}

namespace {

using Pointers = std::vector<std::string>;

config::Config reloaded(const std::string& agents) {
  const auto effective = config::read_text(R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example"})" + agents + "}", "my.json", {});
  REQUIRE(effective.problems.empty());
  return effective.config;
}

}  // namespace

TEST_CASE("If no agent keeps transcripts at the start, a setting that enables transcripts takes effect only at a restart") {
  const auto none = reloaded("");
  CHECK(config::waiting_for_restart(none, reloaded(R"(, "transcripts": {"enabled": true})")) == Pointers{"/transcripts/enabled"});
  CHECK(config::waiting_for_restart(none, reloaded(R"(, "agent": {"transcripts": true})")) == Pointers{"/agent/transcripts"});
  const std::string third = R"(, "agents": [{"name": "a", "match": {"called": "1"}, "transcripts": false}, {"name": "b", "match": {"called": "2"}},
                                            {"name": "c", "match": {"called": "3"}, "transcripts": true}])";
  CHECK(config::waiting_for_restart(none, reloaded(third)) == Pointers{"/agents/2/transcripts"});
  // The setting enables transcripts, but no agent keeps any, so no change waits for a restart.
  CHECK(config::waiting_for_restart(none, reloaded(R"(, "transcripts": {"enabled": true}, "agent": {"transcripts": false})")).empty());
  // At least one agent has kept transcripts since the start, so a reload may change the setting of every agent.
  CHECK(config::waiting_for_restart(reloaded(third), reloaded(R"(, "transcripts": {"enabled": true})")).empty());
  CHECK(config::waiting_for_restart(reloaded(R"(, "transcripts": {"enabled": true})"), none).empty());
}

TEST_CASE("A reload can enable recordings with all their settings. From then on, the key and the folder change only at a restart") {
  const auto none = reloaded("");
  const std::string third = R"(, "agents": [{"name": "a", "match": {"called": "1"}}, {"name": "c", "match": {"called": "3"}, "recordings": true}])";
  const std::string folder = R"(, "recordings": {"folder": "/srv/calls"})", other = R"(, "recordings": {"folder": "/srv/others"})";
  CHECK(config::waiting_for_restart(none, reloaded(folder)).empty());  // Offhook records no call yet, so the reload applies this setting.
  CHECK(config::waiting_for_restart(none, reloaded(third + folder)).empty());
  CHECK(config::waiting_for_restart(reloaded(third + folder), reloaded(third + other)) == Pointers{"/recordings/folder"});
  auto running = none;
  config::note_recordings(running, reloaded(folder));
  CHECK(config::who_records(running).empty());
  config::note_recordings(running, reloaded(third + folder));
  CHECK(config::waiting_for_restart(running, reloaded(third + folder)).empty());
  CHECK(config::waiting_for_restart(running, reloaded(third + other)) == Pointers{"/recordings/folder"});
  // After recordings are turned off and on again, they still use their first key and folder.
  config::note_recordings(running, reloaded(folder));
  config::note_recordings(running, reloaded(third + other));
  CHECK(config::waiting_for_restart(running, reloaded(third + other)) == Pointers{"/recordings/folder"});
  CHECK(config::waiting_for_restart(running, reloaded(third + R"(, "recordings": {"folder": "/srv/calls", "notice": "This call is recorded."})")).empty());
}
