#include <offhook/agent/config/variables.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace config = offhook::agent::config;

namespace {

std::vector<std::string> names_of(std::string_view pointer) {
  const config::VariableSetting* found = config::find_variable_setting(pointer);
  return found != nullptr ? found->names : std::vector<std::string>{};
}

}  // namespace

TEST_CASE("The variable of a setting has the name OFFHOOK_ and the setting's pointer. Some settings also have a short name") {
  using Names = std::vector<std::string>;
  CHECK(config::variable_of("/limits/transfer_ring_seconds") == "OFFHOOK_LIMITS_TRANSFER_RING_SECONDS");
  CHECK(names_of("/sip/extension") == Names{"SIP_EXTENSION", "OFFHOOK_SIP_EXTENSION"});
  CHECK(names_of("/sip/host") == Names{"ASTERISK_HOST", "OFFHOOK_SIP_HOST"});
  CHECK(names_of("/health/token") == Names{"OFFHOOK_HEALTH_TOKEN"});
  CHECK(names_of("/recordings/key") == Names{"OFFHOOK_RECORDING_KEY", "OFFHOOK_RECORDINGS_KEY"});
  CHECK(names_of("/sip/tls/verify") == Names{"OFFHOOK_SIP_TLS_VERIFY"});
  CHECK(names_of("/agent/limits/hold_seconds") == Names{"OFFHOOK_AGENT_LIMITS_HOLD_SECONDS"});
  CHECK(names_of("/media/codecs") == Names{"OFFHOOK_MEDIA_CODECS"});
}

TEST_CASE("Objects, lists of objects, the members of such lists, and settings of providers have no variable OFFHOOK_...") {
  for (const char* pointer : {"/sip/tls", "/sip/secondaries", "/sip/secondaries/N/host", "/agent/tools", "/agents", "/agents/N/name", "/providers",
                              "/providers/NAME/api_key", "/tool_servers/NAME/url", "/sip"}) {
    CAPTURE(pointer);
    CHECK(names_of(pointer).empty());
  }
  CHECK(config::find_variable("OFFHOOK_PROVIDERS_OPENAI_API_KEY") == nullptr);
  CHECK(config::find_variable("OPENAI_API_KEY") == nullptr);
}

TEST_CASE("Each variable of a setting sets exactly one setting, and has no other purpose") {
  std::set<std::string> seen;
  for (const config::VariableSetting& each : config::variable_settings()) {
    for (const std::string& name : each.names) {
      CAPTURE(name);
      CHECK(seen.insert(name).second);
      CHECK(config::find_variable(name) == &each);
      CHECK_FALSE(config::is_other_variable(name));
    }
    CHECK(config::find_variable_setting(each.pointer) == &each);
  }
  CHECK(seen.size() > 150);
  for (const char* name : {"OFFHOOK_SHARE", "OFFHOOK_KERNELS", "OFFHOOK_TEST_DATA", "OFFHOOK_SIM", "OFFHOOK_SIM_TRACE", "OFFHOOK_BENCH_PROFILE"})
    CHECK(config::is_other_variable(name));
  CHECK_FALSE(config::is_other_variable("OFFHOOK_OTHER"));
}
