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
  fresh.media.first_port = 2000;
  fresh.limits.calls = 3;
  fresh.transcripts.enabled = true;
  fresh.recordings.key = config::Secret("new");
  CHECK(config::waiting_for_restart(running, fresh) ==
        std::vector<std::string>{"/sip/extension", "/sip/password", "/sip/callers", "/media/first_port", "/limits/calls", "/health/port", "/transcripts/enabled",
                                 "/recordings/key"});
}
