#include <offhook/agent/config/changes.hpp>

#include <doctest/doctest.h>

namespace config = offhook::agent::config;

TEST_CASE("A reload takes over agents, prompts and the log's level; the account, ports and health wait for the next start") {
  config::Config running;
  config::Config fresh = running;
  fresh.agent.prompt = "new";
  fresh.agent.voice = "rms";
  fresh.agents = config::json_list({"x"});
  fresh.log.level = "debug";
  fresh.limits.silence = std::chrono::seconds(9);
  CHECK(config::waiting_for_restart(running, fresh).empty());
  fresh.sip.password = config::Secret("new");
  fresh.sip.extension = "7";
  fresh.sip.caller_secrets = {{"anna", config::Secret("new")}};
  fresh.health.port = 1;
  fresh.health.token = config::Secret("new");
  fresh.media.first_port = 2000;
  fresh.limits.calls = 3;
  fresh.transcripts.enabled = true;
  fresh.recordings.key = config::Secret("new");
  CHECK(config::waiting_for_restart(running, fresh) ==
        std::vector<std::string>{"/sip/extension", "/sip/password", "/sip/callers", "/media/first_port", "/limits/calls", "/health/port", "/health/token", "/transcripts/enabled",
                                 "/recordings/key"});
}

TEST_CASE("Transcripts and recordings that no agent wanted at the start wait for the next one, wherever they are switched on") {
  const auto read = [](const std::string& agents) {
    const auto effective = config::read_text(R"({"sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example"})" + agents + "}", "my.json", {});
    REQUIRE(effective.problems.empty());
    return effective.config;
  };
  using Pointers = std::vector<std::string>;
  const auto none = read("");
  CHECK(config::waiting_for_restart(none, read(R"(, "recordings": {"enabled": true})")) == Pointers{"/recordings/enabled"});
  CHECK(config::waiting_for_restart(none, read(R"(, "agent": {"recordings": true, "transcripts": true})")) ==
        Pointers{"/agent/transcripts", "/agent/recordings"});
  const std::string third = R"(, "agents": [{"name": "a", "match": {"called": "1"}, "recordings": false}, {"name": "b", "match": {"called": "2"}},
                                            {"name": "c", "match": {"called": "3"}, "recordings": true}])";
  CHECK(config::waiting_for_restart(none, read(third)) == Pointers{"/agents/2/recordings"});
  // Switched on, and off for every agent: nobody waits for anything.
  CHECK(config::waiting_for_restart(none, read(R"(, "recordings": {"enabled": true}, "agent": {"recordings": false})")).empty());
  // Somebody is recorded since the start: others join in at once, and whoever wants it no more leaves at once.
  CHECK(config::waiting_for_restart(read(third), read(R"(, "recordings": {"enabled": true})")).empty());
  CHECK(config::waiting_for_restart(read(R"(, "transcripts": {"enabled": true})"), none).empty());
}
