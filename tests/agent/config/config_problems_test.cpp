#include "parsed_config.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace config = offhook::agent::config;
using namespace offhook::agent;
using namespace offhook::test;

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
