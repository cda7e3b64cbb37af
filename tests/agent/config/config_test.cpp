#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/settings.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace config = offhook::agent::config;
namespace fs = std::filesystem;

namespace {

using Variables = std::map<std::string, std::string>;
using Outcome = offhook::base::Result<config::Config, std::vector<config::Problem>>;

config::Environment environment(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

const Variables kRequired{{"SIP_EXTENSION", "6001"}, {"SIP_PASSWORD", "canary-7f3a"}, {"ASTERISK_HOST", "pbx.example"}};

Variables with(Variables more) {
  more.insert(kRequired.begin(), kRequired.end());
  return more;
}

Outcome parse(std::string_view text, Variables more = {}) { return config::parse(text, environment(with(std::move(more)))); }

std::string listed(const std::vector<config::Problem>& problems) {
  std::string text;
  for (const config::Problem& problem : problems) text += problem.where + ": " + problem.what + "\n";
  return text;
}

/// All that is wrong, one a line; "" when nothing is.
std::string problems_of(const Outcome& outcome) { return outcome ? "" : listed(outcome.error()); }

std::string problems_in(std::string_view text, Variables more = {}) { return problems_of(parse(text, std::move(more))); }

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string nested(std::size_t depth) { return R"({"x":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}"; }

struct TemporaryFile {
  explicit TemporaryFile(const std::string& text)
      : path(fs::temp_directory_path() / ("offhook-config-test-" + std::to_string(::getpid()) + ".json")) {
    std::ofstream(path, std::ios::binary) << text;
  }
  ~TemporaryFile() { fs::remove(path); }
  fs::path path;
};

template <class T>
concept Streams = requires(std::ostream& out, const T& value) { out << value; };

}  // namespace

TEST_CASE("the environment alone is enough, and the rest has defaults that work") {
  const auto loaded = parse("");
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->sip.extension == "6001");
  CHECK(loaded->sip.password.reveal() == "canary-7f3a");
  CHECK(loaded->sip.host == "pbx.example");
  CHECK(loaded->sip.port == 5060);
  CHECK(loaded->sip.transport == "udp");
  CHECK(loaded->agent.provider == "local");
  CHECK(loaded->media.codecs == std::vector<std::string>{"G722", "PCMU", "PCMA"});
  CHECK_FALSE(loaded->transcripts);
}

TEST_CASE("the file sets everything") {
  const auto loaded = config::parse(R"({
    "sip": {"extension": "700", "password": "p w", "host": "192.0.2.1", "port": 5070, "transport": "tcp", "auth_user": "seven",
            "display_name": "Front desk", "expires": 600, "bind_address": "192.0.2.10", "bind_port": 5062},
    "agent": {"provider": "local", "dialogue": "dialogues/mine.json", "voice": "rms", "prompt": "p\nq", "instructions": "i"},
    "media": {"codecs": ["pcma", "PCMU"], "first_port": 20000, "last_port": 20099},
    "limits": {"call": 60, "silence": 5, "calls": 2, "drain": 0},
    "log": {"level": "debug", "format": "json"}, "health": {"port": 0, "address": "::1"}, "transcripts": true})",
                                    environment({}));
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->sip.extension == "700");
  CHECK(loaded->sip.password == config::Secret("p w"));
  CHECK(loaded->sip.host == "192.0.2.1");
  CHECK(loaded->sip.port == 5070);
  CHECK(loaded->sip.transport == "tcp");
  CHECK(loaded->sip.auth_user == "seven");
  CHECK(loaded->sip.display_name == "Front desk");
  CHECK(loaded->sip.expires == std::chrono::seconds(600));
  CHECK(loaded->sip.bind_address == "192.0.2.10");
  CHECK(loaded->sip.bind_port == 5062);
  CHECK(loaded->agent.dialogue == "dialogues/mine.json");
  CHECK(loaded->agent.voice == "rms");
  CHECK(loaded->agent.prompt == "p\nq");
  CHECK(loaded->agent.instructions == "i");
  CHECK(loaded->media.codecs == std::vector<std::string>{"PCMA", "PCMU"});
  CHECK(loaded->media.first_port == 20000);
  CHECK(loaded->media.last_port == 20099);
  CHECK(loaded->limits.call == std::chrono::seconds(60));
  CHECK(loaded->limits.silence == std::chrono::seconds(5));
  CHECK(loaded->limits.calls == 2);
  CHECK(loaded->limits.drain == std::chrono::seconds(0));
  CHECK(loaded->log.level == "debug");
  CHECK(loaded->log.format == "json");
  CHECK(loaded->health.port == 0);
  CHECK(loaded->health.address == "::1");
  CHECK(loaded->transcripts);
}

