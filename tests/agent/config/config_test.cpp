#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/report.hpp>
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
using namespace offhook::agent;
namespace fs = std::filesystem;

namespace {

using Variables = std::map<std::string, std::string>;
using Outcome = offhook::base::Result<config::Config, std::vector<Problem>>;

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

std::string listed(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_string(problem) + "\n";
  return text;
}

/// Returns all problems, one per line; "" if there are none.
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

TEST_CASE("All missing required settings are reported at once, each with its pointer and its variable") {
  CHECK(problems_of(config::parse("", environment({}))) ==
        "/sip/extension: found nothing; allowed: the extension alone, such as \"6001\"; set SIP_EXTENSION, or write it in the file\n"
        "/sip/password: found nothing; allowed: the extension's secret; set SIP_PASSWORD, or write it in the file\n"
        "/sip/host: found nothing; allowed: a host name or an address, such as \"pbx.example\" or \"192.0.2.1\"; set ASTERISK_HOST, "
        "or write it in the file\n");
  // A required setting with a bad value gives one problem, and is not also reported as missing.
  CHECK(problems_of(config::parse(R"({"sip": {"extension": 6001, "password": "x", "host": "h"}})", environment({}))) ==
        "/sip/extension: found a whole number (6001); allowed: the extension alone, such as \"6001\"; write text, in quotes\n");
}

TEST_CASE("All problems of a file are reported at once, each with its pointer") {
  const std::string told = problems_in(
      R"({"sip": {"port": 0, "transport": "sctp", "expires_seconds": 59}, "media": {"codecs": []}, "health": 5, "transcripts": {"enabled": 1}})");
  CHECK(std::count(told.begin(), told.end(), '\n') == 6);
  for (const char* pointer :
       {"/sip/port: ", "/sip/transport: ", "/sip/expires_seconds: ", "/media/codecs: ", "/health: ", "/transcripts/enabled: "}) {
    CAPTURE(pointer);
    CHECK(contains(told, pointer));
  }
}

TEST_CASE("An unknown name is refused, with a suggestion of a similar name") {
  struct Row { const char* text; const char* where; const char* advice; };
  for (const Row row : {Row{R"({"sip": {"extention": "1"}})", "/sip/extention", "did you mean \"extension\"?"},
                        {R"({"sip": {"Port": 5060}})", "/sip/Port", "did you mean \"port\"?"},
                        {R"({"spi": {}})", "/spi", "did you mean \"sip\"?"},
                        {R"({"transcript": true})", "/transcript", "did you mean \"transcripts\"?"},
                        {R"({"limits": {"clals": 1}})", "/limits/clals", "did you mean \"calls\"?"},
                        {R"({"extension": "1"})", "/extension", "did you mean /sip/extension?"},
                        {R"({"sip": {"dialogue": "x"}})", "/sip/dialogue", "did you mean /agent/dialogue?"},
                        {R"({"log": {"colour": 1}})", "/log/colour", "remove it, or look for its name in docs/configuration.md"},
                        {R"({"": 1})", "/", "remove it, or look for its name in docs/configuration.md"},
                        {R"({"a/b~c": 1})", "/a~1b~0c", "remove it, or look for its name in docs/configuration.md"}}) {
    CAPTURE(row.text);
    const auto loaded = parse(row.text);
    REQUIRE_FALSE(loaded);
    REQUIRE(loaded.error().size() == 1);
    CHECK(loaded.error().front().where == row.where);
    CHECK(loaded.error().front().found == "an unknown setting");
    CHECK(loaded.error().front().advice == row.advice);
  }
  CHECK(problems_in(R"({"log": {"colour": 1}})").find("allowed: level, format;") != std::string::npos);
  CHECK(contains(problems_in("{\"line\\nbreak\": 1}"), "/line?break: "));
  CHECK(contains(problems_in("{\"" + std::string(49, 'x') + "\": 1}"), "/(a name of 49 octets): "));
}

TEST_CASE("A setting name without its unit is refused, with a suggestion of the name with the unit") {
  struct Row { const char* text; const char* meant; };
  for (const Row row : {Row{R"({"limits": {"call": 60}})", "call_seconds"},  // The suggestion is not "calls", which has the smaller edit distance.
                        {R"({"limits": {"transfer_ring": 20}})", "transfer_ring_seconds"},
                        {R"({"limits": {"drain": 0}})", "drain_seconds"},
                        {R"({"agent": {"limits": {"hold": 60}}})", "hold_seconds"},
                        {R"({"agent": {"limits": {"silence": 9}}})", "silence_seconds"},
                        {R"({"agent": {"limits": {"end_of_turn": 700}}})", "end_of_turn_ms"},
                        {R"({"sip": {"expires": 300}})", "expires_seconds"},
                        {R"({"sip": {"datagram_limit": 0}})", "datagram_limit_octets"},
                        {R"({"sip": {"identity": {"max_age": 30}}})", "max_age_seconds"},
                        {R"({"sip": {"admission": {"ban_time": 60}}})", "ban_time_seconds"},
                        {R"({"sip": {"connections": {"stranger_time": 7}}})", "stranger_time_seconds"},
                        {R"({"records": {"keep": 3}})", "keep_files"},
                        {R"({"recordings": {"keep": 3}})", "keep_days"}}) {
    CAPTURE(row.text);
    const auto loaded = parse(row.text);
    REQUIRE_FALSE(loaded);
    REQUIRE(loaded.error().size() == 1);
    CHECK(loaded.error().front().advice == "did you mean \"" + std::string(row.meant) + "\"?");
  }
}

TEST_CASE("The file may name its JSON schema in $schema, which sets nothing") {
  CHECK(parse(R"({"$schema": "../share/offhook.schema.json"})"));
  CHECK_FALSE(parse(R"({"$schema": 7})"));
}

TEST_CASE("A repeated name is refused at every level") {
  CHECK(problems_in(R"({"log": {}, "log": {}})") == "/log: found this name a second time; allowed: each name once; keep one of them\n");
  CHECK(problems_in(R"({"sip": {"port": 5060, "port": 5061}})") == "/sip/port: found this name a second time; allowed: each name once; keep one of them\n");
  CHECK(contains(problems_in(R"({"media": {"codecs": ["G722", {"a": 1, "a": 2}]}})"), "/media/codecs/1/a: found this name a second time"));
}

TEST_CASE("A problem has the position of its setting in the file. A problem about a missing setting has the position of the object around it") {
  const auto positions = [](std::string_view text, Variables variables = {}) {
    std::string list;
    for (const auto& problem : config::read_text(text, "my.json", {std::nullopt, environment(with(std::move(variables))), {}, {}}).problems)
      list += problem.where + " at " + problem.position + "\n";
    return list;
  };
  CHECK(positions("{\n  \"sip\": {\"port\": 0,\n    \"prot\": 1}\n}") == "/sip/port at my.json:2:11\n/sip/prot at my.json:3:5\n");
  CHECK(positions("{\"agents\": [\n  {\"name\": \"a\"}]}") == "/agents/0/match at my.json:2:3\n");
  CHECK(positions("{\"log\": {},\n \"log\": {}}") == "/log at my.json:2:2\n");
  CHECK(positions("{\"limits\": {\"call_seconds\": 10, \"silence_seconds\": 10}}") == "/limits/silence_seconds at my.json:1:33\n");
  CHECK(positions("{\"limits\": {\"call_seconds\": 10}}", {{"OFFHOOK_LIMITS_SILENCE_SECONDS", "10"}}) == "OFFHOOK_LIMITS_SILENCE_SECONDS at \n");
  CHECK(positions("{}", {{"LOG_LEVEL", "loud"}}) == "LOG_LEVEL at \n");
  CHECK(positions("[]") == "my.json at \n");
}

TEST_CASE("Text that is not JSON is reported with line and column, and without reports of missing settings") {
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

TEST_CASE("The report about broken JSON contains the library's reason, but no quoted text of the file") {
  const auto found = [](std::string_view text) {
    const auto loaded = config::parse(text, environment({}));
    return loaded || loaded.error().size() != 1 ? std::string("?") : loaded.error().front().found;
  };
  CHECK(found("{\"sip\": {}") == "unexpected end of input");
  CHECK(found("{\"sip\": canary}") == "invalid literal");
  CHECK(found("{\"sip\": \"canary") == "invalid string: missing closing quote");
  CHECK(found("{\"a\": 1 \"b\": 2}") == "unexpected string literal");
  CHECK(found("{\"a\": 1e999}") == "a number that is too large");
  CHECK(found("{\"a\": \"x; expected canary; last read: y - z}") == "invalid string: missing closing quote");
}

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

TEST_CASE("A value with a wrong type or out of range is refused, with the allowed values") {
  struct Row { const char* text; const char* problem; };
  for (const Row row : {
           Row{R"({"sip": {"port": "5060"}})", "/sip/port: found text (\"5060\"); allowed: a whole number from 1 to 65535; write a number, without quotes"},
           {R"({"sip": {"port": 5060.0}})", "/sip/port: found a number with a fraction or an exponent (5060.0);"},
           {R"({"sip": {"port": 65536}})", "/sip/port: found a larger number (65536); allowed: a whole number from 1 to 65535; lower it"},
           {R"({"sip": {"port": -1}})", "/sip/port: found a smaller number (-1);"},
           {R"({"sip": {"port": 18446744073709551615}})", "/sip/port: found a larger number ("},
           {R"({"sip": {"expires_seconds": 7201}})", "/sip/expires_seconds: found a larger number (7201); allowed: a whole number from 60 to 7200, in seconds;"},
           {R"({"sip": {"transport": "dtls"}})", "/sip/transport: found an unknown word (\"dtls\"); allowed: \"udp\", \"tcp\", \"tls\", \"ws\", \"wss\"; "},
           {R"({"sip": {"transport": "TCP"}})", "/sip/transport: found an unknown word (\"TCP\"); allowed: \"udp\", \"tcp\", \"tls\", \"ws\", \"wss\"; did you mean \"tcp\"?"},
           {R"({"sip": {"web_socket": {"path": "ws"}}})", "/sip/web_socket/path: found text that is not a path;"},
           {R"({"sip": {"web_socket": {"path": "/a b"}}})", "/sip/web_socket/path: found text that is not a path;"},
           {R"({"sip": {"web_socket": {"port": 0}}})", "/sip/web_socket/port: "},
           {R"({"sip": {"web_socket": {"origins": []}}})", "/sip/web_socket/origins: "},
           {R"({"sip": {"tls": {"verify": "pinned"}}})", "/sip/tls/verify: found \"pinned\" without a key to compare with;"},
           {R"({"sip": {"tls": {"certificate": "a.pem"}}})", "/sip/tls/certificate: found a certificate without its key;"},
           {R"({"sip": {"tls": {"key": "a.pem"}}})", "/sip/tls/key: found a key without a certificate;"},
           {R"({"sip": {"tls": {"pin": "short"}}})", "/sip/tls/pin: "},
           {R"({"sip": {"tls": {"verify": "no"}}})", "/sip/tls/verify: found an unknown word (\"no\");"},
           {R"({"sip": {"host": "a:5060"}})", "/sip/host: found a port after the host (\"a:5060\");"},
           {R"({"sip": {"host": "sip:a"}})", "/sip/host: found text that is neither a host name nor an address (\"sip:a\");"},
           {R"({"sip": {"extension": "sip:1@x"}})", "/sip/extension: found characters that no extension has;"},
           {R"({"sip": {"extension": ""}})", "/sip/extension: found empty text;"},
           {R"({"sip": {"display_name": "a\r\nb"}})", "/sip/display_name: found a line break or another control character;"},
           {R"({"sip": {"password": "a\u0000b"}})", "/sip/password: found a line break or another control character;"},
           {R"({"agent": {"dialogue": "a\u0000b"}})", "/agent/dialogue: found a line break or another control character;"},
           {R"({"agent": {"prompt": "a\u0000b"}})", "/agent/prompt: found a control character;"},
           {R"({"sip": {"bind_address": "localhost"}})", "/sip/bind_address: found text that is not an address (\"localhost\");"},
           {R"({"agent": {"provider": "openai"}})", "/providers/openai/api_key: found nothing; allowed: the key of an OpenAI project; set OPENAI_API_KEY, or write it in the file"},
           {R"({"agent": {"provider": "deepgram"}})", "/providers/deepgram/api_key: found nothing; allowed: the key of a Deepgram project; set DEEPGRAM_API_KEY, or write it in the file"},
           {R"({"agent": {"provider": "acme"}})", "/agent/provider: found an unknown provider (\"acme\");"},
           {R"({"agent": {"voice": "alloy"}})", "/agent/voice: found an unknown voice (\"alloy\"); allowed: \"slt\", \"rms\" when the embedded voice speaks; write one of them"},
           {R"({"agent": {"dialogue": ["x"]}})", "/agent/dialogue: found a list;"},
           {R"({"media": {"codecs": "G722"}})", "/media/codecs: found text (\"G722\"); allowed: a list of codecs,"},
           {R"({"media": {"codecs": ["speex"]}})", "/media/codecs: found an unknown codec (\"speex\");"},
           {R"({"media": {"codecs": ["PCMU", "PCMU"]}})", "/media/codecs: found a codec twice (\"PCMU\");"},
           {R"({"media": {"codecs": ["PCMU", 8]}})", "/media/codecs: found a whole number in the list (8);"},
           {R"({"media": {"first_port": 1023}})", "/media/first_port: found a smaller number (1023);"},
           {R"({"media": {"first_port": 20000, "last_port": 20000}})",
            "/media/last_port: found a port that is not above /media/first_port (20000 to 20000);"},
           {R"({"media": {"first_port": 20001, "last_port": 20002}})", "/media/last_port: found a range without an even port"},
           {R"({"limits": {"call_seconds": 30, "silence_seconds": 30}})", "/limits/silence_seconds: found a silence as long as a whole call"},
           {R"({"sip": {"transport": "tcp", "bind_port": 8080}})", "/health/port: found the same TCP port as /sip/bind_port (8080);"},
           {R"({"limits": {"calls": 1001}})", "/limits/calls: found a larger number (1001);"},
           {R"({"limits": {"conversation_threads": 257}})", "/limits/conversation_threads: found a larger number (257);"},
           {R"({"limits": {"ring_seconds": 61}})", "/limits/ring_seconds: found a larger number (61); allowed: a whole number from 0 to 60, in seconds;"},
           {R"({"limits": {"call_seconds": 9}})", "/limits/call_seconds: found a smaller number (9);"},
           {R"({"log": {"level": "loud"}})", "/log/level: found an unknown word (\"loud\"); allowed: \"debug\", \"info\", \"warning\", \"error\", \"off\";"},
           {R"({"log": {"level": null}})", "/log/level: found null;"},
           {R"({"health": {"address": "0.0.0.0"}})", "/health/address: found an address that other machines can reach, without /health/token; allowed: a loopback address,"},
           {R"({"health": {"token": "fifteen-letters"}})", "/health/token: found text that is not a bearer token, or is too short;"},
           {R"({"health": {"token": "sixteen letters!"}})", "/health/token: found text that is not a bearer token, or is too short;"},
           {R"({"sip": []})", "/sip: found a list; allowed: an object with extension, password,"},
           {R"({"transcripts": {"enabled": "true"}})", "/transcripts/enabled: found text (\"true\"); allowed: true or false; write one of them, without quotes"},
       }) {
    CAPTURE(row.text);
    const std::string told = problems_in(row.text);
    CAPTURE(told);
    CHECK(told.starts_with(row.problem));
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  }
}

TEST_CASE("A problem does not show a value that comes from a reference such as ${NAME}") {
  CHECK(problems_in(R"({"sip": {"host": "a:5060"}})", {{"ASTERISK_HOST", ""}}).find("(\"a:5060\")") != std::string::npos);
  CHECK(problems_in(R"({"sip": {"host": "${WRONG}"}})", {{"ASTERISK_HOST", ""}, {"WRONG", "a:5060"}}).starts_with("/sip/host: found a port after the host; "));
}

TEST_CASE("A problem with the value of an environment variable names the variable") {
  CHECK(problems_in("", {{"PROVIDER", "asure"}}).starts_with("PROVIDER: found an unknown provider (\"asure\");"));
  CHECK(problems_in("", {{"PROVIDER", "azure"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_SPEECH_REGION", "west/europe"}}).starts_with("AZURE_SPEECH_REGION: found "));
  CHECK(problems_in("", {{"TRANSCRIPTION_ENABLED", "maybe"}}) == "TRANSCRIPTION_ENABLED: found text (\"maybe\"); allowed: true or false; write one of them, without quotes\n");
  CHECK(problems_in("", {{"LOG_LEVEL", "loud"}}).starts_with("LOG_LEVEL: found an unknown word (\"loud\");"));
  CHECK(problems_in("", {{"PROVIDER", "LOCAL"}, {"OPENAI_API_KEY", "sk-x"}}).empty());
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

TEST_CASE("No problem contains the password, wherever the user typed it") {
  const std::string secret = "canary/7f3a~x";
  const auto check = [&](const std::string& text, Variables variables) {
    CAPTURE(text);
    const auto loaded = config::parse(text, environment(std::move(variables)));
    REQUIRE_FALSE(loaded);
    for (const Problem& problem : loaded.error()) {
      CHECK_FALSE(contains(to_string(problem), "7f3a"));
    }
  };
  const auto file = [&](const std::string& rest) { return R"({"sip": {"password": ")" + secret + "\"" + rest; };
  for (const char* broken : {"", ", ", "}", "}} x", ", \"port\": }}", "\"", "]"}) check(file(broken), {});
  for (const std::string setting : {"extension", "host", "transport", "bind_address", "port", "expires_seconds"})
    check(file(", \"" + setting + "\": \"" + secret + " \"}}"), {});
  for (const char* place : {R"("agent": {"provider": "@"})", R"("agent": {"voice": "@"})", R"("media": {"codecs": ["@"]})",
                            R"("log": {"level": "@"})", R"("health": {"address": "@"})", R"("transcripts": {"enabled": "@"})", R"("@": 1)",
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

TEST_CASE("process_environment reads the process's own variables") {
  const auto own = config::process_environment();
  CHECK_FALSE(own("OFFHOOK_TEST_NO_SUCH_VARIABLE"));
  REQUIRE(::setenv("OFFHOOK_TEST_VARIABLE", "x", 1) == 0);
  CHECK(own("OFFHOOK_TEST_VARIABLE") == "x");
  ::unsetenv("OFFHOOK_TEST_VARIABLE");
}
