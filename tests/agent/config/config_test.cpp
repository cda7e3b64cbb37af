#include "parsed_config.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace config = offhook::agent::config;
using namespace offhook::agent;
using namespace offhook::test;
namespace fs = std::filesystem;

namespace {

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

TEST_CASE("The three variables of a SIP account are a complete configuration, and all other settings have defaults") {
  const auto loaded = parse("");
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->sip.extension == "6001");
  CHECK(loaded->sip.password.reveal() == "canary-7f3a");
  CHECK(loaded->sip.host == "pbx.example");
  CHECK(loaded->sip.port == 5060);
  CHECK(loaded->sip.transport == "udp");
  CHECK(loaded->agent.provider == "local");
  CHECK(loaded->media.codecs == std::vector<std::string>{"G722", "PCMU", "PCMA"});
  CHECK_FALSE(loaded->transcripts.enabled);
}

TEST_CASE("The file can set every setting") {
  const auto loaded = config::parse(R"({
    "sip": {"extension": "700", "password": "p w", "host": "192.0.2.1", "port": 5070, "transport": "tcp", "auth_user": "seven",
            "display_name": "Front desk", "expires_seconds": 600, "bind_address": "192.0.2.10", "bind_port": 5062},
    "agent": {"provider": "local", "dialogue": "dialogues/mine.json", "voice": "rms", "prompt": "p\nq", "instructions": "i"},
    "media": {"codecs": ["PCMA", "PCMU"], "first_port": 20000, "last_port": 20099},
    "limits": {"call_seconds": 60, "silence_seconds": 5, "calls": 2, "drain_seconds": 0},
    "log": {"level": "debug", "format": "json"}, "health": {"port": 0, "address": "::1"}, "transcripts": {"enabled": true}})",
                                    environment({}));
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->sip.extension == "700");
  CHECK(loaded->sip.password == Secret("p w"));
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
  CHECK(loaded->transcripts.enabled);
}

TEST_CASE("The environment overrides the file, and an empty variable has no effect") {
  const std::string file =
      R"({"sip": {"extension": "1", "password": "x", "host": "a.example", "port": 5070},
           "log": {"level": "off"}, "transcripts": {"enabled": true}})";
  const auto loaded = parse(
      file,
      {{"TRANSCRIPTION_ENABLED", "no"}, {"LOG_LEVEL", "WARN"}, {"VOICE", "rms"}, {"PROMPT", "be kind"}, {"INSTRUCTIONS", ""}});
  REQUIRE_MESSAGE(loaded, problems_of(loaded));
  CHECK(loaded->sip.extension == "6001");
  CHECK(loaded->sip.host == "pbx.example");
  CHECK(loaded->sip.port == 5070);  // ASTERISK_HOST without a port keeps the port of the file.
  CHECK(loaded->log.level == "warning");
  CHECK_FALSE(loaded->transcripts.enabled);
  CHECK(loaded->agent.voice == "rms");
  CHECK(loaded->agent.prompt == "be kind");
  const auto kept = config::parse(file, environment({{"SIP_EXTENSION", ""}, {"PROVIDER", ""}}));
  REQUIRE(kept);
  CHECK(kept->sip.extension == "1");
}

TEST_CASE("ASTERISK_HOST may contain a host, or a host and a port") {
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

TEST_CASE("The file may name its JSON schema in $schema, which sets nothing") {
  CHECK(parse(R"({"$schema": "../share/offhook.schema.json"})"));
  CHECK_FALSE(parse(R"({"$schema": 7})"));
}

TEST_CASE("A flag in the environment is set by true, yes, on or 1, and cleared by false, no, off or 0, in any letter case") {
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
        parse(R"({"transcripts": {"enabled": )" + std::string(on ? "false" : "true") + "}}", {{"TRANSCRIPTION_ENABLED", text}});
    REQUIRE(loaded);
    CHECK(loaded->transcripts.enabled == on);
  }
}