TEST_CASE("the environment overrides the file, and an empty variable does not count") {
  const std::string file =
      R"({"sip": {"extension": "1", "password": "x", "host": "a.example", "port": 5070},
           "log": {"level": "off"}, "transcripts": true})";
  const auto loaded = parse(
      file,
      {{"TRANSCRIPTION_ENABLED", "no"}, {"LOG_LEVEL", "WARN"}, {"VOICE", "rms"}, {"PROMPT", "be kind"}, {"INSTRUCTIONS", ""}});
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->sip.extension == "6001");
  CHECK(loaded->sip.host == "pbx.example");
  CHECK(loaded->sip.port == 5070);  // ASTERISK_HOST without a port leaves the file's.
  CHECK(loaded->log.level == "warning");
  CHECK_FALSE(loaded->transcripts);
  CHECK(loaded->agent.voice == "rms");
  CHECK(loaded->agent.prompt == "be kind");
  const auto kept = config::parse(file, environment({{"SIP_EXTENSION", ""}, {"PROVIDER", ""}}));
  REQUIRE(kept);
  CHECK(kept->sip.extension == "1");
}

TEST_CASE("ASTERISK_HOST is a host, or a host and a port") {
  struct Row { const char* text; const char* host; int port; };  // port 0: refused
  for (const Row row : {Row{"pbx.example", "pbx.example", 5060},
                        {"pbx.example:5070", "pbx.example", 5070},
                        {"192.0.2.1:5070", "192.0.2.1", 5070},
                        {"2001:db8::1", "2001:db8::1", 5060},
                        {"[2001:db8::1]", "2001:db8::1", 5060},
                        {"[2001:db8::1]:5070", "2001:db8::1", 5070},
                        {"pbx.example:0", "", 0},
                        {"pbx.example:65536", "", 0},
                        {"pbx.example:", "", 0},
                        {":5060", "", 0},
                        {"sip:pbx.example", "", 0},
                        {"1001@pbx.example", "", 0},
                        {"pbx .example", "", 0},
                        {"192.0.2.256", "", 0},
                        {"2001:db8::zz:5060", "", 0},
                        {"-pbx", "", 0}}) {
    CAPTURE(row.text);
    const auto loaded =
        config::parse("", environment({{"SIP_EXTENSION", "1"}, {"SIP_PASSWORD", "x"}, {"ASTERISK_HOST", row.text}}));
    REQUIRE(loaded.has_value() == (row.port != 0));
    if (!loaded) {
      CHECK(loaded.error().size() == 1);
      CHECK(loaded.error().front().where == "ASTERISK_HOST");
      continue;
    }
    CHECK(loaded->sip.host == row.host);
    CHECK(loaded->sip.port == row.port);
  }
}

TEST_CASE("what is missing is named by its variable and its place in the file, all at once") {
  const auto loaded = config::parse("", environment({}));
  REQUIRE_FALSE(loaded);
  REQUIRE(loaded.error().size() == 3);
  CHECK(loaded.error()[0].where == "SIP_EXTENSION");
  CHECK(contains(loaded.error()[0].what, "/sip/extension"));
  CHECK(loaded.error()[1].where == "SIP_PASSWORD");
  CHECK(loaded.error()[2].where == "ASTERISK_HOST");
  // A bad value is no missing one: one problem, not two.
  CHECK(problems_of(config::parse(R"({"sip": {"extension": 6001, "password": "x", "host": "h"}})", environment({}))) ==
        "/sip/extension: must be text in quotes\n");
}

TEST_CASE("all problems of a file come at once, each with its pointer") {
  const std::string told = problems_in(
      R"({"sip": {"port": 0, "transport": "tls", "expires": 59}, "media": {"codecs": []}, "health": 5, "transcripts": 1})");
  CHECK(std::count(told.begin(), told.end(), '\n') == 6);
  for (const char* pointer :
       {"/sip/port: ", "/sip/transport: ", "/sip/expires: ", "/media/codecs: ", "/health: ", "/transcripts: "}) {
    CAPTURE(pointer);
    CHECK(contains(told, pointer));
  }
}

