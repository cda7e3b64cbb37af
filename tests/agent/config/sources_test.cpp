#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/settings.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace config = offhook::agent::config;
using namespace offhook::agent;

namespace {

config::Effective read(std::string_view text, std::map<std::string, std::string> variables, std::vector<std::string> assignments = {}) {
  const config::Environment environment = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return config::read_text(text, "my.json", {std::nullopt, environment, std::move(assignments), {}});
}

std::string origin(const config::Effective& effective, std::string_view pointer) {
  const config::Setting* setting = config::find_setting(pointer);
  REQUIRE(setting != nullptr);
  return config::to_string(effective.origins[config::index_of(*setting)]);
}

std::string first_problem(const config::Effective& effective) {
  return effective.problems.empty() ? "" : to_string(effective.problems.front());
}

const std::map<std::string, std::string> kRequiredWithPort{{"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"ASTERISK_HOST", "pbx.example:5070"}};

}  // namespace

TEST_CASE("The report names the source of each value. The command line overrides the environment, and the environment overrides the file") {
  const auto effective = read(R"({"sip": {"extension": "1", "expires_seconds": 600}, "log": {"level": "off"}})", kRequiredWithPort, {"/log/level=debug"});
  REQUIRE(effective.problems.empty());
  CHECK(origin(effective, "/sip/extension") == "environment SIP_EXTENSION");
  CHECK(origin(effective, "/sip/port") == "environment ASTERISK_HOST");
  CHECK(origin(effective, "/sip/expires_seconds") == "file my.json:/sip/expires_seconds");
  CHECK(origin(effective, "/log/level") == "command line");
  CHECK(origin(effective, "/log/format") == "default");
  CHECK(effective.config.log.level == "debug");
}

TEST_CASE("If the value of one source is refused, the value of the next weaker source applies, with its origin") {
  const auto effective = read(R"({"sip": {"expires_seconds": 600}})", kRequiredWithPort, {"/sip/expires_seconds=5"});
  CHECK(effective.problems.size() == 1);
  CHECK(effective.config.sip.expires == std::chrono::seconds(600));
  CHECK(origin(effective, "/sip/expires_seconds") == "file my.json:/sip/expires_seconds");
}

TEST_CASE("find_setting() finds each setting by its own pointer, and by no other text") {
  for (const config::Setting& setting : config::settings()) CHECK(config::find_setting(config::pointer_of(setting)) == &setting);
  for (const char* other : {"", "/", "//", "sip", "sip/port", "//tool_servers", "/sip", "/sip/", "/sip//port", "/sip/port/", "/sip/port/x", "/tool_servers/", "/x"})
    CHECK(config::find_setting(other) == nullptr);
}

TEST_CASE("An assignment with --set needs no quotes around its value") {
  const auto effective =
      read("", kRequiredWithPort, {"/sip/port=5080", "/media/codecs=pcmu, PCMA", "/transcripts/enabled=yes", "/sip/display_name=a=b", "/limits/drain_seconds=0"});
  REQUIRE_MESSAGE(effective.problems.empty(), first_problem(effective));
  CHECK(effective.config.sip.port == 5080);
  CHECK(effective.config.media.codecs == std::vector<std::string>{"PCMU", "PCMA"});
  CHECK(effective.config.transcripts.enabled);
  CHECK(effective.config.sip.display_name == "a=b");
  CHECK(effective.config.limits.drain == std::chrono::seconds(0));
}

TEST_CASE("An invalid --set is refused, and a --set of a secret is always refused") {
  const auto told = [](const std::string& assignment) { return first_problem(read("", kRequiredWithPort, {assignment})); };
  CHECK(told("/sip/prot=1") ==
        "--set: found an unknown setting; allowed: POINTER=VALUE, such as /sip/port=5070; did you mean /sip/port?");
  CHECK(told("/limits/call=60").ends_with("did you mean /limits/call_seconds?"));
  CHECK(told("/agent/limits/hold=60").ends_with("did you mean /agent/limits/hold_seconds?"));
  CHECK(told("/providers/mine/models/chta=x").ends_with("did you mean /providers/mine/models/chat?"));
  CHECK(told("sip.port=1").starts_with("--set: found no pointer, or no =;"));
  CHECK(told("/sip/port").starts_with("--set: found no pointer, or no =;"));
  CHECK(told("/sip/port=").starts_with("--set /sip/port: found text;"));
  CHECK(told("/sip/port=x").starts_with("--set /sip/port: found text (\"x\");"));
  CHECK(told("/media/codecs=").starts_with("--set /media/codecs: found an empty list;"));
  const auto secret = read("", {{"SIP_EXTENSION", "1"}, {"ASTERISK_HOST", "h"}}, {"/sip/password=canary-7f3a"});
  REQUIRE(secret.problems.size() == 1);  // The secret is not also reported as missing.
  CHECK(first_problem(secret).starts_with("--set /sip/password: found a secret on the command line"));
  CHECK(first_problem(secret).find("canary") == std::string::npos);
}

TEST_CASE("A variable that is not UTF-8 is refused [RFC 3629 section 4]") {
  for (const char* text : {"\xff", "\xc3(", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    auto variables = kRequiredWithPort;
    variables["PROMPT"] = text;
    CHECK(first_problem(read("", variables)).starts_with("PROMPT: found octets that are not UTF-8;"));
  }
  auto variables = kRequiredWithPort;
  variables["PROMPT"] = "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80";
  CHECK(read("", variables).problems.empty());
}

TEST_CASE("The length of a text is counted in characters, not in octets") {
  std::string name;
  for (int i = 0; i < 128; ++i) name += "\xc3\xbc";
  CHECK(read(R"({"sip": {"display_name": ")" + name + "\"}}", kRequiredWithPort).problems.empty());
  CHECK(first_problem(read(R"({"sip": {"display_name": ")" + name + "x\"}}", kRequiredWithPort)).starts_with("/sip/display_name: found longer text"));
}

TEST_CASE("Problems hide a secret of the file even if another source replaces it, or if it is refused") {
  const auto replaced = read(R"({"sip": {"password": "old-canary", "old-canary": 1}})", kRequiredWithPort);
  CHECK(first_problem(replaced).starts_with("/sip/***: "));
  const auto refused = read(R"({"sip": {"password": "tab\tcanary", "tab\tcanary": 1}})", kRequiredWithPort);
  for (const auto& problem : refused.problems) CHECK(to_string(problem).find("canary") == std::string::npos);
}

TEST_CASE("No problem with any setting shows a value that comes from a reference such as ${NAME}") {
  auto variables = kRequiredWithPort;
  variables["KEPT"] = "canary-value";
  for (const char* text : {R"({"agent": {"voice": "${KEPT}"}})", R"({"agents": [{"match": {"called": "1"}, "voice": "${KEPT}"}]})",
                           R"({"agent": {"provider": "${KEPT}"}})", R"({"agent": {"speech_provider": "${KEPT}"}})"}) {
    CAPTURE(std::string(text));
    const auto effective = read(text, variables);
    CHECK_FALSE(effective.problems.empty());
    for (const auto& problem : effective.problems) CHECK(to_string(problem).find("canary") == std::string::npos);
  }
}
