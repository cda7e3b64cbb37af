#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/environment.hpp>
#include <offhook/agent/config/process_environment.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/config/variables.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace config = offhook::agent::config;
using namespace offhook::agent;

namespace {

using Variables = std::map<std::string, std::string>;

/// Reads a configuration. Adds the variables of a SIP account that `variables` does not contain.
config::Effective read_environment(std::string_view text, Variables variables, std::vector<std::string> assignments = {}) {
  variables.insert({{"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"ASTERISK_HOST", "pbx.example"}});
  std::vector<std::string> names;
  for (const auto& [name, value] : variables) {
    if (name.starts_with(config::kVariablePrefix)) names.push_back(name);
  }
  const config::Environment environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return config::read_text(text, "my.json", {std::nullopt, environment, std::move(assignments), {}, names});
}

std::string listed_problems(const config::Effective& effective) {
  std::string text;
  for (const auto& problem : effective.problems) text += to_string(problem) + "\n";
  return text;
}

bool has_row(const config::Effective& effective, std::string_view begin, std::string_view end) {
  const std::string table = config::effective_table(effective);
  const auto at = table.find("\n" + std::string(begin) + " ");
  return at != std::string::npos && std::string_view(table).substr(at + 1, table.find('\n', at + 1) - at - 1).ends_with(end);
}

}  // namespace

TEST_CASE("A variable OFFHOOK_... overrides the file, and the report names the variable as the origin of the value") {
  const auto effective = read_environment(R"({"sip": {"tls": {"verify": "insecure"}, "transport": "tls"}, "limits": {"calls": 2}})",
                              {{"OFFHOOK_LIMITS_CALLS", "9"}, {"OFFHOOK_SIP_TLS_VERIFY", "Required"}, {"OFFHOOK_MEDIA_CODECS", "pcmu, PCMA"},
                               {"OFFHOOK_AGENT_LIMITS_HOLD_SECONDS", "60"}, {"OFFHOOK_RECORDS_DIGITS", "yes"}, {"OFFHOOK_LOG_LEVEL", ""}});
  REQUIRE_MESSAGE(effective.problems.empty(), listed_problems(effective));
  CHECK(effective.config.limits.calls == 9);
  CHECK(effective.config.media.codecs == std::vector<std::string>{"PCMU", "PCMA"});
  CHECK(effective.config.records.digits);
  CHECK(effective.config.log.level == "info");
  CHECK(has_row(effective, "/limits/calls", "environment OFFHOOK_LIMITS_CALLS"));
  CHECK(has_row(effective, "/sip/tls/verify", "environment OFFHOOK_SIP_TLS_VERIFY"));
  CHECK(has_row(effective, "/agent/limits/hold_seconds", "environment OFFHOOK_AGENT_LIMITS_HOLD_SECONDS"));
  CHECK(effective.warnings.empty());
}

TEST_CASE("The command line overrides a variable OFFHOOK_..., and a bad value names the variable") {
  CHECK(read_environment("", {{"OFFHOOK_LIMITS_CALLS", "9"}}, {"/limits/calls=3"}).config.limits.calls == 3);
  CHECK(listed_problems(read_environment("", {{"OFFHOOK_LIMITS_CALLS", "0"}})).starts_with("OFFHOOK_LIMITS_CALLS: found "));
  CHECK(listed_problems(read_environment("", {{"OFFHOOK_SIP_TLS_VERIFY", "no"}})).starts_with("OFFHOOK_SIP_TLS_VERIFY: found "));
  // A required setting with a bad value is reported once, and not as missing.
  const auto bad = read_environment("", {{"SIP_EXTENSION", ""}, {"OFFHOOK_SIP_EXTENSION", "60 01"}});
  CHECK(bad.problems.size() == 1);
  CHECK(bad.problems.front().where == "OFFHOOK_SIP_EXTENSION");
}

TEST_CASE("Two variables of one setting may have equal values; if they differ, the problem names both and shows no secret") {
  CHECK(read_environment("", {{"OFFHOOK_SIP_EXTENSION", "6001"}, {"OFFHOOK_LOG_LEVEL", "WARN"}, {"LOG_LEVEL", "warning"}}).problems.empty());
  const auto extension = read_environment("", {{"OFFHOOK_SIP_EXTENSION", "6002"}});
  CHECK(listed_problems(extension) ==
        "OFFHOOK_SIP_EXTENSION: found another value for /sip/extension than in SIP_EXTENSION; allowed: one value; unset one of the two variables\n");
  CHECK(extension.config.sip.extension == "6001");
  const auto port = read_environment("", {{"ASTERISK_HOST", "pbx.example:5070"}, {"OFFHOOK_SIP_PORT", "5080"}});
  CHECK(listed_problems(port).starts_with("OFFHOOK_SIP_PORT: found another value for /sip/port than in ASTERISK_HOST;"));
  CHECK(read_environment("", {{"ASTERISK_HOST", "pbx.example:5070"}, {"OFFHOOK_SIP_PORT", "5070"}}).problems.empty());
  const auto secret = read_environment(R"({"other-canary": 1})", {{"OFFHOOK_SIP_PASSWORD", "other-canary"}});
  CHECK(listed_problems(secret).find("OFFHOOK_SIP_PASSWORD: found another value for /sip/password than in SIP_PASSWORD;") != std::string::npos);
  CHECK(listed_problems(secret).find("canary") == std::string::npos);
}

TEST_CASE("The variable of a host may contain HOST:PORT, even if the host is a member of an object such as /sip/outbound_proxy") {
  const auto effective = read_environment("", {{"OFFHOOK_SIP_OUTBOUND_PROXY_HOST", "proxy.example:5070"}});
  REQUIRE_MESSAGE(effective.problems.empty(), listed_problems(effective));
  CHECK(has_row(effective, "/sip/outbound_proxy/host", "environment OFFHOOK_SIP_OUTBOUND_PROXY_HOST"));
  CHECK(has_row(effective, "/sip/outbound_proxy/port", "environment OFFHOOK_SIP_OUTBOUND_PROXY_HOST"));
}

TEST_CASE("The required members of an object may come from different sources, and a member that no source has is reported once") {
  CHECK(read_environment(R"({"sip": {"outbound_proxy": {"port": 5070}}})", {{"OFFHOOK_SIP_OUTBOUND_PROXY_HOST", "proxy.example"}}).problems.empty());
  const std::string missing = "/sip/outbound_proxy/host: found nothing; allowed: a host name or an address, such as \"pbx.example\" or \"192.0.2.1\"; "
                              "set OFFHOOK_SIP_OUTBOUND_PROXY_HOST, or write it in the file\n";
  CHECK(listed_problems(read_environment(R"({"sip": {"outbound_proxy": {"port": 5070}}})", {})) == missing);
  CHECK(listed_problems(read_environment("", {{"OFFHOOK_SIP_OUTBOUND_PROXY_PORT", "5070"}})) == missing);
  CHECK(listed_problems(read_environment("", {}, {"/sip/outbound_proxy/port=5070"})) == missing);
  CHECK(read_environment("", {{"OFFHOOK_SIP_OUTBOUND_PROXY_HOST", "a b"}, {"OFFHOOK_SIP_OUTBOUND_PROXY_PORT", "5070"}}).problems.size() == 1);
}

TEST_CASE("A variable whose name resembles the variable of a setting is refused, and the problem suggests the variable of that setting") {
  struct Row { const char* name; const char* meant; };
  for (const Row row : {Row{"OFFHOOK_SIP_PROT", "OFFHOOK_SIP_PORT"},
                        {"OFFHOOK_HEALTH_TOKNE", "OFFHOOK_HEALTH_TOKEN"},
                        {"OFFHOOK_LIMITS_CALL", "OFFHOOK_LIMITS_CALL_SECONDS"},
                        {"OFFHOOK_RECORDS_KEEP", "OFFHOOK_RECORDS_KEEP_FILES"},
                        {"OFFHOOK_TRANSCRIPT_ENABLED", "OFFHOOK_TRANSCRIPTS_ENABLED"}}) {
    CAPTURE(row.name);
    CHECK(listed_problems(read_environment("", {{row.name, "1"}})) == std::string(row.name) + ": found a variable that sets nothing; allowed: OFFHOOK_ and the name of a setting; did you mean " + row.meant + "?\n");
  }
}

TEST_CASE("A variable for a setting that no variable can set is refused, and the problem says how to set it") {
  CHECK(listed_problems(read_environment("", {{"OFFHOOK_AGENT_TOOLS", "hang_up"}})) ==
        "OFFHOOK_AGENT_TOOLS: found a variable for /agent/tools, which contains other settings; allowed: variables for settings with one value, or a list of "
        "words; write it in the file\n");
  CHECK(listed_problems(read_environment("", {{"OFFHOOK_AGENTS_0_NAME", "a"}})).ends_with("write it in the file\n"));
  CHECK(listed_problems(read_environment("", {{"OFFHOOK_PROVIDERS_OPENAI_API_KEY", "canary"}})).ends_with("set one of the provider's own, such as OPENAI_API_KEY, or write it in the file\n"));
}

TEST_CASE("A variable OFFHOOK_... that resembles no setting gives a warning, unless Offhook or its tests read it, or the file refers to it") {
  const auto effective = read_environment(R"({"sip": {"display_name": "${OFFHOOK_MY_NAME}"}})",
                              {{"OFFHOOK_MY_NAME", "Ada"}, {"OFFHOOK_SHARE", "/x"}, {"OFFHOOK_TEST_DATA", "/y"}, {"OFFHOOK_IMAGE_TAG", "1"}, {"OFFHOOK_bad-name", "1"},
                               {"OFFHOOK_" + std::string(121, 'X'), "1"}});
  CHECK(effective.problems.empty());
  REQUIRE(effective.warnings.size() == 1);
  CHECK(effective.warnings.front() == Warning{"OFFHOOK_IMAGE_TAG", "sets nothing: no setting has this name"});
}

TEST_CASE("At most kMaxUnknownVariables warnings report variables that set nothing") {
  const auto warnings_of = [](std::size_t count) {
    Variables variables;
    for (std::size_t i = 0; i < count; ++i) variables["OFFHOOK_XXXXXXXXXXXX_" + std::to_string(i)] = "1";
    return read_environment("", variables).warnings.size();
  };
  CHECK(warnings_of(config::kMaxUnknownVariables) == config::kMaxUnknownVariables);
  CHECK(warnings_of(config::kMaxUnknownVariables + 1) == config::kMaxUnknownVariables);
}

TEST_CASE("Offhook ignores the variables that Kubernetes sets for a service named offhook") {
  const auto effective = read_environment("", {{"OFFHOOK_SIP_SERVICE_HOST", "10.0.0.1"}, {"OFFHOOK_SIP_SERVICE_PORT", "5060"}, {"OFFHOOK_SIP_PORT", "udp://10.0.0.1:5060"},
                                   {"OFFHOOK_SIP_PORT_5060_UDP_ADDR", "10.0.0.1"}, {"OFFHOOK_SERVICE_HOST", "10.0.0.2"}, {"OFFHOOK_PORT", "tcp://10.0.0.2:8080"}});
  CHECK_MESSAGE(effective.problems.empty(), listed_problems(effective));
  CHECK(effective.warnings.empty());
  CHECK(effective.config.sip.port == 5060);
  // The operator's own variable has an effect.
  CHECK(read_environment("", {{"OFFHOOK_SIP_SERVICE_HOST", "10.0.0.1"}, {"OFFHOOK_SIP_PORT", "5070"}}).config.sip.port == 5070);
}

TEST_CASE("offhook_variables() lists the process's variables whose names begin with OFFHOOK_") {
  REQUIRE(::setenv("OFFHOOK_TEST_VARIABLE", "x=y", 1) == 0);
  const auto names = config::offhook_variables();
  CHECK(std::count(names.begin(), names.end(), "OFFHOOK_TEST_VARIABLE") == 1);
  CHECK(std::count(names.begin(), names.end(), "PATH") == 0);
  ::unsetenv("OFFHOOK_TEST_VARIABLE");
}