TEST_CASE("unknown names are refused, and the one that was meant is suggested") {
  struct Row { const char* text; const char* problem; };
  for (const Row row :
       {Row{R"({"sip": {"extention": "1"}})", "/sip/extention: is no setting: did you mean \"extension\"?\n"},
        {R"({"sip": {"Port": 5060}})", "/sip/Port: is no setting: did you mean \"port\"?\n"},
        {R"({"spi": {}})", "/spi: is no setting: did you mean \"sip\"?\n"},
        {R"({"transcript": true})", "/transcript: is no setting: did you mean \"transcripts\"?\n"},
        {R"({"limits": {"clals": 1}})", "/limits/clals: is no setting: did you mean \"calls\"?\n"},
        {R"({"log": {"colour": 1}})", "/log/colour: is no setting: there are level, format\n"},
        {R"({"": 1})", "/: is no setting: there are sip, agent, media, limits, log, health, transcripts\n"},
        {R"({"a/b~c": 1})", "/a~1b~0c: is no setting: there are sip, agent, media, limits, log, health, transcripts\n"}}) {
    CAPTURE(row.text);
    CHECK(problems_in(row.text) == row.problem);
  }
  CHECK(contains(problems_in("{\"line\\nbreak\": 1}"), "/line?break: "));
  CHECK(contains(problems_in("{\"" + std::string(49, 'x') + "\": 1}"), "/(a name of 49 octets): "));
}

TEST_CASE("names that stand twice are refused, at every level") {
  CHECK(problems_in(R"({"log": {}, "log": {}})") == "/log: stands twice in the file: keep one of them\n");
  CHECK(problems_in(R"({"sip": {"port": 5060, "port": 5061}})") == "/sip/port: stands twice in the file: keep one of them\n");
  CHECK(contains(problems_in(R"({"media": {"codecs": ["G722", {"a": 1, "a": 2}]}})"), "/media/codecs/1/a: stands twice"));
}

TEST_CASE("what is no JSON is told with line and column, and what is missing is not told besides") {
  const auto at = [](std::string_view text) {
    const auto loaded = config::parse(text, environment({}));
    return loaded || loaded.error().size() != 1 ? std::string("?") : loaded.error().front().where;
  };
  CHECK(at("{\n  \"sip\": nonsense\n}") == "configuration:2:11");
  CHECK(at("{\"sip\": {}") == "configuration:1:11");
  CHECK(at("{} {}").starts_with("configuration:1:"));
  CHECK(at(" ").starts_with("configuration:1:"));
  CHECK(at("\xff").starts_with("configuration:1:"));
  CHECK(at("[]") == "configuration");
  CHECK(at("null") == "configuration");
  CHECK(at("{\"log\": {\"level\": \"\xc3\x28\"}}").starts_with("configuration:1:"));
}

TEST_CASE("values of the wrong type or out of range are refused with what would do") {
  struct Row { const char* text; const char* problem; };
  for (const Row row : {
           Row{R"({"sip": {"port": "5060"}})", "/sip/port: must be a whole number without quotes, 1 to 65535"},
           {R"({"sip": {"port": 5060.0}})", "/sip/port: must be a whole number without quotes, 1 to 65535"},
           {R"({"sip": {"port": 65536}})", "/sip/port: is out of range: give 1 to 65535"},
           {R"({"sip": {"port": -1}})", "/sip/port: is out of range: give 1 to 65535"},
           {R"({"sip": {"port": 18446744073709551615}})", "/sip/port: is out of range: give 1 to 65535"},
           {R"({"sip": {"expires": 7201}})", "/sip/expires: is out of range: give 60 to 7200 seconds"},
           {R"({"sip": {"transport": "tls"}})", "/sip/transport: must be one of udp, tcp, in quotes"},
           {R"({"sip": {"host": "a:5060"}})", "/sip/host: must not carry a port: write it to /sip/port"},
           {R"({"sip": {"extension": "sip:1@x"}})",
            "/sip/extension: must be the extension alone, such as 6001: no sip:, no @, no spaces"},
           {R"({"sip": {"extension": ""}})", "/sip/extension: is empty"},
           {R"({"sip": {"display_name": "a\r\nb"}})",
            "/sip/display_name: has a line break or another control character in it: remove it"},
           {R"({"sip": {"password": "a\u0000b"}})",
            "/sip/password: has a line break or another control character in it: remove it"},
           {R"({"sip": {"bind_address": "localhost"}})", "/sip/bind_address: must be an address"},
           {R"({"agent": {"provider": "openai"}})", "/agent/provider: the provider openai comes in a later version: use local"},
           {R"({"agent": {"provider": "acme"}})", "/agent/provider: must be one of local, openai"},
           {R"({"agent": {"voice": "alloy"}})", "/agent/voice: must be one of slt, rms, in quotes"},
           {R"({"agent": {"dialogue": ["x"]}})", "/agent/dialogue: must be text in quotes"},
           {R"({"media": {"codecs": "G722"}})", "/media/codecs: must be a list of codecs"},
           {R"({"media": {"codecs": ["opus"]}})", "/media/codecs: must be a list of codecs"},
           {R"({"media": {"codecs": ["PCMU", "pcmu"]}})", "/media/codecs: names PCMU twice: keep one of them"},
           {R"({"media": {"first_port": 1023}})", "/media/first_port: is out of range: give 1024 to 65534"},
           {R"({"media": {"first_port": 20000, "last_port": 20000}})",
            "/media/last_port: must be greater than /media/first_port"},
           {R"({"media": {"first_port": 20001, "last_port": 20002}})", "/media/last_port: leaves no even port"},
           {R"({"limits": {"calls": 1001}})", "/limits/calls: is out of range: give 1 to 1000"},
           {R"({"limits": {"ring": 61}})", "/limits/ring: is out of range: give 0 to 60 seconds"},
           {R"({"limits": {"call": 9}})", "/limits/call: is out of range: give 10 to 86400 seconds"},
           {R"({"log": {"level": "loud"}})", "/log/level: must be one of debug, info, warning, error, off, in quotes"},
           {R"({"log": {"level": null}})", "/log/level: must be one of"},
           {R"({"health": {"address": "0.0.0.0"}})", "/health/address: must be a loopback address"},
           {R"({"sip": []})", "/sip: must be an object: settings in braces"},
           {R"({"transcripts": "true"})", "/transcripts: must be true or false"},
       }) {
    CAPTURE(row.text);
    const std::string told = problems_in(row.text);
    CAPTURE(told);
    CHECK(told.starts_with(row.problem));
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  }
}