TEST_CASE("Each bound of the configuration accepts N and refuses N + 1") {
  SUBCASE("kMaxDepth") {
    CHECK_FALSE(contains(problems_in(nested(kMaxDepth)), "levels"));
    CHECK(contains(problems_in(nested(kMaxDepth + 1)), "braces and brackets nested in more than 16 levels"));
    CHECK(contains(problems_in(nested(100000)), "braces and brackets nested in more than 16 levels"));
  }
  SUBCASE("kMaxFileBytes") {
    const std::string fits = "{}" + std::string(config::kMaxFileBytes - 2, ' ');
    CHECK(problems_in(fits).empty());
    CHECK(contains(problems_in(fits + " "), "found a larger file; allowed: a file of at most 256 KiB"));
  }
  SUBCASE("kMaxMembers") {
    const auto object = [](std::size_t names) {
      std::string text;
      for (std::size_t i = 0; i < names; ++i) text += (i == 0 ? "\"" : ", \"") + std::to_string(i) + "\": 0";
      return R"({"x": {)" + text + "}}";
    };
    CHECK(contains(problems_in(object(kMaxMembers)), "/x: found an unknown setting"));
    CHECK(problems_in(object(kMaxMembers + 1)) == "/x: found more than 128 names; allowed: at most 128 in one object; remove some of them\n");
  }
  SUBCASE("kMaxItems") {
    const auto list = [](std::size_t items, const std::string& item) {
      std::string text = item;
      for (std::size_t i = 1; i < items; ++i) text += "," + item;
      return R"({"x": [)" + text + "]}";
    };
    for (const std::string item : {"0", "[]", "{}"}) {
      CHECK(contains(problems_in(list(kMaxItems, item)), "/x: found an unknown setting"));
      CHECK(problems_in(list(kMaxItems + 1, item)) == "/x: found more than 64 entries; allowed: at most 64 in one list; remove some of them\n");
    }
  }
  SUBCASE("kMaxProblems") {
    const auto wrong = [](std::size_t names) {
      std::string text;
      for (std::size_t i = 0; i < names; ++i) text += (i == 0 ? "\"" : ", \"") + std::to_string(i) + "\": 0";
      return "{" + text + "}";
    };
    CHECK(parse(wrong(kMaxProblems)).error().size() == kMaxProblems);
    CHECK(parse(wrong(kMaxProblems)).error().back().where == "/31");
    const auto more = parse(wrong(kMaxProblems + 1)).error();
    REQUIRE(more.size() == kMaxProblems);
    CHECK(to_string(more.back()) == "configuration: found 2 more problems; allowed: none; correct the problems above first");
  }
  SUBCASE("lengths of texts") {
    CHECK(parse(R"({"sip": {"display_name": ")" + std::string(128, 'x') + "\"}}"));
    CHECK(contains(problems_in(R"({"sip": {"display_name": ")" + std::string(129, 'x') + "\"}}"), "/sip/display_name: found longer text; allowed: text of at most 128 characters"));
    CHECK(parse("", {{"PROMPT", std::string(32768, 'x')}}));
    CHECK(contains(problems_in("", {{"PROMPT", std::string(32769, 'x')}}), "PROMPT: found longer text; allowed: text of at most 32768 characters"));
  }
}

TEST_CASE("A configuration file is read from its path, and its problems name the path") {
  const auto environment_of = environment(kRequired);
  SUBCASE("a valid file") {
    const TemporaryFile file(R"({"limits": {"calls": 3}})");
    const auto loaded = config::load(file.path.string(), environment_of);
    REQUIRE(loaded);
    CHECK(loaded->limits.calls == 3);
  }
  SUBCASE("an empty file") {
    const TemporaryFile file("");
    CHECK(config::load(file.path.string(), environment_of));
  }
  SUBCASE("a file with broken JSON") {
    const TemporaryFile file("{\n,");
    const auto loaded = config::load(file.path.string(), environment_of);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().front().where == file.path.string() + ":2:1");
  }
  SUBCASE("a file that is too large") {
    const TemporaryFile file("{}" + std::string(config::kMaxFileBytes - 1, ' '));
    CHECK(contains(problems_of(config::load(file.path.string(), environment_of)), "found a larger file; allowed: a file of at most 256 KiB"));
  }
  SUBCASE("a missing file, or a folder: the only problem is about the path") {
    for (const std::string path : {"/nonexistent/offhook.json", "/"}) {
      const auto loaded = config::load(path, environment({}));
      REQUIRE_FALSE(loaded);
      REQUIRE(loaded.error().size() == 1);
      CHECK(loaded.error().front().where == path);
      CHECK(loaded.error().front().found.starts_with("a file that cannot be read ("));
    }
  }
  SUBCASE("no path: the environment alone") { CHECK(config::load(std::nullopt, environment_of)); }
}

TEST_CASE("A Secret never shows its text") {
  CHECK(to_string(Secret("canary-7f3a")) == "***");
  CHECK(to_string(Secret()).empty());
  CHECK(Secret("a") == Secret("a"));
  CHECK(Secret("a") != Secret("b"));
  CHECK_FALSE(Streams<Secret>);
}

TEST_CASE("The parser ignores comments, even with quotes and braces in them, and reports the position of an unterminated comment") {
  const std::string text = R"(// The shop's extension {
{
  "sip": {"extension": "6001", /* "a } in it" */ "password": "pass//word", "host": "pbx.example"}  // the end
}
/* } */)";
  const auto loaded = config::parse(text, environment({}));
  REQUIRE(loaded);
  CHECK(loaded->sip.extension == "6001");
  CHECK(loaded->sip.password.reveal() == "pass//word");
  const auto broken = config::parse("{\n  /* \"sip\": {}\n}", environment({}));
  REQUIRE_FALSE(broken);
  CHECK(to_string(broken.error().front()).find(":3:") != std::string::npos);
}