TEST_CASE("problems of the environment carry the variable's name") {
  CHECK(problems_in("", {{"PROVIDER", "azure"}}).starts_with("PROVIDER: the provider azure comes in a later version: use local"));
  CHECK(problems_in("", {{"TRANSCRIPTION_ENABLED", "maybe"}}) == "TRANSCRIPTION_ENABLED: must be true or false\n");
  CHECK(problems_in("", {{"LOG_LEVEL", "loud"}}).starts_with("LOG_LEVEL: must be one of"));
  CHECK(problems_in("", {{"PROVIDER", "LOCAL"}, {"OPENAI_API_KEY", "sk-x"}}).empty());
}

TEST_CASE("flags of the environment read as people write them") {
  for (const auto& [text, on] : std::vector<std::pair<std::string, bool>>{{"true", true},
                                                                          {"Yes", true},
                                                                          {"on", true},
                                                                          {"1", true},
                                                                          {"FALSE", false},
                                                                          {"no", false},
                                                                          {"off", false},
                                                                          {"0", false}}) {
    CAPTURE(text);
    const auto loaded =
        parse(R"({"transcripts": )" + std::string(on ? "false" : "true") + "}", {{"TRANSCRIPTION_ENABLED", text}});
    REQUIRE(loaded);
    CHECK(loaded->transcripts == on);
  }
}

TEST_CASE("each bound of the configuration holds at N and refuses N + 1") {
  SUBCASE("kMaxDepth") {
    CHECK_FALSE(contains(problems_in(nested(config::kMaxDepth)), "nested"));
    CHECK(contains(problems_in(nested(config::kMaxDepth + 1)), "nested more than 16 levels deep"));
    CHECK(contains(problems_in(nested(100000)), "nested more than 16 levels deep"));
  }
  SUBCASE("kMaxFileBytes") {
    const std::string fits = "{}" + std::string(config::kMaxFileBytes - 2, ' ');
    CHECK(problems_in(fits).empty());
    CHECK(contains(problems_in(fits + " "), "larger than 256 KiB"));
  }
  SUBCASE("texts") {
    CHECK(parse(R"({"sip": {"display_name": ")" + std::string(128, 'x') + "\"}}"));
    CHECK(contains(problems_in(R"({"sip": {"display_name": ")" + std::string(129, 'x') + "\"}}"), "is longer than 128 octets"));
    CHECK(parse("", {{"PROMPT", std::string(32768, 'x')}}));
    CHECK(contains(problems_in("", {{"PROMPT", std::string(32769, 'x')}}), "PROMPT: is longer than 32768 octets"));
  }
}

TEST_CASE("a file is read from its path, and what is wrong with it names the path") {
  const auto environment_of = environment(kRequired);
  SUBCASE("a good one") {
    const TemporaryFile file(R"({"limits": {"calls": 3}})");
    const auto loaded = config::load(file.path.string(), environment_of);
    REQUIRE(loaded);
    CHECK(loaded->limits.calls == 3);
  }
  SUBCASE("an empty one") {
    const TemporaryFile file("");
    CHECK(config::load(file.path.string(), environment_of));
  }
  SUBCASE("a bad one") {
    const TemporaryFile file("{\n,");
    const auto loaded = config::load(file.path.string(), environment_of);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().front().where == file.path.string() + ":2:1");
  }
  SUBCASE("one that is too large") {
    const TemporaryFile file("{}" + std::string(config::kMaxFileBytes - 1, ' '));
    CHECK(contains(problems_of(config::load(file.path.string(), environment_of)), "larger than 256 KiB"));
  }
  SUBCASE("none, or a folder: and then nothing is said to be missing") {
    for (const std::string path : {"/nonexistent/offhook.json", "/"}) {
      const auto loaded = config::load(path, environment({}));
      REQUIRE_FALSE(loaded);
      REQUIRE(loaded.error().size() == 1);
      CHECK(loaded.error().front().where == path);
      CHECK(loaded.error().front().what.starts_with("cannot be read: "));
    }
  }
  SUBCASE("no path: the environment alone") { CHECK(config::load(std::nullopt, environment_of)); }
}

TEST_CASE("a secret shows nothing of itself") {
  CHECK(config::to_string(config::Secret("canary-7f3a")) == "***");
  CHECK(config::to_string(config::Secret()).empty());
  CHECK(config::Secret("a") == config::Secret("a"));
  CHECK(config::Secret("a") != config::Secret("b"));
  CHECK_FALSE(Streams<config::Secret>);
}

TEST_CASE("no problem holds the password, wherever a person typed it") {
  const std::string secret = "canary/7f3a~x";
  const auto check = [&](const std::string& text, Variables variables) {
    CAPTURE(text);
    const auto loaded = config::parse(text, environment(std::move(variables)));
    REQUIRE_FALSE(loaded);
    for (const config::Problem& problem : loaded.error()) {
      CHECK_FALSE(contains(problem.where, "7f3a"));
      CHECK_FALSE(contains(problem.what, "7f3a"));
    }
  };
  const auto file = [&](const std::string& rest) { return R"({"sip": {"password": ")" + secret + "\"" + rest; };
  for (const char* broken : {"", ", ", "}", "}} x", ", \"port\": }}", "\"", "]"}) check(file(broken), {});
  for (const std::string setting : {"extension", "host", "transport", "bind_address", "port", "expires"})
    check(file(", \"" + setting + "\": \"" + secret + " \"}}"), {});
  for (const char* place : {R"("agent": {"provider": "@"})", R"("agent": {"voice": "@"})", R"("media": {"codecs": ["@"]})",
                            R"("log": {"level": "@"})", R"("health": {"address": "@"})", R"("transcripts": "@")", R"("@": 1)",
                            R"("log": {"@": 1})", R"("log": {"@": 1, "@": 2})", R"("sip": "@")"}) {
    std::string text = place;
    for (auto at = text.find('@'); at != std::string::npos; at = text.find('@')) text.replace(at, 1, secret);
    check(file("}, ") + text + "}", kRequired);
    check("{" + text + "}", {{"SIP_PASSWORD", secret}});
  }
  for (const char* variable : {"SIP_EXTENSION", "ASTERISK_HOST", "PROVIDER", "VOICE", "LOG_LEVEL", "TRANSCRIPTION_ENABLED"}) {
    Variables variables{{"SIP_PASSWORD", secret}};
    variables[variable] = secret + " ";
    check("", variables);
  }
  check("", {{"SIP_PASSWORD", secret + "\n"}});
}

TEST_CASE("docs/configuration.md tells of every setting and every variable") {
  std::ifstream file("docs/configuration.md", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  CHECK(config::settings().size() >= 27);
  for (const config::Setting& setting : config::settings()) {
    CAPTURE(config::pointer_of(setting));
    CHECK(contains(text, "| `" + config::pointer_of(setting) + "` |"));
    CHECK((setting.environment.empty() || contains(text, "`" + std::string(setting.environment) + "`")));
  }
}

TEST_CASE("process_environment reads the process's own variables") {
  const auto own = config::process_environment();
  CHECK_FALSE(own("OFFHOOK_TEST_NO_SUCH_VARIABLE"));
  REQUIRE(::setenv("OFFHOOK_TEST_VARIABLE", "x", 1) == 0);
  CHECK(own("OFFHOOK_TEST_VARIABLE") == "x");
  ::unsetenv("OFFHOOK_TEST_VARIABLE");
}
